import json

import numpy as np
import pandas as pd
import pytest

from lm_core.charts.run_curves import NORM, RATE, SPEED, read_curve, run_curve

KINDS = (RATE, NORM, SPEED)


def run(steps=400, rate=None, norm=None, speed=1000.0, seed=0):
    """A row a step; `rate` and `norm` are functions of the step, `speed` tokens per second."""
    rng = np.random.default_rng(seed)
    step = np.arange(1, steps + 1)
    rates = np.minimum(1.0, step / 40) * 0.02 if rate is None else rate(step)
    norms = 0.5 + rng.normal(0, 0.02, steps) if norm is None else norm(step)
    took = 64 / np.broadcast_to(speed, steps)
    return pd.DataFrame(
        {
            "step": step,
            "tokens": 64 * step,
            "seconds": np.cumsum(took),
            "lr": rates,
            "grad_norm": norms,
        }
    )


def drawn(chart):
    """The rows in the specification, and the specification without them."""
    spec = chart.figure.to_dict()
    ((_, rows),) = spec.pop("datasets").items()
    spec.pop("data", None)
    return pd.DataFrame(rows), spec


@pytest.mark.parametrize("kind", KINDS)
def test_while_a_model_trains_only_the_data_change(kind):
    points = run()
    specs = [drawn(run_curve(points[:n], kind, limit=1.0))[1] for n in (0, 1, 50, 400)]
    assert all(spec == specs[0] for spec in specs)


@pytest.mark.parametrize(("kind", "column"), [(RATE, "lr"), (NORM, "grad_norm")])
def test_the_table_is_what_was_recorded(kind, column):
    points = run(200)
    table = run_curve(points, kind).table
    np.testing.assert_array_equal(table["step"], points["step"])
    np.testing.assert_array_equal(table.iloc[:, 1], points[column])


def test_speed_is_tokens_over_seconds_stretch_by_stretch():
    speed = np.where(np.arange(400) < 200, 1000.0, 250.0)
    table = run_curve(run(speed=speed), SPEED).table
    assert table[table["step"] <= 200]["tokens per second"].to_numpy() == pytest.approx(1000)
    assert table[table["step"] > 206]["tokens per second"].to_numpy() == pytest.approx(250)


def test_steps_timed_together_have_no_speed_of_their_own():
    points = run(50)
    points["seconds"] = points["seconds"].round(1)  # several steps at the same moment
    shown = run_curve(points, SPEED).table["tokens per second"]
    assert np.isfinite(shown).all()


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_curve_has_its_axes_and_says_so(kind):
    chart = run_curve(run()[:0], kind, height=210)
    rows, spec = drawn(chart)
    assert chart.table.empty
    assert "still empty" in chart.alt
    assert spec["height"] == 210
    assert rows["step"].tolist()[:2] == [0, 100]


@pytest.mark.parametrize("kind", KINDS)
def test_a_long_run_stays_within_the_rows_a_browser_redraws(kind):
    assert len(drawn(run_curve(run(30_000), kind))[0]) <= 1_300


def test_a_spike_does_not_flatten_the_rest_and_stays_in_the_table():
    points = run()
    points.loc[100, "grad_norm"] = 9_000.0
    chart = run_curve(points, NORM)
    rows, _ = drawn(chart)
    assert rows[rows["series"] == "frame"]["value"].max() < 3
    assert rows[rows["above"]][["step", "value"]].to_numpy().tolist() == [[101, 9_000]]
    assert chart.table["gradient norm"].max() == 9_000
    assert chart.beyond == (
        "1 value lies above the picture, up to 9 k (step 101): see the arrows on top."
    )


def test_a_lost_number_is_left_out_and_named():
    points = run()
    points.loc[390:, "grad_norm"] = np.nan
    chart = run_curve(points, NORM)
    assert "not a number at 10 steps" in chart.alt
    json.dumps(chart.figure.to_dict(), allow_nan=False)
    assert read_curve(points, NORM) == (
        "The gradient is not a number since step 391: the run diverged."
    )


def test_the_clip_is_a_line_where_it_is_near():
    def clipped(limit):
        rows, _ = drawn(run_curve(run(), NORM, limit=limit))
        return rows[rows["series"] == "clipped above this"]["value"].tolist()

    assert clipped(1.0) == [1.0]
    assert clipped(1000.0) == []
    assert clipped(None) == []


@pytest.mark.parametrize(
    ("rate", "says"),
    [
        (lambda s: np.full(len(s), 0.02), "The learning rate is 0.02 all along."),
        (lambda s: s / 20_000, "The learning rate is 0.02 and still rises (warm-up)."),
        (
            lambda s: np.minimum(0.02, s / 2000),
            "The learning rate is 0.02, its highest, since step 40.",
        ),
        (
            lambda s: 0.02 * np.minimum(s / 100, (600 - s) / 500),
            "The learning rate is 0.008, 40 % of its highest (0.02 at step 100): the steps get "
            "smaller.",
        ),
        (
            lambda s: np.where(s < 300, 0.02, 0.002 + s / 1e6),
            "The learning rate is 0.0024 and rises; it was 0.02 at step 1.",
        ),
        (lambda s: np.zeros(len(s)), "The learning rate is 0: no step changes anything."),
    ],
)
def test_the_rate_read_aloud(rate, says):
    assert read_curve(run(rate=rate), RATE) == says


def test_the_gradient_read_aloud():
    def level(s):
        return np.full(len(s), 0.5)

    def growing(s):
        return 0.1 * np.exp(s / 30)

    assert read_curve(run(norm=level), NORM) == (
        "The gradient is 0.5 long, about as before (0.5 before step 361)."
    )
    assert read_curve(run(norm=level), NORM, limit=1.0).endswith(
        "; 0 % of the steps since were shortened to 1."
    )
    assert "and grows: it was 8.5 k before step 361" in read_curve(run(norm=growing), NORM)
    assert "and shrinks" in read_curve(run(norm=lambda s: np.exp(-s / 30)), NORM)
    assert read_curve(run(norm=np.zeros_like), NORM).startswith("The gradient is zero")


def test_the_speed_read_aloud():
    assert read_curve(run(), SPEED) == "It reads 1 k tokens per second, as fast as all along."
    slower = np.where(np.arange(400) < 370, 1000.0, 100.0)
    assert read_curve(run(speed=slower), SPEED) == (
        "It reads 100 tokens per second, slower than before (1 k): something shares the machine."
    )
    faster = np.where(np.arange(400) < 370, 1000.0, 2000.0)
    assert "faster than before (1 k)" in read_curve(run(speed=faster), SPEED)


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_too_early_to_say_after_a_step(kind):
    assert read_curve(run(1), kind) == "Too early to say: 1 step so far."
    assert read_curve(run(0), kind) == "Too early to say: 0 steps so far."


@pytest.mark.parametrize("kind", KINDS)
def test_of_a_run_that_is_over_nothing_is_too_early(kind):
    assert read_curve(run(1), kind, over=True) == "Too few to say: 1 step in all."
