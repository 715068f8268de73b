"""Arrays of numbers: arithmetic on all at once, masks, statistics, histograms, and a city of people
made by chance, with NumPy's legacy generator, as the course used it."""

from dataclasses import dataclass

import numpy as np

HEIGHTS = [1.73, 1.68, 1.71, 1.89, 1.79]  # metres, of the course's family
WEIGHTS = [65.4, 59.2, 63.6, 88.4, 68.7]  # kilograms
TWELVE = [0, 0.6, 1.4, 1.6, 2.2, 2.5, 2.6, 3.2, 3.5, 3.9, 4.2, 6]  # of the course's histogram


def bmi(heights: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Body mass index, kilograms per square metre: element by element."""
    return weights / heights**2


@dataclass(frozen=True)
class Summary:
    """Of numbers: what stands for all of them, and how far they lie apart."""

    mean: float
    median: float
    std: float  # of all, divided by N
    least: float
    largest: float


def summary(values: np.ndarray) -> Summary:
    """By hand; NumPy's functions of these names give the same."""
    ordered, N = np.sort(values), len(values)
    mean = values.sum() / N
    return Summary(
        mean=float(mean),
        median=float((ordered[(N - 1) // 2] + ordered[N // 2]) / 2),
        std=float(np.sqrt(((values - mean) ** 2).sum() / N)),
        least=float(ordered[0]),
        largest=float(ordered[-1]),
    )


def correlation(x: np.ndarray, y: np.ndarray) -> float:
    """Pearson's r, from -1 to 1; NaN where one of them does not vary."""
    dx, dy = x - x.mean(), y - y.mean()
    with np.errstate(invalid="ignore", divide="ignore"):
        return float((dx * dy).sum() / np.sqrt((dx**2).sum() * (dy**2).sum()))


def city(
    people: int = 5000,
    *,
    seed: int,
    height: tuple[float, float] = (1.75, 0.2),
    weight: tuple[float, float] = (60.32, 15.0),
) -> np.ndarray:
    """Heights (m) and weights (kg) of adults, (people, 2), rounded to two places.

    Args:
        height, weight: mean and standard deviation of the normal distributions they come from.
    """
    chance = np.random.RandomState(seed)
    heights = np.round(chance.normal(*height, people), 2)
    weights = np.round(chance.normal(*weight, people), 2)
    return np.column_stack((heights, weights))


@dataclass(frozen=True)
class Bins:
    """A histogram: bin i holds what lies from edges[i] up to, but not at, edges[i + 1]; the last
    one holds its upper edge too."""

    edges: np.ndarray  # (bins + 1,)
    counts: np.ndarray  # (bins,)


def histogram(values: np.ndarray, bins: int = 10) -> Bins:
    """Bins of one width from the least to the largest; equal to `np.histogram`."""
    low, high = float(values.min()), float(values.max())
    if low == high:  # one value: half to each side, as NumPy does
        low, high = low - 0.5, high + 0.5
    edges = np.linspace(low, high, bins + 1)
    at = np.searchsorted(edges, values, side="right") - 1
    counts = np.bincount(np.clip(at, 0, bins - 1), minlength=bins)
    return Bins(edges, counts)
