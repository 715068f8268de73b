"""Memory: what a recurrent network keeps from token to token, how, and how far back it reaches."""

import streamlit as st

from pages._ui.inside import offers
from pages._ui.memory import counting, delays, gates, gradient, reading
from pages._ui.shared import front_door, models, session
from pages._ui.shared.show import show_source
from pages._ui.shared.switch import switch

TEXT, NAME, MODEL, VIEW = (f"memory-{what}" for what in ("text", "name", "model", "view"))
BIND = "query-params"
VIEWS = ("Gates", "Units that count", "How far back", "Long memory")

front_door.enter()
st.title("Memory")
st.write(
    "A recurrent network reads one token at a time and keeps what it knows in a state: a list of "
    "numbers that it changes at each token. Gates, numbers between 0 and 1, decide what is kept, "
    "written and shown."
)
view = switch("What to look at", {name: name for name in VIEWS}, key=VIEW)


def chosen() -> models.Choice:
    """The model that is looked into."""
    choices = reading.with_memory()
    return models.pick(choices, models.labels(choices), key=MODEL)


def look_at_gates() -> None:
    """A text, its gates, and one unit of them."""
    controls = st.columns([4, 3], vertical_alignment="bottom")
    with controls[1]:
        choice = chosen()
    checkpoint = models.load(choice)
    field, label = (NAME, "Your name") if choice.items else (TEXT, "Your sentence")
    begin = offers.offer(offers.offered(checkpoint), field)
    text = controls[0].text_input(label, **begin, max_chars=5000, key=field, bind=BIND)
    seen = reading.read(choice, checkpoint, text)
    if seen is None:
        st.info("Type a word or a sentence to look at.")
        return
    if seen.dropped:
        st.info(
            f"At most {reading.LONGEST} tokens are looked at here: the first {seen.dropped:,} of "
            "your text are left out."
        )
    gates.gates(seen, checkpoint.model, (str(choice.folder), models.stamp(choice), text))
    code(checkpoint)


def code(checkpoint: "models.Checkpoint") -> None:
    """The cell written out, the lesson it is part of, and what every recurrent family is."""
    import sys

    from lm_core.models.plain import lesson
    from lm_core.models.recurrent import Recurrent

    family = type(checkpoint.model)
    show_source(sys.modules[family.__module__].cell, "The code: one cell")
    if (plain_file := lesson(family)) is not None:
        show_source(plain_file, "The code: the whole model in one file")
    show_source(Recurrent, "The code: what every recurrent family is")


with session.mending():
    if view == VIEWS[0]:
        look_at_gates()
    elif view == VIEWS[1]:
        choice = chosen()
        counting.counting(choice, models.load(choice))
    elif view == VIEWS[2]:
        gradient.gradient(chosen())
    else:
        delays.delays()
