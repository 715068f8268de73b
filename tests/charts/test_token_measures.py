import math

import pytest

from lm_core.charts.colour_text import STEPS, step_of, token_legend
from lm_core.charts.token_measures import DIFFERENCE, ENTROPY, PROBABILITY, RANK, Measure, legend


@pytest.mark.parametrize("p", [0.0, 0.0099, 0.01, 0.049, 0.05, 0.2, 0.49, 0.5, 1.0])
def test_a_probability_has_the_shade_it_has_elsewhere(p: float) -> None:
    assert PROBABILITY.step(p) == step_of(p)
    assert legend(PROBABILITY) == token_legend()


@pytest.mark.parametrize(
    ("measure", "value", "name", "said"),
    [
        (PROBABILITY, 0.003, "under 1 %", "probability 0.3 %"),
        (RANK, 1, "the first", "guess number 1"),
        (RANK, 2, "2 to 5", "guess number 2"),
        (RANK, 20, "6 to 20", "guess number 20"),
        (RANK, 100, "21 to 100", "guess number 100"),
        (RANK, 1473, "beyond 100", "guess number 1,473"),
        (ENTROPY, 0.0, "under 2", "entropy 0 nats"),
        (ENTROPY, math.log(27), "20 to 50", "entropy 3.30 nats"),
        (DIFFERENCE, -2.5, "under -2", "second minus first -2.50 nats"),
        (DIFFERENCE, 0.1, "alike", "second minus first 0.10 nats"),
        (DIFFERENCE, math.inf, "from 2", "second minus first ∞ nats"),
    ],
)
def test_a_number_falls_between_the_limits_that_the_legend_names(
    measure: Measure, value: float, name: str, said: str
) -> None:
    step = measure.step(value)
    names = measure.names[::-1] if measure.falling else measure.names
    assert names[step] == name
    assert measure.said(value) == said
    _, fill, line = STEPS[step]
    assert f'background:{fill};border-bottom:{line};white-space:nowrap">{name}<' in legend(measure)


def test_a_surprise_is_orange_by_every_measure() -> None:
    assert PROBABILITY.step(0) == RANK.step(9999) == ENTROPY.step(9) == DIFFERENCE.step(-9) == 0
    assert PROBABILITY.step(1) == RANK.step(1) == ENTROPY.step(0) == DIFFERENCE.step(9) == 4


def test_what_is_no_number_is_neither() -> None:
    assert {m.step(math.nan) for m in (PROBABILITY, RANK, ENTROPY, DIFFERENCE)} == {2}
