"""Heads are named after what their weights show."""

import math

import pytest
import torch

from lm_core.inspection import read_heads

T = 5
APART = torch.arange(T)  # a text without a token that comes twice


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
    heads = read_heads(maps, APART)
    assert [(h.layer, h.head) for h in heads] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert [h.kind for h in heads] == ["previous token", "itself", "first token", "diffuse"]
    assert [heads[0].previous, heads[1].itself, heads[2].first] == [1, 1, 1]
    assert heads[0].called == "previous token"
    assert heads[2].previous == 1 / 4  # only of the second token is the first the one before


def test_entropy_is_nothing_for_one_token_and_the_logarithm_for_an_even_look() -> None:
    sharp, spread = read_heads(torch.stack([previous(), even()]).view(1, 2, T, T), APART)
    assert (sharp.entropy, sharp.breadth) == (0, 1)
    mean = sum(math.log(t) for t in range(2, T + 1)) / (T - 1)
    assert spread.entropy == pytest.approx(mean)
    assert spread.breadth == pytest.approx(math.exp(mean))
    assert (sharp.evenness, spread.evenness) == (0, pytest.approx(1))


def test_a_single_token_has_no_choice_to_read() -> None:
    assert read_heads(torch.ones(2, 2, 1, 1), torch.tensor([3])) == []


def test_two_tokens_can_be_read() -> None:
    maps = torch.tensor([[1.0, 0.0], [0.9, 0.1]]).view(1, 1, 2, 2)
    (head,) = read_heads(maps, torch.tensor([3, 3]))
    assert head.kind == "previous token"
    assert head.first == 0


def looking_at(places: dict[int, list[int]], length: int) -> torch.Tensor:
    """(T, T): each of these rows looks alike at its places, every other at itself."""
    weights = torch.eye(length)
    for row, columns in places.items():
        weights[row] = 0
        weights[row, columns] = 1 / len(columns)
    return weights


def test_what_is_given_to_an_earlier_copy_and_to_what_came_after_it() -> None:
    ids = torch.tensor([7, 1, 2, 7, 1, 2])  # 3, 4, 5 have a copy three places back
    copies = looking_at({3: [0], 4: [1], 5: [2]}, 6)
    after = looking_at({3: [1], 4: [2], 5: [3, 0]}, 6)
    first, second = read_heads(torch.stack([copies, after]).view(1, 2, 6, 6), ids)
    assert (first.repeated, first.after_repeat, first.kind) == (1, 0, "a copy")
    assert second.repeated == 0
    assert second.after_repeat == pytest.approx((1 + 1 + 0.5) / 3)
    assert (second.kind, second.visible) == ("after a copy", second.after_repeat)


def test_the_token_just_before_is_no_copy_and_comes_after_none() -> None:
    """Else a head that looks one back would pass for one that looks for copies."""
    ids = torch.tensor([1, 1, 2, 1, 2, 2])
    (head,) = read_heads(looking_at({t: [t - 1] for t in range(1, 6)}, 6).view(1, 1, 6, 6), ids)
    assert (head.previous, head.repeated, head.after_repeat) == (1, 0, 0)
    assert head.kind == "previous token"


@pytest.mark.parametrize("ids", [[0, 1, 2, 3, 4], [0, 1, 0, 2, 3]])
def test_fewer_than_two_tokens_with_a_copy_tell_nothing_of_a_head(ids: list[int]) -> None:
    (head,) = read_heads(even().view(1, 1, T, T), torch.tensor(ids))
    assert math.isnan(head.repeated)
    assert math.isnan(head.after_repeat)
    assert head.visible == head.previous


def test_a_mixed_head_is_said_to_lean() -> None:
    maps = 0.45 * torch.eye(T) + 0.35 * previous() + 0.2 * first()
    (head,) = read_heads(maps.view(1, 1, T, T), APART)
    assert (head.kind, head.called) == ("mixed", "mixed, most to itself")
