"""How much the loss grows without each part alone: measured one after the other, and kept."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.inside.look import Look
from pages._ui.inside.sample import Sample
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.inspection.ablation import Effect
    from lm_core.inspection.parts import Part

FOUND = "attention-effects"  # in the session: of what, the parts measured so far
ERROR = "Nats per token. Above zero: the model is more surprised without it."


def change(value: float) -> str:
    """With its sign, to three digits behind the point."""
    return f"{value:+.3f}".replace("-", "−")


def panel(look: Look, sample: Sample, parts: "list[Part]") -> None:
    """A button that begins, one that stops, and what is known so far."""
    from lm_core.charts.words import count

    of = (*look.key, sample.said, look.text if "your text" in sample.said else "")
    kept = st.session_state.get(FOUND)
    if kept is None or kept[0] != of:
        kept = st.session_state[FOUND] = (of, [])
    found, missing = kept[1], len(parts) - len(kept[1])
    if missing:
        st.caption(
            f"The loss of {count(missing, 'more model')} is to be measured on the same sample, "
            "each without one part."
        )
        label = "Go on measuring" if found else "Measure each alone"
        if st.button(label, key="attention-effects-go"):
            _measure(look, sample, parts, found)
    if found:
        _show(found, len(parts))


def _measure(look: Look, sample: Sample, parts: "list[Part]", found: "list[Effect]") -> None:
    """Any click ends it, Stop as well: what is found by then stays."""
    from lm_core.inspection.ablation import effects

    place = st.empty()
    with place.container():
        bar = st.progress(0.0)
        st.button("Stop", key="attention-effects-stop")
        missing = parts[len(found) :]
        for one in effects(look.checkpoint.model, missing, sample.nats):
            found.append(one)
            bar.progress(len(found) / len(parts), text=f"Without {plain(one.part.called)}")
    place.empty()


def _show(found: "list[Effect]", all: int) -> None:
    import numpy as np
    import pandas as pd

    from lm_core.charts.matrices import matrix
    from lm_core.charts.words import nats

    table = pd.DataFrame(
        {
            "without": [one.part.called for one in found],
            "loss grows by (nats)": [round(one.change, 4) for one in found],
            "± (standard error)": [round(one.error, 4) for one in found],
        }
    ).sort_values("loss grows by (nats)", ascending=False)
    rows = list(dict.fromkeys(_row(one.part) for one in found))
    columns = sorted({_column(one.part) for one in found}, key=_order)
    values = np.full((len(rows), len(columns)), np.nan)
    for one in found:
        values[rows.index(_row(one.part)), columns.index(_column(one.part))] = one.change
    left, right = st.columns([3, 2], gap="medium")
    with left:
        dark = st.context.theme.type == "dark"
        chart = matrix(
            values, rows, columns, title="Loss without it, minus loss with it (nats)", dark=dark
        )
        show_chart(chart, key="attention-effects-map", table=False)
    with right:
        show_table(table, key="attention-effects", height=300)
    if len(found) < all:
        st.caption(f"{len(found)} of {all} parts are measured.")
        return
    single = [one for one in found if one.part.head is not None or one.part.kind == "mlp"]
    most, least = (pick(single, key=lambda one: one.change) for pick in (max, min))
    sure = [one for one in single if abs(one.change) > 2 * one.error]
    st.markdown(
        f"**What to notice:** of heads and MLPs, {plain(most.part.called)} is missed most "
        f"({change(most.change)} nats, ± {nats(most.error)}), {plain(least.part.called)} least "
        f"({change(least.change)}). {len(single) - len(sure)} of {len(single)} change the loss by "
        "less than two standard errors: by this sample nobody can say that they matter alone."
    )


def _row(part: "Part") -> str:
    return f"{part.stack} layer {part.layer + 1}".strip() + " across" * (part.kind == "cross")


def _column(part: "Part") -> str:
    if part.kind == "mlp":
        return "MLP"
    return "all heads" if part.head is None else f"head {part.head + 1}"


def _order(column: str) -> tuple[int, int]:
    number = int(column.split()[1]) if column.startswith("head ") else 0
    return (0, number) if number else (1 + (column == "MLP"), 0)
