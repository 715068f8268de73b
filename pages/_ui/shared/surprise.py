"""A mean surprise as a large figure: in nats, and under it as a perplexity, which is what all else
that one reads is told in."""

import math
from typing import TYPE_CHECKING, Any

import streamlit as st

from lm_core.charts.words import nats
from lm_core.figures import perplexity

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator


def surprise_metric(
    label: str, value: float, *, digits: int = 0, place: "DeltaGenerator | Any" = st, help: str = ""
) -> None:
    """Draw it.

    Args:
        value: a mean, in nats; of a sum e to that power says nothing.
        digits: after the point, of the nats; 0 for as many as are usual.
        place: where it is drawn.
    """
    said = f"{value:.{digits}f}" if digits and math.isfinite(value) else nats(value)
    place.metric(
        label,
        f"{said} nats",
        f"perplexity {nats(perplexity(value))}",
        delta_color="off",
        delta_arrow="off",
        help=help or None,
        width="content",
    )
