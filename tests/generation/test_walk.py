"""A walk through a table of pairs."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lm_core.generation.walk import MOST, fallen, numbers, probability

ROW = torch.tensor([0.0, 0.25, 0.0, 0.75], dtype=torch.float64)


@pytest.mark.parametrize(
    ("number", "token", "low", "high"),
    [(0.0, 1, 0, 0.25), (0.2499, 1, 0, 0.25), (0.25, 3, 0.25, 1), (1.0, 3, 0.25, 1)],
)
def test_a_number_falls_into_a_stretch(number, token, low, high):
    assert fallen(ROW, number) == (token, number, low, high)


@given(
    weights=st.lists(st.integers(0, 5), min_size=1, max_size=8).filter(any),
    number=st.floats(0, 1),
)
def test_it_is_the_first_whose_sum_is_beyond_the_number(weights, number):
    row = torch.tensor(weights, dtype=torch.float64) / sum(weights)
    sums = [float(row[: i + 1].sum()) for i in range(len(row))]
    expected = next((i for i, end in enumerate(sums) if end > number), None)
    token = fallen(row, number).token
    assert row[token] > 0
    if expected is not None:
        assert token == expected


def test_draws_come_as_often_as_their_probability():
    drawn = [fallen(ROW, n).token for seed in range(100) for n in numbers(seed)]
    assert drawn.count(3) / len(drawn) == pytest.approx(0.75, abs=0.03)


def test_a_seed_gives_the_same_numbers_again():
    assert numbers(1) == numbers(1) != numbers(2)
    assert len(numbers(1)) == MOST


def test_the_probability_of_what_was_written():
    table = torch.tensor([[0.5, 0.5], [0.1, 0.9]])
    assert probability(table, [1, 1, 0], 0) == pytest.approx([0.5, 0.9, 0.1])
    assert probability(table, [], 0) == []
