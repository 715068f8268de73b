"""The fifth step: layer by layer, what flows through and back, and how far the weights move."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from lm_core.figures import percent
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart

if TYPE_CHECKING:
    from lm_core.charts.chart import Chart

KINDS = ("Gradients", "Steps", "Layers", "Stuck units", "Weights")


def draw(chart: "Chart", *, key: str, done: bool) -> None:
    """A picture under a fixed alternative text while it fills in, with its data afterwards."""
    if chart.beyond:
        st.caption(plain(chart.beyond))
    show_chart(chart, key=key, table=done, alt=None if done else f"{chart.title}, filling in.")


def inside(data: dict[str, Any], *, done: bool) -> None:
    """Pictures of one examined step (the data of an `Examined` event)."""
    from lm_core.charts.doctor import histogram
    from lm_core.charts.inside import HEALTHY_RATIO, by_depth, over_steps

    if "layers" not in data:
        st.caption("It ended before there was anything to look at.")
        return
    kind = st.segmented_control(
        "Inside", KINDS, default=KINDS[0], required=True, key="doctor-inside", bind="query-params"
    )
    layers = {layer["name"]: layer for layer in data["layers"]}
    weights = {weight["name"]: weight for weight in data["weights"]}
    if kind == KINDS[0]:
        rows = [(name, weight["grad_norm"]) for name, weight in weights.items()]
        chart = by_depth(rows, title="Gradient of each matrix", unit="length (norm)")
        draw(chart, key="doctor-5-grad", done=done)
    elif kind == KINDS[1]:
        rows = [(name, weight["update_ratio"]) for name, weight in weights.items()]
        chart = by_depth(
            rows,
            title="Step of each matrix",
            unit="std of the step over std of the weights",
            line=HEALTHY_RATIO,
        )
        draw(chart, key="doctor-5-update", done=done)
        if len(data.get("moved", ())) > 1:
            chart = over_steps(
                data["moved"],
                title="Step of each matrix, all along",
                unit="std: step over weights",
                line=HEALTHY_RATIO,
            )
            draw(chart, key="doctor-5-moved", done=done)
        st.caption("About a thousandth, the line, is usual; far less crawls, far more jumps.")
    elif kind == KINDS[2] and layers:
        chosen = layers[
            st.selectbox("Layer", list(layers), key="doctor-5-layer", bind="query-params")
        ]
        for what in ("activation", "gradient"):
            part = chosen[what]
            chart = histogram(
                part["edges"],
                part["counts"],
                title=f"{what.title()}s of {chosen['name']}",
                unit=what,
            )
            draw(chart, key=f"doctor-5-{what}", done=done)
    elif kind == KINDS[3]:
        _stuck(layers, done)
    elif kind == KINDS[4] and weights:
        chosen = weights[
            st.selectbox("Matrix", list(weights), key="doctor-5-matrix", bind="query-params")
        ]
        title = f"Weights of {chosen['name']}"
        chart = histogram(chosen["edges"], chosen["counts"], title=title, unit="weight")
        draw(chart, key="doctor-5-weight", done=done)


def _stuck(layers: dict[str, Any], done: bool) -> None:
    """Saturated and dead units as shares and as an image, where a layer has such a thing."""
    from lm_core.charts.inside import units

    able = {n: layer for n, layer in layers.items() if layer.get("units")}
    if not able:
        st.caption("Nothing in this family can be saturated or dead: it has no tanh and no ReLU.")
        return
    layer = able[st.selectbox("Layer", list(able), key="doctor-5-stuck-layer", bind="query-params")]
    parts = []
    if layer.get("saturated") is not None:
        parts.append(
            f"{percent(layer['saturated'])} of its units are saturated at nearly every token"
        )
    if layer.get("saturated_values") is not None:
        parts.append(f"{percent(layer['saturated_values'])} of all its numbers are")
    if layer.get("dead") is not None:
        parts.append(f"{percent(layer['dead'])} of its units are dead: 0 at every token")
    st.caption(f"{'; '.join(parts)}. Dark: a number whose slope is about 0, so nothing is learned.")
    says = "saturated" if layer.get("saturated") is not None else "asleep"
    title = f"Units of {layer['name']}"
    draw(units(layer["units"], title=title, says=says), key="doctor-5-units", done=done)
