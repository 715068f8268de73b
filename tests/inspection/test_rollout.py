"""Rollout against loops over every path, and means of heads."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from lm_core.inspection.rollout import head_means, rollout


def maps_of(L: int, H: int, T: int, seed: int) -> torch.Tensor:
    scores = torch.randn(L, H, T, T, generator=torch.Generator().manual_seed(seed))
    return scores.masked_fill(torch.ones(T, T).triu(1).bool(), float("-inf")).softmax(-1)


@given(L=st.integers(1, 3), H=st.integers(1, 3), T=st.integers(1, 5), seed=st.integers(0, 1000))
def test_it_is_the_sum_over_the_places_between(L: int, H: int, T: int, seed: int) -> None:
    maps = maps_of(L, H, T, seed)
    found = rollout(maps)
    came = [[float(i == j) for j in range(T)] for i in range(T)]  # before the first layer
    for layer in range(L):
        now = [[0.0] * T for _ in range(T)]
        for i in range(T):
            for j in range(T):
                for between in range(T):
                    look = sum(float(maps[layer, h, i, between]) for h in range(H)) / H
                    share = 0.5 * look + 0.5 * (i == between)
                    now[i][j] += share * came[between][j]
        came = now
        torch.testing.assert_close(found[layer], torch.tensor(came, dtype=torch.float64))
    torch.testing.assert_close(found.sum(-1), torch.ones(L, T, dtype=torch.float64))
    assert not found.triu(1).any()


def test_a_mean_of_heads_is_a_look_too() -> None:
    means = head_means(maps_of(2, 3, 4, 0))
    assert means.shape == (2, 4, 4)
    torch.testing.assert_close(means.sum(-1), torch.ones(2, 4))
