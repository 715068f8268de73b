"""What a model expected at one place of a text, beside what stands there."""

from collections.abc import Sequence

import pandas as pd

from lm_core.charts import words
from lm_core.charts.bars import horizontal_bars
from lm_core.charts.chart import Chart
from lm_core.charts.shares import share_ticks
from lm_core.charts.theme import BLUE, VERMILLION
from lm_core.visible import visible

ROOM = 1.5  # where the axis ends: at 100 %, and room for the words after a bar


def guess_bars(
    tokens: Sequence[str],
    shares: Sequence[float],
    place: int | None,
    *,
    true: str,
    share: float,
    rank: int,
    room: int,
) -> Chart:
    """The likeliest tokens with their probabilities, and the one that stands in the text; where it
    is none of them it has a bar below theirs.

    Args:
        tokens: the likeliest first.
        shares: of each, of one.
        place: which of them stands in the text; None where it is none of them.
        true: the token of the text, its probability `share` and its `rank`, 1 the first guess.
        room: bars there is room for, so that the picture keeps its size.
    """
    tokens, shares = list(tokens), list(shares)
    if place is None:
        place = len(tokens)
        tokens.append(true)
        shares.append(share)
    ranks = list(range(1, len(tokens) + 1))
    ranks[place] = rank
    here = [k == place for k in range(len(tokens))]
    labels = words.unique_labels(tokens)
    texts = [
        words.percent(p) + (", in the text" if stands else "")
        for p, stands in zip(shares, here, strict=True)
    ]
    title = "What it expected here"
    figure = horizontal_bars(
        labels,
        shares,
        texts,
        title=title,
        x="probability",
        height=100 + 27 * room,
        colors=[VERMILLION if stands else BLUE for stands in here],
    )
    figure.update_yaxes(range=[max(room, len(labels)) - 0.5, -0.5])
    share_ticks(figure, end=ROOM)
    table = pd.DataFrame(
        {"rank": ranks, "token": labels, "probability (share of 1)": shares, "in the text": here}
    )
    first = f"{labels[0]} ({words.percent(shares[0])})"
    alt = (
        f"In the text stands {visible(true)}, guess number {rank:,} with {words.percent(share)}; "
        f"the first guess was {first}."
    )
    return Chart(title, figure, alt, table)
