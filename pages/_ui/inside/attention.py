"""The parts of the Attention screen: reading a text, pointing at a head or cell, the arithmetic."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui.shared.plain import plain
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.checkpoints import Checkpoint
    from lm_core.inspection import HeadReading

OPENED = "attention-opened"  # in the session: for what the heads were opened, and on which
# To begin with, the longest first: of whole words, of tokens that come again.
SENTENCES = (
    "We will build a new America, and a new world.",
    "The state of the Union is strong.",
    "We the people",
    "the people",
)
ITEMS = ("anastasia", "Anna", "anna")


@dataclass(frozen=True)
class Reading:
    """A text as its model sees it."""

    ids: Any  # (T,) tensor
    tokens: list[str]
    labels: list[str]  # the same, repeated ones numbered apart
    maps: Any  # (L, H, T, T) numpy
    heads: "list[HeadReading]"
    dropped: int  # tokens left out at the beginning, more than the context holds


def read(checkpoint: "Checkpoint", text: str) -> Reading | None:
    """The attention of every head on `text`; None when there is nothing to look at.

    Raises:
        BadText: characters the model does not know.
    """
    from lm_core.charts.words import unique_labels
    from lm_core.inspection import attention_maps, read_heads, text_ids

    ids = text_ids(checkpoint.tokenizer, text, items=checkpoint.items)
    room = checkpoint.model.context_size or len(ids)
    kept = ids[-room:]
    if not len(kept):
        return None
    maps = attention_maps(checkpoint.model, kept)
    tokens = [checkpoint.tokenizer.token_text(int(id)) for id in kept]
    return Reading(
        kept,
        tokens,
        unique_labels(tokens),
        maps.numpy(),
        read_heads(maps, kept),
        len(ids) - len(kept),
    )


def offered(checkpoint: "Checkpoint") -> str:
    """A text to begin with: the first that the model knows the letters of and sees whole."""
    from lm_core.errors import BadText
    from lm_core.inspection import text_ids

    room = checkpoint.model.context_size
    for text in ITEMS if checkpoint.items else SENTENCES:
        try:
            ids = text_ids(checkpoint.tokenizer, text, items=checkpoint.items)
        except BadText:
            continue
        if room is None or len(ids) <= room:
            return text
    return ""


def offer(checkpoint: "Checkpoint", key: str) -> str:
    """The text that a field of this key begins with; one that was offered with another model, and
    not changed since, makes room for it."""
    text, before = offered(checkpoint), f"{key}-offered"
    if key in st.session_state and st.session_state[key] == st.session_state.get(before):
        st.session_state[key] = text
    st.session_state[before] = text
    return text


def open_head(reading: Reading, of: tuple, layer: str, head: str) -> tuple[int, int]:
    """Where to open the heads of another model or text (`of` says which): on the one that does most
    of what is seen at once. One that the visitor has chosen stays."""
    best = max(reading.heads, key=lambda head: head.visible, default=None)
    found = (best.layer, best.head) if best else (0, 0)
    opened_of, opened = st.session_state.get(OPENED, (None, None))
    if opened_of != of:
        now = (st.session_state.get(layer), st.session_state.get(head))
        if opened is not None and now == opened != found:
            st.session_state[layer], st.session_state[head] = found
        st.session_state[OPENED] = (of, found)
    return found


def pointed(chart_key: str, *into: str) -> None:
    """A click on a chart puts its two numbers into the widgets of these keys."""
    points = st.session_state[chart_key]["selection"]["points"]
    place = points[0].get("customdata") if points else None
    if place is not None and len(place) == len(into):
        for key, number in zip(into, place, strict=True):
            st.session_state[key] = int(number)


def strongest_look(weights: Any) -> tuple[int, int]:
    """(row, column) of the largest weight given to another token; (0, 0) for a single token."""
    import numpy as np

    others = np.tril(np.nan_to_num(weights), -1)
    row, column = np.unravel_index(int(others.argmax()), others.shape)
    return int(row), int(column)


def notice(reading: Reading) -> str:
    """What the heads do on this text, read off their weights."""
    from lm_core.charts.words import percent

    if not reading.heads:
        return "A single token has only itself to look at: give it more."
    says = []
    back = [head for head in reading.heads if head.kind == "previous token"]
    if back:
        best = max(back, key=lambda head: head.previous)
        says.append(
            f"{len(back)} of {len(reading.heads)} heads look mostly at the token just before, most "
            f"of all {_name(best)} ({percent(best.previous)} on average)"
            if len(back) > 1
            else f"{_name(best)} looks mostly at the token just before ({percent(best.previous)} "
            "on average)"
        )
    else:
        best = max(reading.heads, key=lambda head: head.previous)
        says.append(
            "no head looks mostly at the token just before here; the most any gives it is "
            f"{percent(best.previous)}, {_name(best)}"
        )
    says.extend(_again(reading.heads))
    first = [head for head in reading.heads if head.kind == "first token"]
    if first:
        says.append(
            f"{len(first)} rest on the first token, as heads do that have nothing to look for"
            if len(first) > 1
            else f"{_name(first[0])} rests on the first token, as heads do with nothing to look for"
        )
    sharp = min(reading.heads, key=lambda head: head.entropy)
    broad = max(reading.heads, key=lambda head: head.entropy)
    says.append(
        f"{_name(sharp)} is the most decided (it shares its look among some {sharp.breadth:.1f} "
        f"tokens), {_name(broad)} the least (among {broad.breadth:.1f})"
    )
    return "; ".join(says) + "."


def _again(heads: "list[HeadReading]") -> list[str]:
    """What the heads make of tokens that came before, where any did."""
    from lm_core.charts.words import percent

    if any(head.after_repeat != head.after_repeat for head in heads):
        return []
    after = max(heads, key=lambda head: head.after_repeat)
    copy = max(heads, key=lambda head: head.repeated)
    said = (
        f"where a token stands further back already, {_name(copy)} gives that copy "
        f"{percent(copy.repeated)}, and {_name(after)} the token after the copy "
        f"{percent(after.after_repeat)}"
    )
    return [said + ", as if it asked how it went on last time" * (after.kind == "after a copy")]


def head_table(reading: Reading) -> None:
    """Every head in figures."""
    import pandas as pd

    rows = [
        (
            *(h.layer + 1, h.head + 1, h.kind, h.previous, h.itself, h.first),
            *(h.repeated, h.after_repeat, h.entropy, h.breadth),
        )
        for h in reading.heads
    ]
    columns = ["layer", "head", "looks mostly at", "to the one before", "to itself"]
    columns += ["to the first", "to an earlier copy", "to what came after a copy"]
    columns += ["entropy (nats)", "spread (tokens)"]
    table = pd.DataFrame(rows, columns=columns).round(3).dropna(axis="columns")
    show_table(table, key="attention-heads", height=300)


def arithmetic(
    checkpoint: "Checkpoint", reading: Reading, layer: int, head: int, row: int, column: int
) -> None:
    """How one weight came about, with the numbers of this very pass."""
    import pandas as pd

    from lm_core.charts.words import percent
    from lm_core.inspection import attention_cell

    cell = attention_cell(checkpoint.model, reading.ids, layer, head, row, column)
    D = len(cell.q)
    asks, offers = plain(reading.labels[row]), plain(reading.labels[column])
    grown = cell.scores.double().exp()
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.markdown(
            f"**{asks}** asks (q) and **{offers}** offers (k), {D} numbers each. How well they fit "
            "is their product:"
        )
        st.latex(
            rf"\frac{{q \cdot k}}{{\sqrt{{D}}}} = \frac{{{cell.dot:.3f}}}{{\sqrt{{{D}}}}} "
            rf"= {cell.score:.3f}"
        )
        st.markdown("The softmax turns the scores of the whole row into shares that sum to 1:")
        st.latex(
            rf"\frac{{e^{{{cell.score:.3f}}}}}{{\text{{sum of the row}}}} = "
            rf"\frac{{{grown[column]:.3f}}}{{{grown.sum():.3f}}} = {cell.weight:.3f}"
        )
        st.caption(f"So it takes {percent(cell.weight)} of what it passes on from there.")
    with right:
        table = pd.DataFrame(
            {
                "looked at": reading.labels[: row + 1],
                "q·k / √D": cell.scores.tolist(),
                "e to that": grown.tolist(),
                "share": cell.weights.tolist(),
            }
        )
        show_table(table.round(4), key="attention-shares", height=230 if row > 5 else "auto")
        with st.popover("q and k, number by number", type="tertiary"):
            numbers = {
                "q": cell.q.tolist(),
                "k": cell.k.tolist(),
                "q × k": (cell.q * cell.k).tolist(),
            }
            show_table(pd.DataFrame(numbers).round(4), key="attention-qk", height=260)


def _name(head: "HeadReading") -> str:
    return f"layer {head.layer + 1} head {head.head + 1}"
