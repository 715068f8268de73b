"""What a price on the weights of the neural bigram has to do with + k of the counted one."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.counting import pairs
from pages._ui.counting.pairs import Pairs
from pages._ui.shared.show import show_chart
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from torch import Tensor


def prices(found: Pairs, l2: float) -> None:
    """Tables of every k and of every price, by what they say of old names and new ones."""
    import pandas as pd

    from lm_core.charts.marked_lines import Line, Mark, marked_lines
    from lm_core.charts.words import percent

    counted, learned = _fitted(found.fingerprint, found)
    k = st.select_slider(
        "Added to every count (k)",
        pairs.K,
        5.0,
        format_func=pairs.number,
        key="counting-beside-k",
        bind="query-params",
    )
    lines = [
        Line("counts + k", [p.train for p in counted], [p.held for p in counted]),
        Line("weights with a price", [p.train for p in learned], [p.held for p in learned]),
    ]
    here, there = counted[pairs.K.index(k)], learned[pairs.L2.index(l2)]
    marks = [
        Mark("counts + k", here.train, f"k = {pairs.number(k)}"),
        Mark("weights with a price", there.train, f"L2 = {pairs.number(l2)}"),
    ]
    left, right = st.columns([3, 2], gap="medium")
    with left:
        chart = marked_lines(
            lines,
            title="Both lead to every letter alike",
            x="nats per character, learned from",
            y="nats per character, kept from it",
            marks=marks,
        )
        chart.figure.update_xaxes(tickformat=".2f")
        show_chart(chart, key="counting-prices")
    with right:
        rows = [
            {
                "L2": pairs.number(price),
                "learned from": point.train,
                "kept from it": point.held,
                "nearest k": pairs.number(pairs.K[point.nearest]),
                "apart": percent(point.apart),
            }
            for price, point in zip(pairs.L2, learned, strict=True)
        ]
        show_table(pd.DataFrame(rows), key="counting-prices-table", height=340, places=4)
    st.markdown(
        "**What to notice.** Adding to every count and a price on weights pull the same way: off "
        "what was seen, toward every letter alike, where W is 0 and each probability is "
        f"1/{found.size}. At L2 = {pairs.number(l2)} the learned table is nearest to that of "
        f"k = {pairs.number(pairs.K[there.nearest])}, with {percent(there.apart)} of the "
        "probability elsewhere. They are kin, not the same: + k smooths rare rows most, and the "
        "price flattens all of them."
    )


@dataclass(frozen=True)
class Point:
    """A table by its losses; of a learned one, which of K is nearest and how far it is."""

    train: float
    held: float
    nearest: int = 0
    apart: float = 0.0


@st.cache_data(max_entries=4, show_spinner="Learning a table for each price …")
def _fitted(fingerprint: str, _found: Pairs) -> tuple[list[Point], list[Point]]:
    """For each of K, and, learned to their end, for each of L2."""
    from lm_core.models.neural_bigram_descent import apart, fit, loss_of, softmax_table

    rows = _found.counts.sum(1)

    def losses(table: "Tensor") -> tuple[float, float]:
        held = loss_of(table, _found.held) if _found.held.sum() else float("nan")
        return loss_of(table, _found.counts), held

    tables = [pairs.smoothed(_found, k).probabilities() for k in pairs.K]
    counted = [Point(*losses(table)) for table in tables]
    learned = []
    for price in pairs.L2:
        # Without a price the best table is the counted one, at weights without end.
        table = softmax_table(fit(_found.counts, l2=price)) if price else tables[0]
        off = [apart(table, other, rows) for other in tables]
        best = min(range(len(off)), key=off.__getitem__)
        learned.append(Point(*losses(table), best, off[best]))
    return counted, learned
