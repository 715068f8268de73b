"""The gradients of a graph: all checked by nudging, and followed by a step of its leaves."""

import math
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.foundations.expression import begin
from pages._ui.shared.plain import plain
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.foundations.graph import Graph

RATE, LEARNS = "autograd-rate", "autograd-learns"


def grads_after(graph: "Graph", steps: int) -> list[float]:
    """As they stand after so many steps."""
    graph.back(max(0, steps))
    return [node.value.grad for node in graph.nodes]


def check(graph: "Graph") -> None:
    """Every gradient beside what nudging gives."""
    import pandas as pd

    from lm_core.foundations.graph import NEAR as SAME
    from lm_core.foundations.graph import NUDGE

    st.header("Checked by nudging")
    grads = grads_after(graph, len(graph.nodes))
    nudged = [graph.nudged(place) for place in range(len(graph.nodes))]
    table = pd.DataFrame(
        {
            "number": [node.name for node in graph.nodes],
            "value": [node.value.value for node in graph.nodes],
            "its gradient": grads,
            "by nudging": nudged,
            "difference": [abs(a - b) for a, b in zip(grads, nudged, strict=True)],
        }
    )
    st.write(
        f"Each number is made {NUDGE:.5f} larger and {NUDGE:.5f} smaller, everything after it is "
        "computed again, and the change of the result is divided by what was changed: no rule is "
        "used."
    )
    show_table(table, key="autograd-check", places=6)
    off = [
        plain(node.name)
        for node, a, b in zip(graph.nodes, grads, nudged, strict=True)
        if not math.isclose(a, b, rel_tol=SAME, abs_tol=SAME)
    ]
    if off:
        st.info(
            f"The two differ at {', '.join(off)}: there is a corner (a ReLU at 0 has no one "
            "slope), or a nudge is too coarse for numbers so large or so near an edge."
        )
    else:
        worst = float(table["difference"].max())
        st.markdown(
            f"**What to notice:** all {len(graph.nodes)} agree; the largest difference is "
            f"{worst:.1e}. Nudging computes the whole graph twice for every number; the walk "
            "finds all of them at once, which is why networks can learn."
        )


def learn(graph: "Graph") -> None:
    """What a small step of all leaves does to the result."""
    from lm_core.charts.graph import short

    by = st.number_input(
        "A step of so many gradients",
        0.0,
        1.0,
        0.01,
        step=0.01,
        format="%.4g",
        key=RATE,
        bind="query-params",
        width=240,
        help="The learning rate: every leaf goes so many times its gradient.",
    )
    learning = st.pills(
        "Leaves that learn",
        [node.name for node in graph.nodes if node.kind == "leaf"],
        selection_mode="multi",
        default=[node.name for node in graph.nodes if node.kind == "leaf"],
        format_func=plain,
        key=f"{LEARNS}-{'-'.join(graph.leaves)}",
    )
    grads_after(graph, len(graph.nodes))
    name, now = plain(graph.nodes[-1].name), short(graph.nodes[-1].value.value)
    up, down = graph.moved(by, learning), graph.moved(-by, learning)
    st.markdown(
        f"**{name}** is {now}. When each of these leaves goes {by:g} times its gradient, it "
        f"becomes **{_six(up)}**; the other way, against the gradient, **{_six(down)}**. "
        "Against it a loss falls: gradient descent. Too long a step leaves the place where the "
        "slope holds."
    )
    st.button(
        "Go against the gradient",
        on_click=begin,
        args=(graph.beside(-by, learning),),
        disabled=not math.isfinite(down) or not learning,
        key="autograd-learn",
        help="Once more and once more: this is how a network learns.",
    )
    if unused := graph.unused:
        st.caption(f"Not needed for the result, and not drawn: {', '.join(map(plain, unused))}.")


def _six(number: float) -> str:
    return f"{number:.6f}" if math.isfinite(number) else "no number"
