"""Success by delay: a line a family through the mean of its seeds, and a bar from the lowest to the
highest of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import GREY, family_style, legend_below, style_figure

X, Y = "delay (characters in between)", "right answers"
HEIGHT = 380
SOLVED = 0.9  # of the answers: what counts as remembered
_APART = 0.06  # families side by side at a delay, in powers of two


@dataclass(frozen=True)
class Delays:
    """One family: by delay the share (0 to 1) of right answers of each seed."""

    label: str
    family: str
    shares: Mapping[int, Sequence[float]]

    def mean(self, delay: int) -> float:
        return sum(self.shares[delay]) / len(self.shares[delay])

    @property
    def furthest(self) -> int | None:
        """The longest delay at which every seed has SOLVED of them right; None: there is none."""
        solved = [delay for delay, each in self.shares.items() if min(each) >= SOLVED]
        return max(solved, default=None)


def success_by_delay(families: Sequence[Delays], *, title: str, guessing: float) -> Chart:
    """`guessing`: the share of who always gives the commonest answer."""
    figure = go.Figure()
    delays = sorted({delay for one in families for delay in one.shares})
    for place, one in enumerate(families):
        style = family_style(one.family)
        shift = 2 ** (_APART * (place - (len(families) - 1) / 2))
        here = [d for d in delays if d in one.shares]
        means = [one.mean(d) for d in here]
        figure.add_scatter(
            x=[d * shift for d in here],
            y=means,
            mode="lines+markers",
            name=words.escaped(one.label),
            line={"color": style.color, "dash": style.dash, "width": 2},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [max(one.shares[d]) - m for d, m in zip(here, means, strict=True)],
                "arrayminus": [m - min(one.shares[d]) for d, m in zip(here, means, strict=True)],
                "thickness": 1.5,
                "width": 4,
            },
            hovertext=[
                f"{words.escaped(one.label)}, delay {d}: {words.percent(m)}"
                for d, m in zip(here, means, strict=True)
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    figure.add_hline(y=guessing, line={"color": GREY, "dash": "dot", "width": 1.5})
    figure.add_annotation(
        xref="paper", x=1, y=guessing, text="always the commonest answer", showarrow=False
    )
    figure.update_annotations(xanchor="right", yanchor="bottom", font={"size": 11, "color": GREY})
    style_figure(figure, title=title, x=X, y=Y, height=HEIGHT)
    figure.update_xaxes(
        type="log", tickmode="array", tickvals=delays, ticktext=list(map(str, delays))
    )
    marks = [0, 0.25, 0.5, 0.75, 1]
    figure.update_yaxes(
        range=[-0.04, 1.06], tickmode="array", tickvals=marks, ticktext=[*map(words.percent, marks)]
    )
    legend_below(figure)
    rows = [
        {
            "family": one.label,
            X: delay,
            f"{Y} (mean, share of 1)": one.mean(delay),
            "lowest seed": min(one.shares[delay]),
            "highest seed": max(one.shares[delay]),
            "seeds": len(one.shares[delay]),
        }
        for one in families
        for delay in sorted(one.shares)
    ]
    table = pd.DataFrame(rows)
    return Chart(title, figure, f"{title}: {read_delays(families)}", table)


def read_delays(families: Sequence[Delays]) -> str:
    """Up to which delay each remembers, in a sentence."""
    said = []
    for one in families:
        if not one.shares:
            continue
        if one.furthest is not None:
            until = words.count(one.furthest, "character")
            said.append(f"{one.label} remembers over {until}")
            continue
        shortest = min(one.shares)
        said.append(
            f"{one.label} over none of these delays ({words.percent(one.mean(shortest))} right at "
            f"{shortest:,}, on average)"
        )
    rule = f"(remembers: every seed has at least {words.percent(SOLVED)} right there)"
    return f"{'; '.join(said)} {rule}." if said else "nothing was measured yet."
