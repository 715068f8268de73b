"""What a probability of an n-gram model is made of: a share from each length of context."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import ink, legend_below, scale_color, style_figure
from lm_core.visible import visible

ROOM = 0.08  # share of the whole bar below which a number does not fit into a piece
NAMED = 0.005  # and below which a piece is too thin to be named


@dataclass(frozen=True)
class Source:
    """What one length of context adds to a probability."""

    context: str  # the last tokens, as text; "" is none
    length: int  # of it, in tokens; -1 is the end of the chain, where every token is alike
    seen: int  # how often the context counts
    count: int  # how often the token counts after it
    discount: float  # taken from that count
    handed_on: float  # the share that this context leaves to the next shorter one
    share: float  # of the probability asked about; all of them sum to it


def evidence_bar(
    sources: Sequence[Source], token: str, *, dark: bool = False, height: int = 140
) -> Chart:
    """The probability as one bar, in pieces: the longest context first, in the strongest colour.

    Args:
        sources: the shortest first, as `Ngram.explain` gives them.
        token: the text of the token asked about.
        dark: use the colours made for a dark page.
        height: in pixels.
    """
    total = sum(source.share for source in sources)
    title = f"{visible(token)}: {words.percent(total)} at temperature 1"
    figure = go.Figure()
    longest = max((source.length for source in sources), default=0)
    for source in reversed(sources):
        if source.share <= 0:
            continue
        # From a third of the scale on: the palest piece still stands off from the page.
        color = scale_color(0.3 + 0.6 * (source.length + 1) / (longest + 1), dark)
        wide = source.share >= ROOM * total
        figure.add_bar(
            x=[source.share],
            y=[0],
            orientation="h",
            name=words.escaped(named(source)),
            showlegend=source.share >= NAMED * total,
            marker={"color": color},
            text=[words.percent(source.share) if wide else ""],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont={"color": ink(color)},
            hovertemplate=f"{words.percent(source.share)}<extra>%{{fullData.name}}</extra>",
        )
    style_figure(figure, title=words.escaped(title), height=height)
    figure.update_layout(barmode="stack", bargap=0, hovermode="closest")
    legend_below(figure).update_layout(legend={"traceorder": "normal"})
    # No axis: the pieces say their lengths, and the title the length of the whole.
    figure.update_xaxes(range=[0, total or 1], visible=False, fixedrange=True)
    figure.update_yaxes(visible=False, fixedrange=True)
    return Chart(title, figure, _alt(sources, token, total), evidence_table(sources))


def evidence_table(sources: Sequence[Source]) -> pd.DataFrame:
    """The sources as rows, the longest context first; counts are empty at the end of the chain."""
    rows = [
        (
            named(source),
            None if source.length < 0 else source.seen,
            None if source.length < 0 else source.count,
            None if source.length < 0 else round(source.discount, 2),
            None if source.length < 0 else round(source.handed_on, 4),
            source.share,
        )
        for source in reversed(sources)
    ]
    columns = ["context", "counts", "with the token", "discount", "handed on", "adds (share of 1)"]
    table = pd.DataFrame(rows, columns=columns)
    return table.astype({"counts": "Int64", "with the token": "Int64"})


def named(source: Source) -> str:
    """A context in words."""
    if source.length < 0:
        return "every token alike"
    return f"after {visible(source.context)}" if source.length else "no context"


def _alt(sources: Sequence[Source], token: str, total: float) -> str:
    if not total:
        return f"{visible(token)} has no probability here: nothing speaks for it."
    top = max(sources, key=lambda source: source.share)
    counted = f" ({top.count:,} of {top.seen:,} counts)" if top.length >= 0 else ""
    return (
        f"{visible(token)} has {words.percent(total)}; most of it, "
        f"{words.percent(top.share)}, from “{named(top)}”{counted}."
    )
