"""Small data to learn from: spirals and moons that are made, and wines and digits that come with
scikit-learn, whose files are read without importing it.

Wine: UCI, Forina et al. (1991), 178 wines of three cultivars, 13 measurements.
Digits: UCI, Alpaydin and Kaynak (1998), 1,797 pictures of 8 x 8 grey values from 0 to 16.
"""

import csv
import gzip
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lm_core.errors import CorpusUnavailable

WINE = (
    "alcohol",
    "malic acid",
    "ash",
    "alkalinity of ash",
    "magnesium",
    "total phenols",
    "flavanoids",
    "nonflavanoid phenols",
    "proanthocyanins",
    "color intensity",
    "hue",
    "OD280/OD315",
    "proline",
)


@dataclass(frozen=True)
class Examples:
    """Rows of numbers with a class each."""

    title: str
    source: str
    features: tuple[str, ...]
    classes: tuple[str, ...]
    x: np.ndarray  # (N, features)
    y: np.ndarray  # (N,) whole numbers


def _spirals(chance: np.random.RandomState) -> Examples:
    """Three arms that turn around each other."""
    each = 120
    t = np.tile(np.linspace(0.15, 1.0, each), 3)
    y = np.repeat(np.arange(3), each)
    angle = 4.2 * t + y * 2 * np.pi / 3 + chance.normal(0, 0.16, 3 * each)
    x = np.stack([t * np.cos(angle), t * np.sin(angle)], 1)
    return Examples("Three spirals", "made here", ("x", "y"), ("A", "B", "C"), x, y)


def _moons(chance: np.random.RandomState) -> Examples:
    """Two half circles that reach into each other."""
    each = 150
    t = np.pi * chance.rand(2 * each)
    y = np.repeat([0, 1], each)
    x = np.stack([np.cos(t), np.sin(t)], 1)
    x[y == 1] = np.stack([1 - np.cos(t[y == 1]), 0.5 - np.sin(t[y == 1])], 1)
    x += chance.normal(0, 0.15, x.shape)
    return Examples("Two moons", "made here", ("x", "y"), ("A", "B"), x, y)


def _wine(columns: tuple[int, ...]) -> Callable[[np.random.RandomState], Examples]:
    def read(chance: np.random.RandomState) -> Examples:
        with _file("wine_data.csv").open(encoding="utf-8", newline="") as file:
            rows = np.array(list(csv.reader(file))[1:], dtype=float)
        few = len(columns) < len(WINE)
        return Examples(
            "Wine, two measurements" if few else "Wine, all 13 measurements",
            "UCI, with scikit-learn",
            tuple(WINE[i] for i in columns),
            ("cultivar 1", "cultivar 2", "cultivar 3"),
            rows[:, columns],
            rows[:, -1].astype(int),
        )

    return read


def _digits(chance: np.random.RandomState) -> Examples:
    with gzip.open(_file("digits.csv.gz"), "rt", encoding="utf-8") as file:
        rows = np.array([line.split(",") for line in file], dtype=float)
    names = tuple(f"pixel {i // 8 + 1}, {i % 8 + 1}" for i in range(64))
    return Examples(
        "Digits, 8 x 8 pixels",
        "UCI, with scikit-learn",
        names,
        tuple("0123456789"),
        rows[:, :64],
        rows[:, 64].astype(int),
    )


EXAMPLES: dict[str, Callable[[np.random.RandomState], Examples]] = {
    "Three spirals": _spirals,
    "Two moons": _moons,
    "Wine, two measurements": _wine((0, 6)),
    "Wine, all 13 measurements": _wine(tuple(range(13))),
    "Digits, 8 x 8 pixels": _digits,
}


def examples(name: str, *, seed: int = 0) -> Examples:
    """Those of that name in EXAMPLES; the seed is for what is made.

    Raises:
        CorpusUnavailable: scikit-learn's files are not where they should be.
    """
    return EXAMPLES[name](np.random.RandomState(seed))


def _file(name: str) -> Path:
    """One of scikit-learn's, found without importing it."""
    found = importlib.util.find_spec("sklearn")
    folders = (found and found.submodule_search_locations) or []
    for folder in folders:
        path = Path(folder) / "datasets" / "data" / name
        if path.is_file():
            return path
    raise CorpusUnavailable(
        f"{name} comes with scikit-learn, which is not installed: pip install -r requirements.txt."
    )
