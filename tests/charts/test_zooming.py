import numpy as np
import pandas as pd

from lm_core.charts.decimation import decimate
from lm_core.charts.zooming import inside, seen, thinned


def noise(n=20_000, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame({"step": np.arange(n, dtype=float), "nats": rng.normal(0, 1, n)})


def test_what_the_chart_reports_is_the_part_in_view():
    answer = {"selection": {"zoom": {"step": [80.5, 20.0], "nats": [1, 2]}}}
    assert seen(answer) == (20.0, 80.5)
    assert seen(answer, "nats") == (1, 2)


def test_nothing_in_view_is_said_before_anyone_looks_closer():
    for answer in (None, {}, {"selection": {}}, {"selection": {"zoom": {}}}):
        assert seen(answer) is None


def test_without_a_view_it_is_plain_decimation():
    frame = noise()
    pd.testing.assert_frame_equal(
        thinned(frame, "step", "nats", 800), decimate(frame, "step", "nats", 800)
    )


def test_the_part_in_view_is_drawn_with_all_its_points():
    frame = noise()
    rows = thinned(frame, "step", "nats", 800, (5_000, 5_300))
    inside = rows[(rows["step"] >= 5_000) & (rows["step"] <= 5_300)]
    assert len(inside) == 301
    assert rows["step"].is_monotonic_increasing
    assert len(rows) <= 800 + 2 * 100
    assert rows["step"].iloc[0] == 0
    assert rows["step"].iloc[-1] == 19_999


def test_lowest_and_highest_of_what_lies_outside_stay():
    frame = noise()
    frame.loc[100, "nats"], frame.loc[19_000, "nats"] = 50.0, -50.0
    rows = thinned(frame, "step", "nats", 800, (5_000, 5_300))
    assert (rows["nats"].max(), rows["nats"].min()) == (50.0, -50.0)


def test_inside_are_the_rows_in_view_or_all_where_there_are_none():
    frame = noise(100)
    assert inside(frame, "step", (10, 12))["step"].tolist() == [10, 11, 12]
    assert inside(frame, "step", None) is frame
    assert inside(frame, "step", (200, 300)) is frame
