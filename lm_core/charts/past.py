"""What a guess rests on, token by token of what was read before: bars, the latest on top."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.bars import horizontal_bars
from lm_core.charts.chart import Chart
from lm_core.charts.shares import share_ticks
from lm_core.charts.theme import BLUE, GREY, VERMILLION
from lm_core.visible import visible

MOST = 16  # bars; of more the earlier ones are one bar
LABEL = 12  # characters


def share_bars(tokens: Sequence[str], shares: Sequence[float], *, title: str, x: str) -> Chart:
    """The share (of 1) of each token that was read.

    Args:
        tokens: in reading order.
        shares: of each; they sum to 1 unless nothing was found.
        title: what was measured.
        x: what the shares are of.
    """
    labels = words.unique_labels(tokens)
    drawn = list(zip(labels, shares, strict=True))[::-1]
    table = pd.DataFrame(
        {
            "tokens back": range(len(drawn)),
            "token": [label for label, _ in drawn],
            f"{x} (share of 1)": [share for _, share in drawn],
        }
    )
    earlier = len(drawn) - MOST + 1 if len(drawn) > MOST else 0
    if earlier:
        rest = sum(share for _, share in drawn[MOST - 1 :])
        drawn = [*drawn[: MOST - 1], (f"{earlier:,} earlier", rest)]
    figure = horizontal_bars(
        [label for label, _ in drawn],
        [share for _, share in drawn],
        [words.percent(share) for _, share in drawn],
        title=title,
        x=x,
        colors=[BLUE] * (len(drawn) - bool(earlier)) + [GREY] * bool(earlier),
        label_width=LABEL,
    )
    share_ticks(figure)
    if not labels:
        return Chart(title, figure, f"{title}, still empty: nothing was read.", table)
    most = max(range(len(labels)), key=lambda k: shares[k])
    back = words.count(len(labels) - 1 - most, "token")
    alt = (
        f"{title}: of {words.count(len(labels), 'token')} the largest share is "
        f"{words.percent(shares[most])}, of {labels[most]} ({back} before the last); the last one "
        f"has {words.percent(shares[-1])}."
    )
    return Chart(title, figure, alt, table)


def slot_bars(tokens: Sequence[str], adds: Sequence[float], token: str) -> Chart:
    """What each place of a window adds to the guess of `token`, in nats; below 0 it made it less
    likely, and the bar has another colour and its sign.

    Args:
        tokens: in reading order.
        adds: of each place.
    """
    title = "What each place of the context adds"
    labels = words.unique_labels(tokens)
    drawn = list(zip(labels, adds, strict=True))[::-1]
    total = sum(map(abs, adds))
    shares = [abs(value) / total if total else 0.0 for _, value in drawn]
    texts = [
        f"{_signed(value)} ({words.percent(share)})"
        for (_, value), share in zip(drawn, shares, strict=True)
    ]
    figure = horizontal_bars(
        [label for label, _ in drawn],
        [value for _, value in drawn],
        texts,
        title=title,
        x=f"nats added to ln p of {words.escaped(words.shorten(visible(token), 14))}",
        colors=[BLUE if value >= 0 else VERMILLION for _, value in drawn],
        label_width=LABEL,
    )
    _both_sides(figure, [value for _, value in drawn])
    table = pd.DataFrame(
        {
            "tokens back": range(len(drawn)),
            "token": [label for label, _ in drawn],
            "added to ln p (nats)": [value for _, value in drawn],
            "share of all (of 1)": shares,
        }
    )
    if not labels:
        return Chart(title, figure, f"{title}, still empty: nothing was read.", table)
    most = max(range(len(drawn)), key=lambda k: shares[k])
    against = [label for label, value in drawn if value < 0]
    alt = (
        f"{title}: most is {drawn[most][0]}, {words.count(most, 'token')} before the last one, "
        f"with {_signed(drawn[most][1])} nats, {words.percent(shares[most])} of all"
    )
    alt += f"; made it less likely: {', '.join(against)}" if against else ""
    return Chart(title, figure, f"{alt}.", table)


def _signed(value: float) -> str:
    shown = words.nats(abs(value))
    return f"+{shown}" if value >= 0 else f"-{shown}"


def _both_sides(figure: go.Figure, values: Sequence[float]) -> None:
    """An axis with room for what lies below 0, and for the numbers at the ends."""
    high, low = max([0.0, *values]), min([0.0, *values])
    width = (high - low) or 1.0
    room = 0.55 * width  # a number and its share
    figure.update_xaxes(range=[low - (room if low < 0 else 0.0), high + room])
