"""Two settings to be chosen: a grid of both, or as many points drawn at random.

    grid      side × side points: `side` different values of each setting
    random    as many points: as many different values of each

    rate      10^-a, a evenly from 2 to 4;   momentum evenly from 0.85 to 0.99 (the course's ranges)
    loss      where SGD with momentum is on a surface after so many steps:
              v ← m v + g,  w ← w - lr v

Paper: Bergstra and Bengio 2012, "Random Search for Hyper-Parameter Optimization": where one setting
hardly matters, the grid has tried few values of the other.
"""

from dataclasses import dataclass

import numpy as np

from lm_core.foundations.surfaces import Surface

POWERS, MOMENTA = (-4.0, -2.0), (0.85, 0.99)  # of the rate, as powers of ten; of the momentum
ACROSS = 41  # places of the map along each setting


def grid_points(side: int) -> np.ndarray:
    """(side², 2): power of the rate, momentum; each cell of the map has its point in the middle."""
    middles = (np.arange(side) + 0.5) / side
    return np.stack(np.meshgrid(_power(middles), _momentum(middles)), -1).reshape(-1, 2)


def random_points(n: int, seed: int) -> np.ndarray:
    """(n, 2), each setting drawn evenly between its ends."""
    drawn = np.random.default_rng(seed).random((n, 2))
    return np.stack([_power(drawn[:, 0]), _momentum(drawn[:, 1])], -1)


def _power(share: np.ndarray) -> np.ndarray:
    return POWERS[0] + (POWERS[1] - POWERS[0]) * share


def _momentum(share: np.ndarray) -> np.ndarray:
    return MOMENTA[0] + (MOMENTA[1] - MOMENTA[0]) * share


def losses(surface: Surface, points: np.ndarray, steps: int) -> np.ndarray:
    """(n,) heights above the lowest place after so many steps with the settings of each point
    (n, 2); NaN where it has left all bounds."""
    lr, momentum = 10 ** points[:, 0], points[:, 1]
    w = np.tile(np.array(surface.start)[:, None], len(points))  # (D, n)
    v = np.zeros_like(w)
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(steps):
            v = momentum * v + surface.gradient(w)
            w = w - lr * v
        known = (np.abs(w) < 1e6).all(0)
        found = surface.height(w.T) - float(surface.height(np.array(surface.lows)).min())
    return np.where(known, found, np.nan)


@dataclass(frozen=True)
class Found:
    """One way to search, and what it came to.

    Attributes:
        different: values that were tried of each setting.
        gap: the longest stretch of powers of the rate in which nothing was tried, of all of them.
    """

    points: np.ndarray  # (n, 2)
    losses: np.ndarray  # (n,)

    @property
    def best(self) -> int:
        """Which point has the lowest loss."""
        return int(np.nanargmin(self.losses))

    @property
    def different(self) -> tuple[int, int]:
        return tuple(len(np.unique(one.round(9))) for one in self.points.T)

    @property
    def gap(self) -> float:
        tried = np.sort(np.concatenate([POWERS, self.points[:, 0]]))
        return float(np.diff(tried).max() / (POWERS[1] - POWERS[0]))


def searched(surface: Surface, side: int, steps: int, seed: int) -> tuple[Found, Found]:
    """The grid, and as many random points."""
    both = grid_points(side), random_points(side * side, seed)
    return tuple(Found(points, losses(surface, points, steps)) for points in both)


def wins(surface: Surface, side: int, steps: int, draws: int = 200) -> float:
    """Share of so many draws, of the seeds 0, 1, ..., in which random points find a lower loss than
    the grid."""
    n = side * side
    points = np.concatenate([random_points(n, seed) for seed in range(draws)])
    lowest = np.nanmin(losses(surface, points, steps).reshape(draws, n), axis=1)
    return float((lowest < np.nanmin(losses(surface, grid_points(side), steps))).mean())


def landscape(surface: Surface, steps: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Powers of the rate (X,), momenta (Y,), and the loss at each place (Y, X)."""
    x, y = np.linspace(*POWERS, ACROSS), np.linspace(*MOMENTA, ACROSS)
    places = np.stack(np.meshgrid(x, y), -1).reshape(-1, 2)
    return x, y, losses(surface, places, steps).reshape(ACROSS, ACROSS)
