"""The gradient check: weights nudged up and down, the slope beside that of autograd."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui.shared import models
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import show_table
from pages._ui.tensors.weights import choose_parameter

if TYPE_CHECKING:
    from lm_core.inspection.gradient_check import BySize, Check
    from pages._ui.tensors.batch import Batch

SEED = "tensors-check-seed"
MANY = 8


def gradient_check(choice: models.Choice, batch: "Batch") -> None:
    """The screen's third view."""
    from lm_core.inspection import gradient_check as lab

    st.write(
        "A gradient says how much the loss changes with a weight. Nudge the weight a little up and "
        "a little down, and look: the loss changes by just that. The nudges are made on a copy in "
        "float64, because the difference is in the last digits."
    )
    st.latex(r"\frac{L(w + h) - L(w - h)}{2h} \approx \frac{\partial L}{\partial w}")
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        parameter = choose_parameter(choice)
    seed = st.session_state.setdefault(SEED, 0)
    right.button(
        "Other numbers of it",
        key="tensors-others",
        on_click=st.session_state.__setitem__,
        args=(SEED, seed + 1),
    )
    key = (str(choice.folder), models.stamp(choice), batch.key, parameter)
    checks, sizes = _checked(*key, seed, models.load(choice).model, batch)
    apart = max(abs(one.nudged - one.autograd) for one in checks)
    steepest = max(abs(one.autograd) for one in checks)
    show_table(_table(checks), key="tensors-checks", height="content")
    st.markdown(
        f"**What to notice:** with h = {lab.H:g} the two slopes differ by {apart:.1e} at the most; "
        f"the steepest of them is {steepest:.2g}. Of a slope near 0 the relative error says "
        "little: the last digit of the loss is as large. A weight that the batch never reads has "
        "the slope 0 both ways."
    )
    show_chart(_drawn(sizes), key="tensors-by-size")
    st.caption(
        f"Of the weight {plain(checks[0].place)}, by the size of the nudge: too large, and the "
        "bend of the loss shows; too small, and the digits of the numbers run out. Nudging one way "
        "only errs more, and float32 has too few digits for it."
    )
    show_source(lab.check, "The code: the check")


@st.cache_data(max_entries=16, show_spinner="Nudging …")
def _checked(
    folder: str,
    stamp: float,
    key: tuple,
    parameter: str,
    seed: int,
    _model: Any,
    _batch: "Batch",
) -> "tuple[list[Check], BySize]":
    from lm_core.inspection import gradient_check as lab

    given = (_model, _batch.idx, _batch.targets)
    places = lab.some_places(lab.slopes(*given, parameter), MANY, seed)
    return lab.check(*given, parameter, places), lab.by_size(*given, parameter, places[0])


def _table(checks: "list[Check]") -> Any:
    import pandas as pd

    rows = [
        {
            "weight": str(list(one.place)),
            "w": f"{one.weight:.6g}",
            "loss at w + h": f"{one.above:.12f}",
            "loss at w − h": f"{one.below:.12f}",
            "slope by nudging": f"{one.nudged:.8g}",
            "slope by autograd": f"{one.autograd:.8g}",
            "relative error": f"{one.error:.1e}",
        }
        for one in checks
    ]
    return pd.DataFrame(rows)


def _drawn(sizes: "BySize") -> Any:
    from lm_core.charts.nudges import errors_by_size

    errors = {
        "both sides, float64": sizes.central,
        "one side, float64": sizes.forward,
        "both sides, float32": sizes.single,
    }
    return errors_by_size(sizes.sizes, errors)
