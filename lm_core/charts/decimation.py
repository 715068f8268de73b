"""Fewer points with the same picture."""

import numpy as np
import pandas as pd


def decimate(df: pd.DataFrame, x: str, y: str, n: int) -> pd.DataFrame:
    """At most max(n, 4) rows of `df`, in order of `x`.

    Kept are the first row, the last, and of each bucket of rows in between (all of one size) the
    one lowest and the one highest in `y`: what a line drawn through all of them would reach. A `y`
    that is not finite is never lowest or highest.
    """
    df = df.sort_values(x, kind="stable")
    n = max(n, 4)
    if len(df) <= n:
        return df
    values = df[y].to_numpy(dtype=float, na_value=np.nan)
    edges = np.linspace(1, len(df) - 1, (n - 2) // 2 + 1).astype(int)
    ends = (np.array([0, len(df) - 1]), _lowest(values, edges), _lowest(-values, edges))
    return df.iloc[np.unique(np.concatenate(ends))]


def _lowest(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Where each bucket between two edges is lowest, at the first such place; nowhere in one that
    has nothing finite."""
    inside = np.where(np.isfinite(values), values, np.inf)[edges[0] : edges[-1]]
    bucket = np.repeat(np.arange(len(edges) - 1), np.diff(edges))
    least = np.minimum.reduceat(inside, edges[:-1] - edges[0])
    at = np.flatnonzero((inside == least[bucket]) & np.isfinite(inside))
    return edges[0] + at[np.unique(bucket[at], return_index=True)[1]]
