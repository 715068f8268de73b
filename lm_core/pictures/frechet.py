"""The Fréchet distance of two normal distributions, which judges made pictures by their features.

    d² = |m1 - m2|² + tr(C1 + C2 - 2 (C1 C2)^(1/2))

Dowson and Landau, 1982; with features of an Inception network it is the FID (Heusel and others,
2017). The trace of the root is computed from symmetric matrices alone, C1^(1/2) C2 C1^(1/2), whose
eigenvalues are those of C1 C2 and never below zero.
"""

from dataclasses import dataclass

import numpy as np

from lm_core.errors import BadSettings


@dataclass(frozen=True, eq=False)
class Normal:
    """A normal distribution in D dimensions."""

    mean: np.ndarray  # (D,)
    covariance: np.ndarray  # (D, D)

    def __post_init__(self) -> None:
        D = self.mean.shape[0] if self.mean.ndim == 1 else 0
        if not D or self.covariance.shape != (D, D):
            raise BadSettings("A mean of D numbers needs a covariance of D × D numbers.")
        if not (np.isfinite(self.mean).all() and np.isfinite(self.covariance).all()):
            raise BadSettings("Means and covariances must be finite numbers.")


@dataclass(frozen=True)
class Frechet:
    """The squared distance and its two parts."""

    means: float  # |m1 - m2|²
    shapes: float  # the trace

    @property
    def squared(self) -> float:
        """What is called the FID, of features."""
        return self.means + self.shapes


def normal_of(features: np.ndarray) -> Normal:
    """Mean and covariance of (N, D) features.

    Raises:
        BadSettings: fewer than two rows.
    """
    if features.ndim != 2 or len(features) < 2:
        raise BadSettings("Features of at least two pictures are needed, a row for each.")
    covariance = np.atleast_2d(np.cov(features, rowvar=False))
    return Normal(features.mean(0), covariance)


def two_dimensions(x: float, y: float, wide: float, high: float, correlation: float) -> Normal:
    """In the plane, from what a person can set: the middle, two spreads, how much they go
    together."""
    both = correlation * wide * high
    return Normal(np.array([x, y]), np.array([[wide**2, both], [both, high**2]]))


def root(matrix: np.ndarray) -> np.ndarray:
    """The symmetric square root of a symmetric matrix, whose eigenvalues are not below zero."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    return (vectors * np.sqrt(values.clip(min=0))) @ vectors.T


def frechet(one: Normal, other: Normal) -> Frechet:
    """How far apart two distributions are.

    Raises:
        BadSettings: they have not the same number of dimensions.
    """
    if one.mean.shape != other.mean.shape:
        raise BadSettings(
            f"The distributions have {len(one.mean)} and {len(other.mean)} dimensions: they need "
            "the same number."
        )
    half = root(one.covariance)
    inner = half @ other.covariance @ half
    roots = np.sqrt(np.linalg.eigvalsh((inner + inner.T) / 2).clip(min=0))
    shapes = np.trace(one.covariance) + np.trace(other.covariance) - 2 * roots.sum()
    return Frechet(float(((one.mean - other.mean) ** 2).sum()), max(0.0, float(shapes)))


def outline(normal: Normal, *, reach: float = 2.0, points: int = 73) -> np.ndarray:
    """(points, 2): the ellipse that lies `reach` spreads from the middle, in the plane."""
    turn = np.linspace(0, 2 * np.pi, points)
    circle = np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    return normal.mean + reach * circle @ root(normal.covariance)
