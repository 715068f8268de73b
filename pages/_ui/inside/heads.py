"""The pictures of attention, which are kept: drawing one takes longer than all else on its screen,
and a class looks at the same ones. They are told apart by what they show.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    import numpy as np

    from lm_core.charts.chart import Chart


@st.cache_resource(max_entries=64, show_spinner=False)
def large(
    weights: "np.ndarray", rows: Sequence[str], which: tuple[int, int], **drawn: object
) -> "Chart":
    """The head `which`, as layer and head; weights (T, T)."""
    from lm_core.charts.heatmaps import one_head

    return one_head(weights, rows, *which, height=480, **drawn)


@st.cache_resource(max_entries=64, show_spinner=False)
def lines(
    weights: "np.ndarray", rows: Sequence[str], which: tuple[int, int], **drawn: object
) -> "Chart":
    """The head as lines between words."""
    from lm_core.charts.between import lines_between

    return lines_between(weights, rows, *which, **drawn)
