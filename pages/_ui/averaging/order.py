"""Step 4: the mask and the places, on and off; what becomes of the words in another order."""

import streamlit as st

from pages._ui.averaging.drawn import draw, idea
from pages._ui.averaging.numbers import K, Q, Tiny, X, controls, tiny
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_source
from pages._ui.shared.tables import show_table

MASK, PLACES, SHUFFLE = "averaging-mask", "averaging-places", "averaging-shuffle"
SAME = 1e-9  # a difference below this is one of rounding


def step(number: int) -> None:
    """Weights for the choice, and what shuffling changes for each of the four."""
    idea(
        "To guess what comes, nobody may look ahead: the mask sets those scores to minus infinity, "
        "and the softmax makes 0 of them. And attention alone knows no order: to it a sentence is "
        "a bag of words, until each is given its place, here as sinusoids added to x.",
        r"\begin{gathered} w = \text{softmax}\left(\tfrac{q k^\top}{\sqrt{D}} + \text{mask}"
        r"\right) \\ x_t \leftarrow x_t + PE_t \end{gathered}",
    )

    from lm_core.inspection.one_head import head_steps
    from lm_core.models import attention, positions

    controls()
    editors, switches = st.columns([5, 2], gap="medium")
    with switches:
        mask = st.toggle("Mask", True, key=MASK, bind="query-params")
        places = st.toggle("Places", False, key=PLACES, bind="query-params")
        seed = st.number_input("Shuffle (seed)", 0, 2**31 - 1, 1, key=SHUFFLE, bind="query-params")
    with editors:
        head = tiny(number, X, Q, K)
    made = head_steps(head.x, head.weights, causal=mask, positions=places)
    left, right = st.columns(2, gap="medium")
    with left:
        axes = {"x": "looked at", "y": "looks"}
        draw(made.masked, head.words, head.words, title="Scores / √D", key="masked", **axes)
    with right:
        draw(made.weights, head.words, head.words, title="Weights", key="weights", shares=True)
    _shuffled(head, int(seed), mask=mask, places=places)
    show_source(attention.causal_mask, "The code: the mask")
    show_source(positions.sinusoids, "The code: the places of 2017")


def _shuffled(head: Tiny, seed: int, *, mask: bool, places: bool) -> None:
    """The words in another order: how far the output of each is moved."""
    import pandas as pd

    from lm_core.inspection.one_head import moved_by_order, some_order

    order = some_order(len(head.words), seed)
    moved = {
        (m, p): moved_by_order(head.x, head.weights, order, causal=m, positions=p)
        for m in (False, True)
        for p in (False, True)
    }
    now = moved[mask, places]
    st.subheader("The words shuffled")
    said = " ".join(plain(head.words[i]) for i in order)
    st.markdown(f"In the order **{said}**, what each word takes has changed by:")
    left, right = st.columns(2, gap="medium")
    with left:
        table = pd.DataFrame({"word": head.words, "largest change of a number": now.tolist()})
        show_table(table.round(6), key="averaging-moved")
    with right:
        rows = [
            (_on(m), _on(p), float(change.max()), int((change > SAME).sum()))
            for (m, p), change in moved.items()
        ]
        columns = ["mask", "places", "largest change", "words changed"]
        show_table(pd.DataFrame(rows, columns=columns).round(6), key="averaging-four")
    changed = int((now > SAME).sum())
    same = int((moved[False, False] > SAME).sum())
    st.markdown(
        f"**What to notice:** with the mask {_on(mask)} and places {_on(places)}, {changed} of "
        f"{len(head.words)} words take something else after the shuffle. With both off it is "
        f"{same}: nothing tells the head where a word stands. The mask alone tells a little: who "
        "came before. Places tell it all."
    )


def _on(switch: bool) -> str:
    return "on" if switch else "off"
