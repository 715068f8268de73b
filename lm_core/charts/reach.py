"""How far back a guess had to look, as bars: less of the past on top, all of it at the bottom."""

from collections.abc import Sequence

import pandas as pd

from lm_core.charts import words
from lm_core.charts.bars import horizontal_bars
from lm_core.charts.chart import Chart
from lm_core.charts.shares import share_ticks
from lm_core.charts.theme import BLUE, GREY
from lm_core.visible import visible


def reach_bars(found: Sequence[tuple[int, float]], token: str) -> Chart:
    """The probability of `token` after the last n tokens alone.

    Args:
        found: (n, probability as a share of 1), as `inspection.reach` gives them: growing, the
            last of all that was seen.
        token: its text.
    """
    *shorter, (whole, p) = found
    labels = ["the last token" if n == 1 else f"the last {n:,}" for n, _ in shorter]
    labels.append(f"all {whole:,} seen" if whole > 1 else "the only one")
    shares = [share for _, share in found]
    title = "How far back it had to look"
    figure = horizontal_bars(
        labels,
        shares,
        [words.percent(share) for share in shares],
        title=title,
        x=f"probability of {words.escaped(words.shorten(visible(token), 14))} at temperature 1",
        colors=[GREY] * len(shorter) + [BLUE],
        label_width=15,
    )
    share_ticks(figure, end=1.3)
    table = pd.DataFrame({"tokens seen": [n for n, _ in found], "probability (share of 1)": shares})
    far = [i for i, share in enumerate(shares) if abs(share - p) > 0.1 * p]
    near = found[far[-1] + 1 if far else 0][0]
    alt = f"{visible(token)} has {words.percent(p)} after all {words.count(whole, 'token')}"
    if shorter:
        first = shares[0]
        alt += f", and {words.percent(first)} after the last one alone; within a tenth of it "
        alt += f"from the last {words.count(near, 'token')} on"
    return Chart(title, figure, f"{alt}.", table)
