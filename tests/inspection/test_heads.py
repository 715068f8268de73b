"""Heads are named after what their weights show."""

import math

import pytest
import torch

from lm_core.inspection import read_heads

T = 5


def previous() -> torch.Tensor:
    """(T, T): all weight on the token before, the first on itself."""
    weights = torch.diag(torch.ones(T - 1), -1)
    weights[0, 0] = 1
    return weights


def even() -> torch.Tensor:
    return torch.ones(T, T).tril() / torch.arange(1, T + 1).view(-1, 1)


def first() -> torch.Tensor:
    weights = torch.zeros(T, T)
    weights[:, 0] = 1
    return weights


def test_heads_are_named_after_where_most_of_their_weight_goes() -> None:
    maps = torch.stack([previous(), torch.eye(T), first(), even()]).view(2, 2, T, T)
    heads = read_heads(maps)
    assert [(h.layer, h.head) for h in heads] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert [h.kind for h in heads] == ["previous token", "itself", "first token", "mixed"]
    assert [heads[0].previous, heads[1].itself, heads[2].first] == [1, 1, 1]
    assert heads[2].previous == 1 / 4  # only of the second token is the first the one before


def test_entropy_is_nothing_for_one_token_and_the_logarithm_for_an_even_look() -> None:
    sharp, spread = read_heads(torch.stack([previous(), even()]).view(1, 2, T, T))
    assert (sharp.entropy, sharp.breadth) == (0, 1)
    mean = sum(math.log(t) for t in range(2, T + 1)) / (T - 1)
    assert spread.entropy == pytest.approx(mean)
    assert spread.breadth == pytest.approx(math.exp(mean))


def test_a_single_token_has_no_choice_to_read() -> None:
    assert read_heads(torch.ones(2, 2, 1, 1)) == []


def test_two_tokens_can_be_read() -> None:
    maps = torch.tensor([[1.0, 0.0], [0.9, 0.1]]).view(1, 1, 2, 2)
    (head,) = read_heads(maps)
    assert head.kind == "previous token"
    assert head.first == 0
