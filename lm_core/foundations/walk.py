"""The walk up the Empire State Building: a game of chance, played often, and computed exactly.

A die is thrown 100 times: 1 or 2 is a step down, 3, 4 or 5 a step up, a 6 is thrown again and goes
up by that many. With a small probability one falls to the bottom at each move. How likely is it to
get 60 steps high? (From the course's first week; the ground is step 0.)
"""

from dataclasses import dataclass

import numpy as np

THROWS, GOAL, CLUMSY = 100, 60, 0.001


def one_walk(seed: int, *, throws: int = THROWS, clumsy: float = CLUMSY) -> list[int]:
    """The lesson: throw by throw, with NumPy's legacy generator; the steps one stood on, from 0."""
    chance = np.random.RandomState(seed)
    steps = [0]
    for _ in range(throws):
        dice, step = chance.randint(1, 7), steps[-1]
        if dice <= 2:
            step = max(0, step - 1)
        elif dice <= 5:
            step += 1
        else:
            step += chance.randint(1, 7)
        if chance.rand() < clumsy:
            step = 0
        steps.append(int(step))
    return steps


def walks(n: int, *, seed: int, throws: int = THROWS, clumsy: float = CLUMSY) -> np.ndarray:
    """Many at once, (n, throws + 1): each throw for all of them together, so their chance is drawn
    in another order than in `one_walk`."""
    chance = np.random.RandomState(seed)
    dice = chance.randint(1, 7, (throws, n))
    again = chance.randint(1, 7, (throws, n))
    falls = chance.rand(throws, n) < clumsy
    return climb(dice, again, falls)


def climb(dice: np.ndarray, again: np.ndarray, falls: np.ndarray) -> np.ndarray:
    """The rules, for n walks at once.

    Args:
        dice, again: (throws, n), from 1 to 6: the throw, and the second one where it was a 6.
        falls: (throws, n), whether one fell at this move.

    Returns:
        The steps one stood on, (n, throws + 1), the first 0.
    """
    steps = np.zeros((len(dice) + 1, dice.shape[1]), dtype=np.int64)
    moves = np.where(dice <= 2, -1, np.where(dice <= 5, 1, again))
    for t, move in enumerate(moves):
        steps[t + 1] = np.where(falls[t], 0, np.maximum(0, steps[t] + move))
    return steps.T


@dataclass(frozen=True)
class Chances:
    """Probabilities, computed without chance."""

    ends: float  # to stand at the goal or higher after the last throw
    reaches: float  # to have stood there at any time


def exact(*, goal: int = GOAL, throws: int = THROWS, clumsy: float = CLUMSY) -> Chances:
    """By following the whole distribution over steps from throw to throw."""
    stop = _follow(goal, throws, clumsy, stays=True)
    return Chances(
        ends=float(_follow(goal, throws, clumsy, stays=False)[goal:].sum()),
        reaches=float(stop[goal:].sum()),
    )


def _follow(goal: int, throws: int, clumsy: float, *, stays: bool) -> np.ndarray:
    """The distribution over steps at the end; `stays`: who has reached the goal moves no more."""
    top = 6 * throws + 1
    p = np.zeros(top + 7)
    p[0] = 1.0
    for _ in range(throws):
        there = p[goal:].sum() if stays else 0.0
        moving = p.copy()
        if stays:
            moving[goal:] = 0.0
        after = np.zeros_like(p)
        after[:-1] += moving[1:] * 2 / 6  # down
        after[0] += moving[0] * 2 / 6  # from the ground there is no down
        after[1:] += moving[:-1] * 3 / 6  # up
        for up in range(1, 7):  # a six, then 1 to 6
            after[up:] += moving[:-up] / 36
        total = after.sum()
        after *= 1 - clumsy
        after[0] += clumsy * total
        after[goal] += there
        p = after
    return p
