"""What every chart function returns: the picture, a sentence for who cannot see it, the data."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Union

import pandas as pd

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from lm_core.charts.live import Live


@dataclass(frozen=True)
class Chart:
    """A picture with its text alternative and its data.

    `figure` is a plotly Figure, or an altair chart for a page to change in place (live.py), and
    carries the title itself, so that a saved picture explains itself. `alt` is a sentence computed
    from the data. `table` is exactly the data drawn, its headings with units, ready to be shown or
    saved as CSV. `beyond` says what of them lies outside of the picture, for a page to show beside
    it; it is part of `alt`.
    """

    title: str
    figure: Union["go.Figure", "Live"] = field(repr=False)
    alt: str
    table: pd.DataFrame = field(repr=False)
    beyond: str = ""
