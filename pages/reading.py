"""Read with the model's eyes: any text, each token as likely as a model found it."""

import streamlit as st

from pages._ui.reading import asked, figures, marked, two
from pages._ui.reading.eyes import seen
from pages._ui.shared import front_door, models, session
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_source
from pages._ui.shared.switch import switch

COLOURS = ("Probability", "Rank", "Entropy")


def eyes(choices: list[models.Choice], text: str) -> None:
    """The coloured text, what was expected at one place, and the figures."""
    from lm_core.charts import token_measures

    every = models.that_read()
    called = dict(zip([c.folder for c in every], models.labels(every), strict=True))
    labels = [called[choice.folder] for choice in choices]
    found = [seen(choice, text) for choice in choices]
    both = two.beside(*found) if len(found) == 2 else None
    offered = [*COLOURS, *(["Difference"] if both else [])]
    names = {name: name for name in offered}
    title = switch("Coloured by", names, key="reading-colour", in_address=True)
    measure = getattr(token_measures, title.upper())
    at = marked.place(found[0])
    shown = found[:1] if title == "Difference" else found
    places = [at, two.elsewhere(both, at) if both else None]
    for k, one in enumerate(shown):
        here = places[k] if places[k] is not None else int(one.reading.nats.argmax())
        difference = title == "Difference" and both
        values = two.by_token(both, len(one.tokens)) if difference else marked.numbers(one, title)
        left, right = st.columns([3, 2])
        with left.container(border=True, height="stretch"):
            st.caption(plain(labels[k]))
            marked.text(one, values, measure, at=here, key=f"reading-tokens-{k}")
        with right.container(border=True, height="stretch"):
            marked.guesses(one, here, key=f"reading-guesses-{k}")
        st.caption(marked.says(one, here))
    st.html(token_measures.legend(measure))
    for label, choice, one in zip(labels, choices, found, strict=True):
        figures.figures(label, choice, one)
    if len(found) == 2:
        st.markdown("## Which knew better")
        if both is None:
            st.info("The two read letters with accents in different forms: no place is the same.")
        else:
            two.difference((labels[0], labels[1]), both)
    figures.along(labels, choices, found)
    for k, (label, one) in enumerate(zip(labels, found, strict=True)):
        figures.in_numbers(label, one, key=f"reading-table-{k}")
    st.markdown(
        "**What to notice.** Surprise is not spread evenly: the first token of a word costs, the "
        "rest of it is nearly free. A model can be unsure and right (high entropy, rank 1), or "
        "sure and wrong, which is what costs most. One strange word is expensive at its own place "
        "and often makes the next ones harder too."
    )


def code() -> None:
    """How it is computed."""
    from lm_core.evaluation import reading

    show_source(reading.read)


front_door.enter()
st.title("Read with the model's eyes")
st.write(
    "A model guesses each token of a text from those before it. Here one sees how likely it found "
    "what really stands there: its surprise is -ln p, in nats, and the mean of it is the loss that "
    "training brings down."
)
one, other = asked.who()
if one is None:
    st.info("No model is here yet: train one on the Train screen, then come back.")
    st.stop()
text = asked.what(one.items)
marked.forget_of_another((str(one.folder), text))
if not text.strip():
    st.info("Give a text, and see it with the model's eyes.")
    st.stop()
with session.mending():
    eyes([one, other] if other else [one], text)
code()
