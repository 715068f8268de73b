import json

import numpy as np
import pandas as pd
import pytest

from lm_core.charts.curves import RAW, TRAINING, VALIDATION, loss_curve, smooth
from lm_core.charts.measures import PERPLEXITY, measure

UNIT = "nats per character"


def run(steps=200, every=20, seed=0):
    rng = np.random.default_rng(seed)
    step = np.arange(steps)
    points = pd.DataFrame(
        {"step": step, "train_nats": 2 + np.exp(-step / 40) + rng.normal(0, 0.03, steps)}
    )
    at = step[::every]
    return points, pd.DataFrame({"step": at, "nats": 2.05 + np.exp(-at / 42)})


def drawn(chart):
    """The rows in the specification, and the specification without them."""
    spec = chart.figure.to_dict()
    ((_, rows),) = spec.pop("datasets").items()
    spec.pop("data", None)
    for layer in spec["layer"]:
        layer.pop("data", None)
    return pd.DataFrame(rows), spec


def reach(rows):
    """From where to where the picture goes."""
    return series(rows, "frame")["nats"].tolist()


def series(table, name):
    return table[table["series"] == name]


def test_the_table_is_the_data():
    points, evaluations = run()
    table = loss_curve(points, evaluations, unit=UNIT).table
    assert list(table.columns) == ["series", "step", UNIT]
    raw, validation = series(table, RAW), series(table, VALIDATION)
    np.testing.assert_array_equal(raw["step"], points["step"])
    np.testing.assert_array_equal(raw[UNIT], points["train_nats"])
    np.testing.assert_array_equal(validation[UNIT], evaluations["nats"])
    mean = smooth(points["train_nats"])
    np.testing.assert_array_equal(series(table, TRAINING)[UNIT], mean)


def test_what_is_drawn_is_the_table():
    chart = loss_curve(*run())
    rows, _ = drawn(chart)
    shown = rows[rows["series"].isin([RAW, TRAINING, VALIDATION])].reset_index(drop=True)
    np.testing.assert_array_equal(shown["nats"], chart.table[UNIT])
    np.testing.assert_array_equal(shown["series"], chart.table["series"])


def test_the_sentence_names_first_last_and_lowest():
    points = pd.DataFrame({"step": [0, 10, 20], "train_nats": [3.3, 2.0, 2.125]})
    evaluations = pd.DataFrame({"step": [0, 20], "nats": [3.31, 2.25]})
    assert loss_curve(points, evaluations).alt == (
        "Loss in nats per character: training 3.30 at step 0, 2.12 at step 20, lowest 2.00 at "
        "step 10; validation 3.31 at step 0, 2.25 at step 20."
    )


def test_a_long_run_stays_within_the_rows_a_browser_redraws():
    points, evaluations = run(steps=60_000, every=50)
    chart = loss_curve(points, evaluations)
    assert len(chart.table) <= 1_500
    raw = series(chart.table, RAW)[UNIT]
    assert raw.min() == points["train_nats"].min()
    assert raw.max() == points["train_nats"].max()


def test_while_a_model_trains_only_the_data_change():
    points, evaluations = run()
    specs = [
        drawn(loss_curve(points[:n], evaluations[:m], uniform_nats=u))[1]
        for n, m, u in ((0, 0, None), (1, 1, 3.0), (200, 10, 3.0))
    ]
    assert specs[0] == specs[1] == specs[2]
    assert specs[0]["height"] == 320
    assert specs[0]["width"] == "container"


def test_an_empty_curve_has_its_axes_and_says_so():
    points, evaluations = run()
    chart = loss_curve(points[:0], evaluations[:0], height=250)
    rows, spec = drawn(chart)
    assert chart.table.empty
    assert "still empty" in chart.alt
    assert spec["height"] == 250
    assert rows["step"].tolist() == [0, 100]  # the reach of the axes, not drawn


def test_one_point_is_a_chart():
    points, evaluations = run()
    chart = loss_curve(points[:1], evaluations[:0])
    assert len(chart.table) == 2  # the step itself and its mean
    assert "no validation loss yet" in chart.alt
    assert drawn(chart)[0]["nats"].notna().all()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_a_number_is_left_out_and_named(bad):
    points, evaluations = run()
    points.loc[150:, "train_nats"] = bad
    chart = loss_curve(points, evaluations)
    assert np.isfinite(chart.table[UNIT]).all()
    assert series(chart.table, TRAINING)["step"].max() == 149
    assert "not a number at 50 (first at step 150)" in chart.alt
    json.dumps(chart.figure.to_dict(), allow_nan=False)


def test_a_spike_does_not_flatten_the_rest_and_stays_what_it_was():
    points, evaluations = run()
    points.loc[100, "train_nats"] = 5_000.0
    chart = loss_curve(points, evaluations)
    rows, _ = drawn(chart)
    assert reach(rows) == [1.8, 4.6]
    assert series(rows, RAW)["nats"].max() == 5_000
    assert rows[rows["above"]][["series", "step", "nats"]].to_numpy().tolist() == [
        [RAW, 100, 5_000]
    ]
    assert chart.table[UNIT].max() == 5_000
    assert chart.beyond == (
        "1 value lies above the picture, up to 5 k (training, step 100): see the arrows on top."
    )
    assert chart.alt.endswith(chart.beyond)


