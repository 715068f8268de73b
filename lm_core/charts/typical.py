"""The words most typical of one part of a text, as bars."""

from collections.abc import Sequence

import pandas as pd

from lm_core.charts import words
from lm_core.charts.bars import horizontal_bars
from lm_core.charts.chart import Chart
from lm_core.charts.theme import BLUE

UNIT = "z: log-odds over its standard deviation"


def typical_bars(
    tokens: Sequence[str],
    z: Sequence[float],
    here: Sequence[int],
    elsewhere: Sequence[int],
    *,
    title: str,
    color: str = BLUE,
) -> Chart:
    """A bar a word, the most typical on top.

    Args:
        tokens: the most typical first.
        z: of each, positive.
        here, elsewhere: how often each comes in the part, and in the rest.
        title: of what they are typical.
    """
    labels = words.unique_labels(tokens)
    figure = horizontal_bars(
        labels, z, [f"{value:.1f}" for value in z], title=words.escaped(title), x=UNIT, colors=color
    )
    table = pd.DataFrame(
        {"word": labels, "z": list(z), "here (times)": here, "elsewhere (times)": elsewhere}
    )
    if not labels:
        return Chart(title, figure, f"{title}: no word stands out.", table)
    said = ", ".join(
        f"{label} ({value:.1f}; {one:,} times here, {other:,} elsewhere)"
        for label, value, one, other in zip(labels[:3], z, here, elsewhere, strict=False)
    )
    return Chart(title, figure, f"{title}: {said}.", table)
