import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from lm_core.errors import BadSettings
from lm_core.evaluation.surprise import cross_entropy, entropy, perplexity, to_bits

WEIGHTS = st.lists(st.integers(0, 20), min_size=2, max_size=8).filter(any)
PAIRS = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 20)), min_size=2, max_size=8).filter(
    lambda rows: any(real for real, _ in rows)
)


def chances(weights: list[int]) -> torch.Tensor:
    p = torch.tensor(weights, dtype=torch.float64)
    return p / p.sum()


@pytest.mark.parametrize(
    ("p", "bits", "choices"),
    [
        ([0.5, 0.5], 1, 2),
        ([1.0], 0, 1),
        ([0.25] * 4, 2, 4),
        ([0.7, 0.1, 0.1, 0.1], 1.35678, 2.5611),
        ([0.97, 0.01, 0.01, 0.01], 0.2419, 1.1826),
        ([0.49, 0.49, 0.01, 0.01], 1.1414, 2.2060),
    ],
)
def test_a_die_by_its_probabilities_alone(p: list[float], bits: float, choices: float) -> None:
    """The course's dice, week 9."""
    nats = entropy(torch.tensor(p)).item()
    assert to_bits(nats) == pytest.approx(bits, abs=5e-5)
    assert perplexity(nats) == pytest.approx(choices, abs=5e-5)
    assert perplexity(nats) == pytest.approx(2 ** to_bits(nats))


@pytest.mark.parametrize(
    ("p", "nats", "choices"), [((0.8, 0.1, 0.1), 0.2231, 1.250), ((0.6, 0.3, 0.1), 0.5108, 1.667)]
)
def test_the_surprise_of_the_word_that_came(
    p: tuple[float, ...], nats: float, choices: float
) -> None:
    """The guide's two sentences; its 1.668 for the second is a slip for 1.667."""
    came = F.one_hot(torch.tensor(0), 3)
    assert cross_entropy(came, torch.tensor(p)).item() == pytest.approx(nats, abs=5e-5)
    assert perplexity(cross_entropy(came, torch.tensor(p)).item()) == pytest.approx(
        choices, abs=5e-4
    )


def test_the_mean_is_taken_before_the_exponential() -> None:
    nats = [-math.log(0.8), -math.log(0.6)]
    both = perplexity(sum(nats) / 2)
    assert both == pytest.approx((0.8 * 0.6) ** -0.5) == pytest.approx(1.4434, abs=5e-5)
    assert both < sum(map(perplexity, nats)) / 2


@pytest.mark.parametrize(("n", "nats"), [(2, 0.6931), (3, 1.0986), (27, 3.2958), (65, 4.1744)])
def test_knowing_nothing_costs_ln_n(n: int, nats: float) -> None:
    assert entropy(torch.full((n,), 1 / n)).item() == pytest.approx(nats, abs=5e-5)


@given(weights=WEIGHTS)
def test_entropy_is_what_a_plain_loop_sums(weights: list[int]) -> None:
    p = chances(weights)
    loop = -sum(x * math.log(x) for x in p.tolist() if x > 0)
    assert entropy(p).item() == pytest.approx(loop, abs=1e-12)
    assert entropy(p).item() <= math.log(len(weights)) + 1e-12
    assert cross_entropy(p, p).item() == pytest.approx(loop, abs=1e-12)


@given(pair=PAIRS)
def test_expecting_something_else_never_costs_less(pair: list[tuple[int, int]]) -> None:
    real, said = map(chances, zip(*pair, strict=True))
    assert cross_entropy(real, said) >= entropy(real) - 1e-12
    by_torch = F.cross_entropy(said.log(), real)
    assert cross_entropy(real, said).item() == pytest.approx(by_torch.item(), abs=1e-9)


def test_what_was_said_to_be_impossible_costs_everything() -> None:
    said = torch.tensor([1.0, 0.0])
    assert cross_entropy(torch.tensor([0.5, 0.5]), said).item() == math.inf
    assert cross_entropy(torch.tensor([1.0, 0.0]), said).item() == 0


@given(nats=st.floats(0, 1e6))
def test_bits_and_nats_are_there_and_back(nats: float) -> None:
    assert 2 ** -to_bits(nats) == pytest.approx(math.exp(-nats))


def test_a_hopeless_model_has_an_infinite_perplexity() -> None:
    assert perplexity(1e4) == perplexity(math.inf) == math.inf


def test_many_rows_at_once() -> None:
    rows = torch.rand(3, 4, 5).softmax(-1)
    assert entropy(rows).shape == (3, 4)
    assert entropy(rows)[1, 2] == entropy(rows[1, 2])


@pytest.mark.parametrize("p", [[0.57492, 0.034961, 0.15669], [1.5, -0.5], [math.nan, 1.0]])
def test_what_does_not_sum_to_one_is_refused(p: list[float]) -> None:
    """The first row is printed in the course as the output of a softmax; it sums to 0.7666."""
    with pytest.raises(BadSettings, match="sum to 1"):
        entropy(torch.tensor(p))
