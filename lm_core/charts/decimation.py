"""Fewer points with the same picture."""

import itertools

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
    keep = {0, len(df) - 1}
    for begin, end in itertools.pairwise(edges):
        inside = begin + np.flatnonzero(np.isfinite(values[begin:end]))
        if len(inside):
            keep |= {inside[values[inside].argmin()], inside[values[inside].argmax()]}
    return df.iloc[sorted(keep)]
