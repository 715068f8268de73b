"""The initialisation laboratory with one layer: spread that goes in and that comes out."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.doctor.one_layer import OneLayer

KEY = "doctor-layer-"
SCALE = KEY + "scale"


def one_layer() -> None:
    """The scale of the weights, and the numbers before and after."""
    from lm_core.charts.doctor import histogram
    from lm_core.doctor import one_layer as lab

    st.write(
        "Each unit adds up its inputs, each times a weight. The more inputs, the larger the sum: "
        "weights of spread 1 make the numbers √n times as wide, n inputs being added. Divided by "
        "√n they keep the spread."
    )
    usual = lab.LayerSettings()
    controls, pictures = st.columns([2, 5], gap="medium")
    with controls:
        n_in = st.slider("Inputs n", 2, 400, usual.n_in, key=KEY + "inputs", bind="query-params")
        n_out = st.slider(
            "Units of the layer", 10, 400, usual.n_out, 10, key=KEY + "units", bind="query-params"
        )
        scales = lab.usual_scales(n_in)
        if SCALE not in st.session_state:
            st.session_state[SCALE] = usual.scale
        scale = st.number_input(
            "Scale of the weights",
            0.0,
            100.0,
            step=0.05,
            format="%.4f",
            key=SCALE,
            bind="query-params",
            help="Their standard deviation.",
        )
        with st.container(horizontal=True, gap="small"):
            for label, value in scales.items():
                st.button(
                    label,
                    key=f"{KEY}usual-{label}",
                    on_click=st.session_state.__setitem__,
                    args=(SCALE, value),
                )
    sizes = {"n_in": n_in, "n_out": n_out}
    found = lab.one_layer(lab.LayerSettings(scale=scale, **sizes))
    with pictures:
        before, after = st.columns(2)
        with before:
            said = f"Before: std {found.x:.2f}"
            show_chart(histogram(**found.before, title=said, unit="number"), key=KEY + "before")
        with after:
            said = f"After: std {found.y:.2f}"
            show_chart(histogram(**found.after, title=said, unit="number"), key=KEY + "after")
        st.caption(
            f"{usual.rows:,} rows of {n_in} normal numbers through {n_out} units. By the formula "
            f"the spread after the layer is {scale:.4g} · √{n_in} = {found.expected:.2f}; measured "
            f"it is {found.y:.2f}."
        )
        each = {name: lab.LayerSettings(scale=s, **sizes) for name, s in scales.items()}
        _table({name: lab.one_layer(settings) for name, settings in each.items()})
    show_source(lab.one_layer, "The code: one layer")


def _table(found: "dict[str, OneLayer]") -> None:
    import pandas as pd

    rows = [
        {
            "scale of the weights": name,
            "std before": round(one.x, 3),
            "std of the weights": round(one.weights, 3),
            "std after": round(one.y, 3),
            "scale · √n": round(one.expected, 3),
        }
        for name, one in found.items()
    ]
    show_table(pd.DataFrame(rows), key=KEY + "scales", height="content", places=2)
