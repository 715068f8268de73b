"""A line a model on a log axis; what is exactly nothing is left out of it, and is in the table."""

import math

from lm_core.charts.gradient_reach import Reach, gradient_lines, read_reaches

MODELS = (
    Reach("RNN", "rnn", (1.0, 0.5, 0.25), 1.0),
    Reach("Transformer", "transformer", (2.0, 0.0, 0.0), math.inf),
)


def test_it_draws_and_tells_the_lengths() -> None:
    chart = gradient_lines(MODELS, places=64)
    rnn, transformer = chart.figure.data
    assert list(rnn.y) == [1.0, 0.5, 0.25]
    assert list(transformer.y) == [2.0, None, None]
    assert chart.figure.layout.yaxis.type == "log"
    assert chart.table.iloc[:, 2].tolist() == [1.0, 0.5, 0.25, 2.0, 0.0, 0.0]
    assert "RNN halves about every 1 tokens, and 2 tokens back has 25 % of its length" in chart.alt
    assert "Transformer does not fall on the whole" in chart.alt
    assert read_reaches([]) == "nothing was measured yet."
