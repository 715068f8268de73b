"""What more parameters, more text and more operations buy: power laws through many small runs.

    loss(N, D) = E + A / N^a + B / D^b        N parameters, D tokens read, E what nobody can guess

    rows = read_runs(path)
    fit_surface(rows, "blocks").a             # how the loss falls with parameters
    best_sizes(rows, "blocks")                # by budget, the size that comes to the lowest loss
    exponent(best_sizes(rows, "blocks"))      # best size ~ operations^exponent
    bootstrap(rows, lambda runs: fit_surface(runs, "blocks").a)

Runs of one budget have spent the same operations: a small model has read much, a large one little,
so one in between is best. For fixed a and b the law is linear in E, A, B, so these two alone are
searched, on a grid that closes in. Papers: Kaplan et al. 2020, "Scaling Laws for Neural Language
Models"; Hoffmann et al. 2022, "Training Compute-Optimal Large Language Models", of which this takes
the second and third way.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from lm_core.errors import BadText
from lm_core.evaluation.study import read

T = TypeVar("T")

# Which parameters are counted -> what that is called. Embeddings are looked up, not multiplied by;
# the head is as large as they are, and in small models both outweigh the blocks.
COUNTS = {"all": "all", "without": "without embeddings", "blocks": "blocks only"}
GRID, ROUNDS, LEAST, MOST = 13, 10, 0.02, 2.0  # of exponents
BESIDE = 2  # sizes on each side of the best one that a parabola is laid through


@dataclass(frozen=True)
class Run:
    """One model that was trained. `operations` are those that were spent, about `budget`."""

    n_embd: int
    budget: float
    operations: float
    tokens: int
    seed: int
    nats: float
    parameters: Mapping[str, int]  # by COUNTS


@dataclass(frozen=True)
class Surface:
    """The law, with parameters counted one way. `work` (c, p): N parameters cost c N^p operations
    a token, as read off the runs."""

    E: float
    A: float
    a: float
    B: float
    b: float
    work: tuple[float, float]

    def nats(self, parameters: float, tokens: float) -> float:
        return self.E + self.A / parameters**self.a + self.B / tokens**self.b

    def tokens(self, parameters: float, operations: float) -> float:
        """How many can be read."""
        c, p = self.work
        return operations / (c * parameters**p)

    def within(self, parameters: float, operations: float) -> float:
        """The loss of a model that spends so many operations."""
        return self.nats(parameters, self.tokens(parameters, operations))

    def best(self, operations: float) -> float:
        """The size with the lowest loss: where the two falls balance, A a N^-a = p b B D^-b."""
        c, p = self.work
        ratio = self.A * self.a / (p * self.b * self.B) * (operations / c) ** self.b
        return ratio ** (1 / (self.a + p * self.b))


def read_runs(path: Path) -> list[Run]:
    """The runs of a table that `tools/scaling.py` wrote.

    Raises:
        BadText: it is no such table.
    """
    try:
        runs = [
            Run(
                int(row["n_embd"]),
                float(row["budget"]),
                float(row["operations"]),
                int(row["tokens"]),
                int(row["seed"]),
                float(row["validation_nats"]),
                {"all": int(row["parameters"])}
                | {name: int(row[f"parameters_{name}"]) for name in ("without", "blocks")},
            )
            for row in read(path)
        ]
        if not runs:
            raise ValueError
        return runs
    except (OSError, KeyError, ValueError, TypeError):
        raise BadText(f"{path.name} is no table of runs: make it again.") from None


def fit_surface(runs: Sequence[Run], count: str) -> Surface:
    """The law with the least squares, in nats; E, A and B are not negative.

    Raises:
        ValueError: fewer than six runs.
    """
    if len(runs) < 6:
        raise ValueError("A law of five numbers needs six runs at least.")
    n = np.log([float(run.parameters[count]) for run in runs])
    d = np.log([float(run.tokens) for run in runs])
    y = np.array([run.nats for run in runs])
    p, log_c = np.polyfit(n, np.log([run.operations / run.tokens for run in runs]), 1)
    low, high = np.log([LEAST, LEAST]), np.log([MOST, MOST])  # of a, b
    kept = (math.inf, np.zeros(2), np.zeros(3))
    for _ in range(ROUNDS):
        grid = np.exp(np.linspace(low, high, GRID))  # (G, 2), equal factors
        found = _on_grid(np.exp(-np.outer(grid[:, 0], n)), np.exp(-np.outer(grid[:, 1], d)), y)
        error, (i, j), solved = found
        if error <= kept[0]:
            kept = error, np.array([grid[i, 0], grid[j, 1]]), solved
        # Anew around the best, narrower.
        step, middle = 3 * (high - low) / (GRID - 1), np.log(kept[1])
        low = np.maximum(math.log(LEAST), middle - step)
        high = np.minimum(math.log(MOST), middle + step)
    (a, b), (e, big_a, big_b) = map(float, kept[1]), map(float, kept[2])
    return Surface(e, big_a, a, big_b, b, (math.exp(log_c), float(p)))


def _on_grid(
    u: np.ndarray, v: np.ndarray, y: np.ndarray
) -> tuple[float, tuple[int, int], np.ndarray]:
    """The least squared error of y = E + A u + B v over all pairs of u and v (G, R), which pair has
    it, and E, A, B, of which none is negative: E is left out where it would be."""
    G, R = u.shape
    products = np.empty((G, G, 3, 3))
    products[..., 0, 0] = R
    products[..., 0, 1] = products[..., 1, 0] = u.sum(axis=1)[:, None]
    products[..., 0, 2] = products[..., 2, 0] = v.sum(axis=1)
    products[..., 1, 1] = (u * u).sum(axis=1)[:, None]
    products[..., 2, 2] = (v * v).sum(axis=1)
    products[..., 1, 2] = products[..., 2, 1] = u @ v.T
    moments = np.empty((G, G, 3, 1))
    moments[..., 0, 0] = y.sum()
    moments[..., 1, 0] = (u @ y)[:, None]
    moments[..., 2, 0] = v @ y
    # Columns of like size, so that nothing is lost in solving.
    scale = 1 / np.sqrt(np.diagonal(products, axis1=2, axis2=3))  # (G, G, 3)
    products = products * scale[..., :, None] * scale[..., None, :]
    products += 1e-12 * np.eye(3)
    moments = moments * scale[..., None]
    found = (math.inf, (0, 0), np.zeros(3))
    for first in (0, 1):
        part, sums = products[..., first:, first:], moments[..., first:, :]
        solved = np.linalg.solve(part, sums)  # (G, G, k, 1)
        errors = y @ y - (solved * sums).sum(axis=(2, 3))
        errors = np.where((solved >= 0).all(axis=(2, 3)), errors, math.inf)
        i, j = np.unravel_index(errors.argmin(), errors.shape)
        if errors[i, j] < found[0]:
            factors = np.concatenate([np.zeros(first), solved[i, j, :, 0]]) * scale[i, j]
            found = float(errors[i, j]), (int(i), int(j)), factors
    return found


def best_sizes(runs: Iterable[Run], count: str) -> dict[float, float]:
    """By budget, the size with the lowest loss: the lowest point of a parabola over the logarithm
    of sizes, laid through the best of them and its neighbours; the best itself where there are too
    few, or where the parabola has no lowest point among them."""
    found = {}
    for budget, group in by_budget(runs).items():
        sizes = mean_by_size(group, count)
        order = sorted(sizes)
        lowest = min(order, key=sizes.__getitem__)
        at = order.index(lowest)
        near = order[max(0, at - BESIDE) : at + BESIDE + 1]
        found[budget] = float(lowest)
        if len(near) > 2:
            curve = np.polyfit(np.log(near), [sizes[size] for size in near], 2)
            turn = -curve[1] / (2 * curve[0]) if curve[0] > 0 else math.inf
            if math.log(near[0]) <= turn <= math.log(near[-1]):
                found[budget] = math.exp(turn)
    return found


def exponent(best: Mapping[float, float]) -> float:
    """The slope of the best size over the budget, both in logarithms."""
    return float(np.polyfit(np.log(list(best)), np.log(list(best.values())), 1)[0])


def by_budget(runs: Iterable[Run]) -> dict[float, list[Run]]:
    """The smallest first."""
    groups: dict[float, list[Run]] = {}
    for run in sorted(runs, key=lambda run: run.budget):
        groups.setdefault(run.budget, []).append(run)
    return groups


def mean_by_size(runs: Iterable[Run], count: str) -> dict[int, float]:
    """Of one budget: parameters -> the mean loss of the seeds."""
    groups: dict[int, list[float]] = {}
    for run in runs:
        groups.setdefault(run.parameters[count], []).append(run.nats)
    return {size: sum(nats) / len(nats) for size, nats in groups.items()}


def bootstrap(
    runs: Sequence[Run], of: Callable[[list[Run]], T], *, draws: int = 200, seed: int = 0
) -> list[T]:
    """`of` for so many redrawn tables: the runs of each budget drawn with replacement (Efron 1979).
    A draw with fewer than three sizes of a budget is drawn again."""
    chance, groups, found = np.random.default_rng(seed), by_budget(runs), []
    while len(found) < draws:
        drawn: list[Run] = []
        for group in groups.values():
            few = min(3, len({run.n_embd for run in group}))
            while True:
                picked = [group[i] for i in chance.integers(len(group), size=len(group))]
                if len({run.n_embd for run in picked}) >= few:
                    break
            drawn += picked
        found.append(of(drawn))
    return found


def interval(values: Sequence[float], share: float = 0.9) -> tuple[float, float]:
    """Between which values that share of them lies."""
    low, high = np.quantile(np.asarray(values), [(1 - share) / 2, (1 + share) / 2])
    return float(low), float(high)
