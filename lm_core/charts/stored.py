"""What a model that counts has stored: how many different runs of each length."""

from collections.abc import Sequence

import pandas as pd

from lm_core.charts import words
from lm_core.charts.bars import horizontal_bars
from lm_core.charts.chart import Chart


def stored_bars(parts: Sequence[tuple[str, int]], *, height: int | None = None) -> Chart:
    """Different runs of tokens met, by length, in the order given (first at the top).

    Args:
        parts: (name of the length, number of different runs).
    """
    names, counts = [name for name, _ in parts], [int(n) for _, n in parts]
    title = f"Different runs met: {words.human(sum(counts))}"
    texts = [f"{n:,}" for n in counts]
    figure = horizontal_bars(names, counts, texts, title=title, x="different runs", height=height)
    figure.update_xaxes(tickformat="~s")
    table = pd.DataFrame({"length": names, "different runs": counts})
    if not counts:
        return Chart(title, figure, "Different runs by length, empty: nothing is stored.", table)
    top = max(range(len(counts)), key=counts.__getitem__)
    alt = (
        f"{sum(counts):,} different runs of {words.count(len(counts), 'length')} are stored, most "
        f"of them {names[top]} ({counts[top]:,})."
    )
    return Chart(title, figure, alt, table)
