"""How often something comes in each group of texts: each decade, each president, each class."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import BLUE, style_figure

MILLION = 1_000_000
LABELS, WIDTH = 26, 16  # names along the axis, and letters of each


def group_rates(
    counts: Mapping[str, tuple[int, int]], *, title: str, by: str, unit: str, height: int = 320
) -> Chart:
    """A bar a group: times in a million.

    Args:
        counts: group -> how often it comes there, and of how many tokens.
        by: what the groups are, "decade".
        unit: of the tokens, in the plural.
    """
    names = words.numbered_apart(list(counts))
    rates = [MILLION * n / of if of else 0.0 for n, of in counts.values()]
    figure = go.Figure()
    figure.add_bar(
        x=list(range(len(names))),
        y=rates,
        marker_color=BLUE,
        customdata=[
            f"{words.escaped(name)}: {n:,} of {of:,} {unit}"
            for name, (n, of) in zip(names, counts.values(), strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    y = f"times in a million {unit}"
    style_figure(figure, title=words.escaped(title), x=by, y=y, height=height)
    every = -(-len(names) // LABELS) or 1
    figure.update_xaxes(
        tickmode="array",
        tickvals=list(range(0, len(names), every)),
        ticktext=[words.escaped(words.shorten(name, WIDTH)) for name in names[::every]],
        showgrid=False,
        fixedrange=True,
    )
    figure.update_yaxes(rangemode="tozero", tickformat="~s", fixedrange=True)
    figure.update_layout(showlegend=False)
    table = pd.DataFrame(
        {
            by: names,
            "times": [n for n, _ in counts.values()],
            unit: [of for _, of in counts.values()],
            y: rates,
        }
    )
    if not names or not any(rates):
        return Chart(title, figure, f"{title}: it stands in no group.", table)
    top = max(range(len(names)), key=rates.__getitem__)
    alt = f"{title}, by {by}: most often in {names[top]}, {rates[top]:,.0f} {y}"
    alt += f"; {sum(rate == 0 for rate in rates)} of {len(names)} groups have none."
    return Chart(title, figure, alt, table)
