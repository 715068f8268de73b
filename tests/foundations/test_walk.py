"""The walk up the Empire State Building: rules, chance and the exact answer agree."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lm_core.foundations import walk

DICE = arrays(np.int64, (12, 3), elements=st.integers(1, 6))


def test_seeded_numbers_are_those_of_the_course() -> None:
    chance = np.random.RandomState(123)
    assert [chance.rand(), chance.rand()] == [0.6964691855978616, 0.28613933495037946]
    chance = np.random.RandomState(123)
    assert [chance.randint(0, 2) for _ in range(3)] == [0, 1, 0]


@given(DICE, DICE, arrays(bool, (12, 3)))
def test_the_rules_for_many_are_those_for_one(dice, again, falls) -> None:
    for n, steps in enumerate(walk.climb(dice, again, falls).tolist()):
        step = 0
        for t in range(12):
            throw = dice[t, n]
            move = -1 if throw <= 2 else 1 if throw <= 5 else again[t, n]
            step = 0 if falls[t, n] else max(0, step + move)
            assert steps[t + 1] == step


def test_one_walk_is_the_same_each_time() -> None:
    one = walk.one_walk(123)
    assert one == walk.one_walk(123)
    assert len(one) == 101
    assert set(np.diff(one)) <= {-1, 0, 1, 2, 3, 4, 5, 6}
    assert walk.one_walk(123, clumsy=1.0) == [0] * 101


def test_the_exact_chance_is_what_many_walks_come_near() -> None:
    """About 0.78 of 5,000 walks end at 60 or higher."""
    chances = walk.exact()
    assert chances.ends == pytest.approx(0.7767, abs=5e-5)
    paths = walk.walks(20_000, seed=123)
    assert (paths[:, -1] >= 60).mean() == pytest.approx(chances.ends, abs=0.012)
    assert (paths.max(1) >= 60).mean() == pytest.approx(chances.reaches, abs=0.012)
    assert (walk.walks(5000, seed=123)[:, -1] >= 60).mean() == pytest.approx(0.78, abs=0.02)


def test_a_game_small_enough_to_be_counted_by_hand() -> None:
    """One throw: 3, 4, 5 or 6 leave the ground; from a six 2 to 6 are 2 steps or more."""
    once = walk.exact(goal=1, throws=1, clumsy=0.0)
    assert once.ends == once.reaches == pytest.approx(4 / 6)
    assert walk.exact(goal=2, throws=1, clumsy=0.0).ends == pytest.approx(5 / 36)
    assert walk.exact(goal=1, throws=1, clumsy=1.0).ends == 0
