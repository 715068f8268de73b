"""A loss by tokenizer as bars, in an order that is given: so that one measure can be seen in the
order of another."""

import math
from collections.abc import Sequence

import pandas as pd

from lm_core.charts import words
from lm_core.charts.bars import horizontal_bars
from lm_core.charts.chart import Chart
from lm_core.charts.theme import family_style

WITHHELD = "withheld"


def loss_bars(
    names: Sequence[str],
    labels: Sequence[str],
    values: Sequence[float | None],
    *,
    title: str,
    unit: str,
) -> Chart:
    """A bar a tokenizer, from the top down as they come.

    Args:
        names: of the tokenizers, for their colours (see `theme.TOKENIZERS`).
        values: in `unit`; None has no bar, and is told to be withheld.
    """
    lengths = [math.nan if value is None else float(value) for value in values]
    texts = [WITHHELD if value is None else words.human(value) for value in values]
    colors = [family_style(name).color for name in names]
    figure = horizontal_bars(
        labels, lengths, texts, title=title, x=unit, colors=colors, label_width=18
    )
    table = pd.DataFrame({"tokenizer": list(labels), unit: lengths})
    said = ", ".join(f"{label} {text}" for label, text in zip(labels, texts, strict=True))
    alt = f"{title}, {unit}, from the top down: {said}." if labels else f"{title}, empty."
    return Chart(title, figure, alt, table)
