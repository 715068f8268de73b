"""Read with the model's eyes: any text, each token as likely as a model found it."""

from functools import partial

import streamlit as st

from lm_core.errors import LabError
from pages._ui.reading import asked, figures, gaps, marked, reasons, two, whole
from pages._ui.reading.eyes import Seen, seen
from pages._ui.shared import front_door, models, session
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_source
from pages._ui.shared.switch import switch

COLOURS = ("Probability", "Rank", "Entropy")


def eyes(choices: list[models.Choice], text: str) -> None:
    """The coloured text, what was expected at one place, and the figures."""
    every = models.that_read()
    called = dict(zip([c.folder for c in every], models.labels(every), strict=True))
    shown: dict[str, models.Choice] = {}
    found: list[Seen] = []
    for choice in choices:
        label = called[choice.folder]
        try:
            found.append(seen(choice, text))
            shown[label] = choice
        except LabError as error:
            st.error(plain(f"{label}: {error}"))
    if not found:
        return
    both = two.beside(*found) if len(found) == 2 else None
    coloured(shown, found, both)
    for (label, choice), one in zip(shown.items(), found, strict=True):
        figures.figures(label, choice, one)
    if len(found) == 2:
        st.markdown("## Which knew better")
        if both is None:
            st.info("The two read letters with accents in different forms: no place is the same.")
        else:
            two.difference(list(shown), [c.family_title for c in shown.values()], both)
    figures.along(list(shown), list(shown.values()), found)
    for k, (label, one) in enumerate(zip(shown, found, strict=True)):
        figures.in_numbers(label, one, key=f"reading-table-{k}")
    for choice, one in zip(shown.values(), found, strict=True):
        if not one.causal:
            with session.mending():
                gaps.panel(choice)
            break
    st.markdown(f"**What to notice.** {noticed(found[0])}")


def noticed(one: Seen) -> str:
    """How unevenly its surprise is spread, in figures of this text."""
    from lm_core.charts.words import percent
    from lm_core.evaluation.reading import dearest
    from lm_core.figures import count

    read = one.reading
    N, few = len(read.nats), dearest(read.nats)
    first = int((read.rank == 1).sum())
    worst = int(read.nats.argmax())
    token = plain(one.tokens[worst])
    held = f"{few:,} were held to be impossible"
    share = held if read.nats.isinf().any() else f"{few:,} carry half of it"
    return (
        f"Surprise is not spread evenly: of {count(N, 'token')}, {share}, “{token}” most. "
        f"{percent(first / N)} were its first guess. Who is unsure and right has a high entropy "
        "and rank 1; sure and wrong is what costs most."
    )


def coloured(shown: dict[str, models.Choice], found: list[Seen], both: two.Beside | None) -> None:
    """The text under each model, with one token picked and what was expected there beside it; below
    them why, once a token was pressed."""
    from lm_core.charts import token_measures

    offered = {name: name for name in (*COLOURS, *(["Difference"] if both else []))}
    title = switch("Coloured by", offered, key="reading-colour")
    measure = getattr(token_measures, title.upper())
    picked = [marked.picked(one, k) for k, one in enumerate(found)]
    pressed = [at is not None for at in picked]
    if picked[0] is None:
        theirs = picked[-1] if len(found) == 2 else None
        ours = None if theirs is None else two.elsewhere(both, theirs, which=1)
        picked[0] = marked.hardest(found[0]) if ours is None else ours
    if picked[-1] is None:
        beside = two.elsewhere(both, picked[0], which=0)
        picked[-1] = marked.hardest(found[-1]) if beside is None else beside
    for k, (label, one, at) in enumerate(zip(shown, found, picked, strict=True)):
        if title == "Difference" and k:
            break
        values = marked.numbers(one, title)
        if title == "Difference":
            values = two.by_token(both, len(one.tokens))
        left, right = st.columns([3, 2])
        with left.container(border=True, height="stretch"):
            st.caption(plain(label))
            marked.text(
                one,
                values,
                measure,
                at=at,
                key=f"reading-tokens-{k}",
                on_press=partial(press, both, k),
            )
            st.html(token_measures.legend(measure))
            gap = f" {two.paid(values[at])}" if title == "Difference" else ""
            st.caption(marked.says(one, at) + gap)
        with right.container(border=True, height="stretch"):
            marked.guesses(one, at, key=f"reading-guesses-{k}")
    for k, ((label, choice), one, at) in enumerate(zip(shown.items(), found, picked, strict=True)):
        if pressed[k]:
            reasons.panel(label, choice, one, at, key=f"reading-why-{k}")


def press(both: two.Beside | None, which: int, at: int) -> None:
    """A token of one model's text."""
    marked.press(which, at, two.elsewhere(both, at, which=which))


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
marked.forget_of_another((one.folder, text), (other and other.folder, text))
if not text.strip():
    st.info("Give a text, and see it with the model's eyes.")
    st.stop()
readers = [one, other] if other else [one]
with session.mending():
    eyes(readers, text)
with session.mending():
    every = models.that_read()
    called = dict(zip([c.folder for c in every], models.labels(every), strict=True))
    whole.panel([called[choice.folder] for choice in readers], readers)
code()
