import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from lm_core.charts.decimation import decimate

VALUES = st.lists(
    st.floats(-100, 100) | st.sampled_from([np.nan, np.inf, -np.inf]), min_size=0, max_size=300
)


def frame(values):
    return pd.DataFrame({"x": np.arange(len(values)), "y": np.array(values, dtype=float)})


@settings(deadline=None)
@given(VALUES, st.integers(0, 60))
def test_it_keeps_ends_and_extremes_within_its_budget(values, n):
    full = frame(values)
    kept = decimate(full, "x", "y", n)
    assert len(kept) <= max(n, 4)
    assert kept["x"].is_monotonic_increasing
    assert kept.equals(full.loc[kept.index])  # rows of the original, untouched
    if not values:
        return
    assert {0, len(values) - 1} <= set(kept["x"])
    finite = full["y"][np.isfinite(full["y"])]
    if len(finite):
        among = kept["y"][np.isfinite(kept["y"])]
        assert among.min() == finite.min()
        assert among.max() == finite.max()


def test_every_bucket_keeps_its_own_spike():
    values = np.zeros(10_000)
    values[1_000::1_000] = 5.0
    kept = decimate(frame(values), "x", "y", 100)
    assert (kept["y"] == 5).sum() == 9


def test_a_short_curve_is_left_whole_and_put_in_order():
    shuffled = pd.DataFrame({"x": [2, 0, 1], "y": [1.0, 2.0, 3.0]})
    assert decimate(shuffled, "x", "y", 10)["x"].tolist() == [0, 1, 2]
