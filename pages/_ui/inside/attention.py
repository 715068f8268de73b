"""Pointing at a head or a cell of the Attention screen, and the arithmetic of one cell."""

from typing import Any

import streamlit as st

from pages._ui.inside import heads
from pages._ui.inside.sides import Side
from pages._ui.shared.numbered import choose
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart
from pages._ui.shared.tables import show_table

LINES_OF = "attention-lines-of"
SEEN, PRESSED = "attention-seen", "attention-pressed"  # a head and row of it; a cell
OPENED = "attention-opened"  # in the session: for what the heads were opened, and on which


def open_head(side: Side, of: tuple, layer: str, head: str) -> tuple[int, int]:
    """Where to open the heads of another model, text or side (`of` says which): on the one that
    does most of what is seen at once, across on the most decided. One that the visitor has chosen
    stays."""
    best = max(side.heads, key=lambda head: head.visible, default=None)
    best = best or min(side.crossing, key=lambda head: (head.nothing, head.entropy), default=None)
    found = (best.layer, best.head) if best else (0, 0)
    opened_of, opened = st.session_state.get(OPENED, (None, None))
    if opened_of != of:
        now = (st.session_state.get(layer), st.session_state.get(head))
        if opened is not None and now == opened != found:
            st.session_state[layer], st.session_state[head] = found
        st.session_state[OPENED] = (of, found)
    return found


def moved(place: tuple[int, ...], into: tuple[str, ...]) -> None:
    """What was picked in the browser goes into the widgets of these keys."""
    for key, number in zip(into, place, strict=True):
        st.session_state[key] = number
    if len(place) == 4:  # of a head that may not have been seen here yet
        st.session_state[PRESSED] = place


def choose_cell(
    side: Side, seen: tuple, labels: tuple[str, str], keys: tuple[str, str]
) -> tuple[int, int]:
    """A row and a column, by two lists: the strongest look of a head (`seen` ends in its layer and
    head), and of a row of it, until another is chosen there."""
    pressed = st.session_state.pop(PRESSED, None)
    here = pressed is not None and pressed[:2] == seen[-2:]
    before, last = st.session_state.get(SEEN, (seen, None))
    weights = _others(side, *seen[-2:])
    strongest, _ = strongest_look(weights)
    places = st.columns(2)
    if before != seen and not here:
        st.session_state[keys[0]] = strongest
    with places[0]:
        row = choose(labels[0], side.rows, key=keys[0], default=strongest)
    open_to = side.view.seen[row].nonzero()[:, 0].tolist()
    usual = int(weights[row].argmax()) if weights[row].any() else open_to[-1]
    if last is not None and (before, last) != (seen, row) and not here:
        st.session_state[keys[1]] = usual
    st.session_state[SEEN] = (seen, row)
    with places[1]:
        names = side.columns[: open_to[-1] + 1]
        return row, choose(labels[1], names, key=keys[1], default=usual)


def strongest_look(weights: Any) -> tuple[int, int]:
    """(row, column) of the largest weight given to another token; (0, 0) where there is none."""
    import numpy as np

    row, column = np.unravel_index(int(weights.argmax()), weights.shape)
    return int(row), int(column)


def pressed_cell(side: Side, seen: tuple) -> tuple[int, int]:
    """Row and column where there are no lists: of the cell that was pressed in this head, else of
    the strongest look."""
    weights = _others(side, *seen[-2:])
    *head, row, column = st.session_state.get(PRESSED, (None, 0, 0))
    known = tuple(head) == seen[-2:] and row < weights.shape[0] and column < weights.shape[1]
    return (row, column) if known else strongest_look(weights)


def _others(side: Side, layer: int, head: int) -> Any:
    """The weights of one head that are given to other tokens: 0 where there is no token, or where
    one looks at itself."""
    import numpy as np

    others = np.nan_to_num(side.maps[layer, head])
    if side.across:  # columns are of another text
        others[:, : side.view.nothing] = 0
    else:
        np.fill_diagonal(others, 0)
    return others


def lines(side: Side, layer: int, head: int, *, dark: bool) -> None:
    """The head as lines between words, of all tokens or of one."""
    names = ["all tokens", *side.rows]
    row = choose("Lines of", names, key=LINES_OF) - 1
    chart = heads.lines(
        side.maps[layer, head],
        side.rows,
        (layer, head),
        columns=side.columns if side.across else None,
        row=None if row < 0 else row,
        looking=side.looking,
        dark=dark,
    )
    show_chart(chart, key="attention-lines")
    st.caption(
        f"Left who is {side.looking}, right who is looked at; the thicker, the more it takes. "
        f"Below 4 % there is no line. {plain(chart.beyond)}"
    )


def arithmetic(side: Side, layer: int, head: int, row: int, column: int, *, writes: bool) -> None:
    """How one weight came about, with the numbers of this very pass.

    Args:
        writes: the row is named after what is being written, and asks before it is there.
    """
    import pandas as pd

    from lm_core.charts.words import percent

    cell = side.view.cell(layer, head, row, column)
    D = len(cell.q)
    asks, offers = plain(side.rows[row]), plain(side.columns[column])
    place, grown = cell.place, cell.scores.double().exp()
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.markdown(
            f"{'What becomes ' * writes}**{asks}** asks (q) and **{offers}** offers (k), {D} "
            "numbers each. How well they fit is their product:"
        )
        product, given = r"\frac{q \cdot k}{\sqrt{D}}", rf"\frac{{{cell.dot:.3f}}}{{\sqrt{{{D}}}}}"
        if side.view.bias is not None:
            off = cell.dot * cell.scale - cell.score
            product, given = rf"{product} - \text{{distance}}", f"{given} - {off:.3f}"
        st.latex(f"{product} = {given} = {cell.score:.3f}")
        st.markdown("The softmax turns the scores of the whole row into shares that sum to 1:")
        st.latex(
            rf"\frac{{e^{{{cell.score:.3f}}}}}{{\text{{sum of the row}}}} = "
            rf"\frac{{{grown[place]:.3f}}}{{{grown.sum():.3f}}} = {cell.weight:.3f}"
        )
        st.caption(f"So it takes {percent(cell.weight)} of what it passes on from there.")
    with right:
        table = pd.DataFrame(
            {
                "looked at": [side.columns[i] for i in cell.seen.tolist()],
                "q·k / √D" if side.view.bias is None else "score": cell.scores.tolist(),
                "e to that": grown.tolist(),
                "share": cell.weights.tolist(),
            }
        )
        show_table(table.round(4), key="attention-shares", height=230 if len(table) > 6 else "auto")
        with st.popover("q and k, number by number", type="tertiary"):
            numbers = {
                "q": cell.q.tolist(),
                "k": cell.k.tolist(),
                "q × k": (cell.q * cell.k).tolist(),
            }
            show_table(pd.DataFrame(numbers).round(4), key="attention-qk", height=260)