def test_validation_that_climbs_is_seen_to_climb():
    """And is no higher in the picture than its tooltip says."""
    points, evaluations = run()
    evaluations["nats"] = np.linspace(4.16, 6.69, len(evaluations))
    chart = loss_curve(points, evaluations, uniform_nats=np.log(64))
    rows, _ = drawn(chart)
    assert reach(rows)[1] >= 6.69
    assert series(rows, VALIDATION)["nats"].tolist() == evaluations["nats"].tolist()
    assert not rows["above"].any()
    assert chart.beyond == ""


def test_what_is_not_in_view_is_not_said_to_lie_above_it():
    points, evaluations = run(steps=2_000, every=50)
    points.loc[100, "train_nats"] = points.loc[1_100, "train_nats"] = 5_000.0
    chart = loss_curve(points, evaluations, within=(1_000, 1_200))
    assert chart.beyond.startswith("1 value lies above the picture, up to 5 k (training, step 1,10")


def test_guessing_blindly_is_a_line_at_ln_v():
    rows, _ = drawn(loss_curve(*run(), uniform_nats=np.log(27)))
    assert series(rows, "guessing blindly")["nats"].tolist() == [pytest.approx(np.log(27))]
    rows, _ = drawn(loss_curve(*run()))
    assert series(rows, "guessing blindly").empty


def test_axes_carry_their_units_and_lines_a_second_cue():
    _, spec = drawn(loss_curve(*run(), unit="bits per byte"))
    assert spec["layer"][0]["encoding"]["y"]["title"] == "bits per byte"
    line = next(part for part in spec["layer"] if "strokeDash" in part["encoding"])
    assert line["encoding"]["strokeDash"]["scale"]["range"] == [[1, 0], [6, 3]]


def test_the_mean_starts_where_the_data_do_and_passes_over_gaps():
    values = pd.Series([3.0, np.nan, 3.0, np.inf, 3.0])
    mean = smooth(values)
    assert mean.dropna().tolist() == pytest.approx([3, 3, 3])
    assert mean.isna().tolist() == [False, True, False, True, False]


def test_the_mean_of_noise_is_calmer_than_the_noise():
    noise = pd.Series(np.random.default_rng(1).normal(2, 0.1, 2_000))
    assert smooth(noise)[200:].std() < 0.3 * noise.std()


def test_another_measure_changes_the_losses_and_not_the_means_that_are_taken():
    points, evaluations = run()
    perplexity = loss_curve(points, evaluations, measure=measure(PERPLEXITY), uniform_nats=3.0)
    table, unit = perplexity.table, "perplexity per character"
    np.testing.assert_allclose(series(table, RAW)[unit], np.exp(points["train_nats"]))
    mean = smooth(points["train_nats"])
    np.testing.assert_allclose(series(table, TRAINING)[unit], np.exp(mean))
    rows, spec = drawn(perplexity)
    assert series(rows, "guessing blindly")["nats"].tolist() == [pytest.approx(np.exp(3.0))]
    assert spec["layer"][0]["encoding"]["y"]["scale"]["type"] == "log"
    assert perplexity.alt.startswith("Loss in perplexity per character: training 20.")


def test_an_empty_perplexity_begins_at_one_where_a_logarithm_can():
    points, evaluations = run()
    rows, _ = drawn(loss_curve(points[:0], evaluations[:0], measure=measure(PERPLEXITY)))
    assert rows["nats"].min() == 1


def test_no_smoothing_is_the_data_and_more_is_calmer():
    points, evaluations = run(2_000)
    raw = points["train_nats"]
    assert smooth(raw, 0).tolist() == raw.tolist()
    assert smooth(raw, 0.1)[500:].std() < smooth(raw, 0.01)[500:].std()
    chart = loss_curve(points, evaluations, smoothing=0.0)
    assert series(chart.table, TRAINING)[UNIT].isin(raw).all()


def test_who_looks_closer_sees_every_step_there():
    points, evaluations = run(steps=20_000, every=500)
    table = loss_curve(points, evaluations, within=(9_000, 9_300)).table
    raw = series(table, RAW)
    assert raw["step"].between(9_000, 9_300).sum() == 301


def test_who_looks_closer_sees_the_losses_there_over_the_whole_height():
    points, evaluations = run(steps=2_000, every=50)
    chart = loss_curve(points, evaluations, within=(1_000, 1_200), uniform_nats=np.log(27))
    rows, _ = drawn(chart)
    there = points["train_nats"][1_000:1_201]
    assert reach(rows) == pytest.approx([there.min(), there.max()], abs=0.02)
    assert series(rows, "guessing blindly").empty
    assert series(chart.table, RAW)[UNIT].max() == points["train_nats"].max()


def test_a_view_beyond_the_curve_shows_what_there_is():
    points, evaluations = run()
    rows, _ = drawn(loss_curve(points, evaluations, within=(5_000, 6_000)))
    assert reach(rows)[1] >= points["train_nats"].max()
