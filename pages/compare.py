"""Compare: what each family buys and what it costs, what its parts do, and what more of it buys."""

import streamlit as st

from lm_core.errors import LabError
from pages._ui.compare import ablations, in_words, scaling
from pages._ui.compare.differ import differ
from pages._ui.compare.form import choose, means, race_of
from pages._ui.compare.races import RACED, open_race, past_races, ready_race
from pages._ui.shared import front_door, session
from pages._ui.shared.plain import plain
from pages._ui.shared.switch import switch

PARTS = {
    "race": "The race",
    "ablations": "Ablations",
    "scaling": "What more parameters buy",
    "words": "In words",
}


def race() -> None:
    """Every family learns the same text under the same budget."""
    st.write(
        "Every family learns the same text under the same budget, from counting pairs to a GPT: "
        "what does each buy, and what does it cost? A lower curve is surprised less by text it has "
        "not seen."
    )
    asked = choose()
    corpus = asked.corpus
    chosen, wrong = None, ""
    try:
        chosen = race_of(asked)
    except LabError as error:
        wrong = str(error)
    with asked.button:
        pressed = st.button(
            "Start the race",
            type="primary",
            width="stretch",
            key="compare-start",
            disabled=bool(wrong) or not corpus.ready,
            help=plain(wrong) or (None if corpus.ready else "Get the text first, below."),
        )
    usable = False
    with session.mending():
        usable = session.manager() is not None
    with asked.words, session.mending():
        if wrong:
            st.caption(f"Start waits: {plain(wrong)}")
        elif usable and chosen is not None:
            st.caption(means(chosen))
        if pressed and usable and chosen is not None:
            RACED.show(session.manager().race(chosen, session.visitor(), title=corpus.title))
    shown = False
    if usable and (raced := RACED.id()):
        with session.mending():
            open_race(raced)
            shown = True
            RACED.show(raced)
    if not shown:
        RACED.forget()
        ready_race(chosen)
    differ(f"own-{corpus.text}" if corpus.text else corpus.name)
    if usable:
        with session.mending():
            past_races(RACED.id() if shown else None)


front_door.enter()
st.title("Compare")
part = switch("What to compare", PARTS, key="compare-part")
if part == "ablations":
    ablations.panel()
elif part == "scaling":
    scaling.panel()
elif part == "words":
    in_words.panel()
else:
    race()
