"""Splits of a table: its features, standardised by the training part alone, and an answer a row.

feature = (x - mean) / standard deviation,   both of the training part; a missing one is 0
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lm_core.errors import BadText
from lm_core.split import Split

HELD_OUT = 0.2  # of the rows validate, and as many test
SEED = 0


@dataclass(frozen=True)
class TableWithClass(Split):
    """Rows of a table, each of a class."""

    features: Tensor  # (N, D) float32, standardised
    labels: Tensor  # (N,) int64
    columns: list[str]  # D names
    means: list[float]  # of the training part, column by column
    stds: list[float]


@dataclass(frozen=True)
class TableWithValue(Split):
    """Rows of a table, each with a number to be said."""

    features: Tensor  # (N, D) float32, standardised
    values: Tensor  # (N,) float32, standardised too
    columns: list[str]
    means: list[float]
    stds: list[float]
    centre: float  # mean of the training values, in their unit
    spread: float  # and their standard deviation
    unit: str


def with_class(
    X: np.ndarray, labels: Sequence[int], columns: Sequence[str]
) -> dict[str, TableWithClass]:
    """Parts in each of which the classes are as frequent as in the others.

    Args:
        X: (N, D), not a number where nothing is known.
    """
    y = np.asarray(labels, dtype=np.int64)
    X, y = _different(X, y)
    parts = _parts(y)
    means, stds, Z = _standardised(X, parts["train"])
    return {
        name: TableWithClass(
            _tensor(Z[at]), torch.from_numpy(y[at]), [*columns], means.tolist(), stds.tolist()
        )
        for name, at in parts.items()
    }


def with_value(
    X: np.ndarray, values: Sequence[float], columns: Sequence[str], *, unit: str
) -> dict[str, TableWithValue]:
    """Parts at random. Arguments as of `with_class`.

    Raises:
        BadText: all values of the training part are the same.
    """
    y = np.asarray(values, dtype=np.float64)
    X, y = _different(X, y)
    parts = _parts(np.zeros(len(y), dtype=np.int64))
    means, stds, Z = _standardised(X, parts["train"])
    known = y[parts["train"]]
    centre, spread = float(known.mean()), float(known.std())
    if not spread > 0:
        raise BadText("All rows have the same number to be said: give rows that differ.")
    facts: dict[str, Any] = {"columns": [*columns], "means": means.tolist(), "stds": stds.tolist()}
    return {
        name: TableWithValue(
            features=_tensor(Z[at]),
            values=_tensor((y[at] - centre) / spread),
            centre=centre,
            spread=spread,
            unit=unit,
            **facts,
        )
        for name, at in parts.items()
    }


def _different(X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first of each row, so that none is in two parts."""
    rows = np.column_stack([np.asarray(X, dtype=np.float64), y])
    _, first = np.unique(rows, axis=0, return_index=True, equal_nan=True)
    kept = np.sort(first)
    return rows[kept, :-1], y[kept]


def _parts(labels: np.ndarray) -> dict[str, np.ndarray]:
    """Numbers of rows by part, of each class the same share."""
    order = np.random.default_rng(SEED).permutation(len(labels))
    found: dict[str, list[np.ndarray]] = {"train": [], "validation": [], "test": []}
    for label in np.unique(labels):
        own = order[labels[order] == label]
        held = round(HELD_OUT * len(own))
        found["test"].append(own[:held])
        found["validation"].append(own[held : 2 * held])
        found["train"].append(own[2 * held :])
    mixed = np.random.default_rng(SEED)
    return {name: mixed.permutation(np.concatenate(pieces)) for name, pieces in found.items()}


def _standardised(X: np.ndarray, train: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Means, standard deviations, and all rows by them; a column without spread becomes 0."""
    known = X[train]
    there = np.isfinite(known)
    n = np.maximum(there.sum(0), 1)
    means = np.where(there, known, 0.0).sum(0) / n
    stds = np.sqrt(np.where(there, known - means, 0.0).__pow__(2).sum(0) / n)
    flat = stds <= 1e-12 * np.maximum(1.0, np.abs(means))
    Z = np.where(np.isfinite(X), (X - means) / np.where(flat, 1.0, stds), 0.0)
    return means, np.where(flat, 0.0, stds), np.where(flat, 0.0, Z)


def _tensor(values: np.ndarray) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values)).float()
