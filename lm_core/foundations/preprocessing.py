"""Rows of numbers made ready to be learned from: split, missing cells filled, scaled. What is
measured for that (means, spreads, limits) is measured on the training part alone."""

from dataclasses import dataclass

import numpy as np

from lm_core.errors import BadText
from lm_core.foundations.examples import Examples

SCALINGS = ("standardise", "normalise", "as it is")
FILLINGS = ("the mean", "the median", "leave the row out")
SHARES = (0.7, 0.15, 0.15)  # training, validation, test


@dataclass(frozen=True)
class Prepared:
    """By split ("train", "validation", "test"): rows and classes; and what was measured.

    Attributes:
        raw: the rows before, with NaN where a cell is missing.
        centre, width: what is taken from each feature, and by what the rest is divided.
    """

    x: dict[str, np.ndarray]
    y: dict[str, np.ndarray]
    raw: dict[str, np.ndarray]
    filled: np.ndarray  # what stands in place of a missing cell, by feature
    centre: np.ndarray
    width: np.ndarray
    missing: int  # cells
    left_out: int  # rows


def knocked_out(x: np.ndarray, share: float, *, seed: int) -> np.ndarray:
    """A copy in which a share of the cells is missing (NaN), at random."""
    gone = np.random.RandomState(seed).rand(*x.shape) < share
    return np.where(gone, np.nan, x)


def prepare(
    found: Examples,
    *,
    scaling: str = "standardise",
    filling: str = "the mean",
    missing: float = 0.0,
    seed: int = 0,
) -> Prepared:
    """Split at random (70, 15 and 15 percent), fill, scale.

    Raises:
        BadText: so many cells are missing that nothing is left to learn from.
    """
    rows = knocked_out(found.x, missing, seed=seed + 1)
    order = np.random.RandomState(seed).permutation(len(rows))
    ends = np.cumsum([round(share * len(rows)) for share in SHARES[:2]])
    parts = dict(zip(("train", "validation", "test"), np.split(order, ends), strict=True))
    raw = {name: rows[at] for name, at in parts.items()}
    y = {name: found.y[at] for name, at in parts.items()}
    cells = int(np.isnan(rows).sum())
    left_out = 0
    if filling == "leave the row out":
        for name, some in raw.items():
            whole = ~np.isnan(some).any(1)
            left_out += int((~whole).sum())
            raw[name], y[name] = some[whole], y[name][whole]
    if any(len(some) < 2 for some in raw.values()):
        raise BadText("So few whole rows are left that there is nothing to learn from: fill them.")
    train = raw["train"]
    middle = np.nanmedian if filling == "the median" else np.nanmean
    with np.errstate(invalid="ignore"):
        filled = middle(np.where(np.isnan(train).all(0), 0.0, train), axis=0)
    whole = {name: np.where(np.isnan(some), filled, some) for name, some in raw.items()}
    centre, width = measured(whole["train"], scaling)
    x = {name: (some - centre) / width for name, some in whole.items()}
    return Prepared(x, y, raw, filled, centre, width, cells, left_out)


def measured(train: np.ndarray, scaling: str) -> tuple[np.ndarray, np.ndarray]:
    """What to take away and to divide by: mean and standard deviation, or least and range; a
    feature that does not vary is divided by 1."""
    if scaling == "standardise":
        centre, width = train.mean(0), train.std(0)
    elif scaling == "normalise":
        centre, width = train.min(0), np.ptp(train, axis=0)
    else:
        centre, width = np.zeros(train.shape[1]), np.ones(train.shape[1])
    return centre, np.where(width > 0, width, 1.0)
