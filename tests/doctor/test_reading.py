"""The loss curve read aloud: what was measured, and nothing beyond it."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.doctor.reading import MIN_EVALUATIONS, MIN_POINTS, Reading, read


def series(function, steps=600, every=30, noise=0.0, seed=0):
    """Training points at every step, evaluations every so many, from two functions of the step."""
    train, validation = function
    step = np.arange(steps, dtype=float)
    rng = np.random.default_rng(seed)
    points = pd.DataFrame({"step": step, "train_nats": train(step) + rng.normal(0, noise, steps)})
    at = step[::every]
    return points, pd.DataFrame({"step": at, "nats": validation(at)})


def falling(step):
    return 1.5 + 1.8 * np.exp(-step / 400)


def level(step):
    return 2.0 + 1.3 * np.exp(-step / 30)


def rising_from(turn):
    return lambda step: np.where(step < turn, falling(step), falling(turn) + (step - turn) / 1000)


@pytest.mark.parametrize("noise", [0.0, 0.05, 0.1])
@pytest.mark.parametrize("seed", range(5))
def test_falling_together(noise, seed):
    found = read(*series((falling, falling), noise=noise, seed=seed))
    assert found.code == "fell, fell"
    assert found.text.startswith("From step 360 to 570 training fell from 2.")
    assert found.text.endswith(
        ", validation fell from 2.23 to 1.93 nats: it is learning, not memorising."
    )


@pytest.mark.parametrize("noise", [0.0, 0.05, 0.1])
@pytest.mark.parametrize("seed", range(5))
def test_flat(noise, seed):
    found = read(*series((level, level), noise=noise, seed=seed))
    assert found.code == "hardly moved, hardly moved"
    assert found.text.endswith("nats: more of the same steps will hardly help.")


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_validation_that_rises_is_compared_with_its_lowest(noise):
    found = read(*series((falling, rising_from(300)), noise=noise))
    assert (found.code, found.since, found.until) == ("fell, rose", 300, 570)
    assert found.text.startswith("From step 300 to 570 training fell from 2.")
    assert found.text.endswith(", validation rose from 2.35 to 2.62 nats.")


def test_that_it_learns_by_heart_is_said_where_the_verdicts_say_so():
    found = read(*series((falling, rising_from(300))), notes=[("overfitting", 420)])
    assert found.code == "note"
    assert found.text.startswith("Noted at step 420, see below: overfitting. From step 300 to 570")
    assert found.text.endswith("what it learned there does not help with new text.")
    other = read(*series((falling, rising_from(300))), notes=[("leaked_split", 1)])
    assert other.text.endswith("validation rose from 2.35 to 2.62 nats.")


def test_validation_that_rises_beside_level_training():
    validation = rising_from(300)
    found = read(*series((level, lambda s: validation(s) + 0.5)))
    assert found.code == "hardly moved, rose"
    assert found.text.endswith("nats.")


def test_one_bad_evaluation_means_nothing():
    points, evaluations = series((falling, falling))
    evaluations.loc[len(evaluations) - 2, "nats"] += 0.4
    assert read(points, evaluations).code == "fell, fell"
    evaluations.loc[len(evaluations) - 1, "nats"] += 0.8
    found = read(points, evaluations)
    assert found.code == "fell, rose"
    assert found.text.endswith(
        "validation rose from 2.23 to 2.73 nats."
    )  # and no more is made of it


def test_training_alone_falls():
    found = read(*series((falling, level)))
    assert found.code == "fell, hardly moved"
    assert "helps with the training text only" in found.text


def test_validation_alone_falls():
    assert read(*series((level, falling))).code == "hardly moved, fell"


def test_nothing_is_said_of_validation_after_its_last_evaluation():
    """A healthy run of 1,371 steps whose last evaluation was after step 883."""
    step = np.arange(1.0, 1372.0)
    points = pd.DataFrame({"step": step, "train_nats": falling(step)})
    at = np.array([1.0, 21.0, 92.0, 214.0, 391.0, 620.0, 883.0])
    found = read(points, pd.DataFrame({"step": at, "nats": falling(at) + 0.05}))
    assert (found.since, found.until) == (391, 883)
    assert found.code == "fell, fell"
    assert found.text.endswith(
        ": it is learning, not memorising. Of the steps since, up to 1,371, only training was "
        "measured."
    )


def test_too_early_with_nothing_little_or_no_validation():
    points, evaluations = series((falling, falling))
    assert read(points[:0], evaluations[:0]).text == (
        "Too early to say how the curve goes: 0 of the first 12 training points and 0 of the first "
        "3 evaluations are in."
    )
    assert "11 of the first 12 training points are in" in read(points[:11], evaluations).text
    assert "2 of the first 3 evaluations are in" in read(points, evaluations[:2]).text
    over = read(points, evaluations[:2], over=True)
    assert over.code == "too_few"
    assert over.text.startswith("Too few points to say how it went: 2 of the first 3 evaluations")


def test_what_counts_is_never_too_early():
    points, evaluations = series((falling, falling))
    assert read(points[:0], evaluations[:0], counts=True).text == (
        "It counts what follows what, and has not been evaluated yet."
    )
    one = read(points[:1], evaluations[5:6], counts=True, over=True)
    assert one.text == "It counted what follows what: validation is 2.74 nats at step 150."
    some = read(points[:8], evaluations[5:9], counts=True, over=True)
    assert (some.since, some.until) == (150, 240)
    assert "Validation was 2.74 at step 150, with less of the text counted" in some.text


def test_what_counts_and_knows_no_chance_for_a_token_has_not_diverged():
    points, evaluations = series((falling, falling))
    evaluations.loc[len(evaluations) - 1, "nats"] = np.inf
    found = read(points[:0], evaluations, counts=True, over=True)
    assert found.code == "counted"
    assert found.text.endswith("no chance at all: its loss there is infinite, at step 570.")


def test_beside_an_alarm_nothing_is_praised():
    found = read(*series((falling, falling)), alarms=[("rate_too_high", 87), ("dead_units", 3)])
    assert found.code == "alarm"
    assert found.text.startswith(
        "An alarm was raised at step 87, see below: rate too high. From step 360 to 570 training"
    )
    assert "learning, not" not in found.text
    early = read(*(frame[:2] for frame in series((falling, falling))), alarms=[("saturated", 1)])
    assert "saturated. Too early to say how the curve goes" in early.text


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_loss_that_stopped_being_a_number_diverged(bad):
    points, evaluations = series((falling, falling))
    points.loc[450:, "train_nats"] = bad
    found = read(points, evaluations, alarms=[("diverged", 450)])
    assert found.code == "diverged"
    assert found.text == "It diverged: the loss is not a number since step 450."


def test_one_lost_point_in_the_middle_is_no_divergence():
    points, evaluations = series((falling, falling))
    points.loc[300, "train_nats"] = np.nan
    assert read(points, evaluations).code == "fell, fell"


def test_a_single_spike_is_no_rise():
    points, evaluations = series((falling, falling))
    points.loc[569, "train_nats"] = 40.0
    assert read(points, evaluations).code == "fell, fell"


def test_training_that_was_not_kept_is_not_spoken_of():
    points, evaluations = series((falling, falling))
    far = points[points["step"] >= 500]
    found = read(far, evaluations)
    assert found.training is None
    assert found.text == "From step 360 to 570 validation fell from 2.23 to 1.93 nats."


def test_order_of_rows_and_column_types_do_not_matter():
    points, evaluations = series((falling, rising_from(300)))
    mixed = points.sample(frac=1, random_state=0).astype({"train_nats": object})
    assert read(mixed, evaluations[::-1]) == read(points, evaluations)


def test_equal_steps_throughout_compare_nothing():
    points = pd.DataFrame({"step": [5] * 20, "train_nats": [2.0] * 20})
    evaluations = pd.DataFrame({"step": [5] * 3, "nats": [2.0] * 3})
    assert read(points, evaluations).text == (
        "Too early to say how the curve goes: evaluations of step 5 alone are in."
    )


# Evaluations removed at random ------------------------------------------------------------------


@st.composite
def curves(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A run of some shape and length, some of its evaluations, and most of its training points."""
    shapes = st.sampled_from([falling, level, rising_from(draw(st.integers(0, 600)))])
    steps, every = draw(st.integers(1, 1500)), draw(st.sampled_from([1, 7, 30, 200]))
    noise, seed = draw(st.sampled_from([0.0, 0.05, 0.5])), draw(st.integers(0, 9))
    points, evaluations = series((draw(shapes), draw(shapes)), steps, every, noise, seed)
    kept = draw(st.sets(st.integers(0, len(evaluations) - 1), max_size=20))
    first = draw(st.sampled_from([0, 0, 0, steps // 2]))
    return points[first:], evaluations.iloc[sorted(kept)]


def named(text: str) -> list[int]:
    """The steps of a sentence; all are above 2 where they are not counts of something."""
    text = re.sub(r"\d+ of the first \d+", "", text)
    text = re.sub(r"\d\.\d\d", "", text)  # nats
    return [int(step.replace(",", "")) for step in re.findall(r"\b[\d,]*\d\b", text)]


@given(curves(), st.booleans(), st.booleans(), st.lists(st.just(("rate_too_high", 1)), max_size=1))
def test_validation_is_spoken_of_between_two_evaluations_and_nowhere_else(
    frames: tuple[pd.DataFrame, pd.DataFrame],
    over: bool,
    counts: bool,
    alarms: list[tuple[str, int]],
) -> None:
    points, evaluations = frames
    found = read(points, evaluations, over=over, counts=counts, alarms=alarms)
    at = dict(zip(evaluations["step"].astype(int), evaluations["nats"], strict=True))
    if found.validation is None:
        assert_says_what_is_missing(found, points, evaluations, counts)
        return
    assert found.since < found.until == max(at)
    assert found.validation.before == at[found.since]
    assert found.validation.after == at[found.until]
    about, _, since = found.text.partition(" Of the steps since")
    assert set(named(about)) - {1} <= set(at) - {1}, found.text  # 1 is where the alarm was raised
    assert named(since) in ([], [int(points["step"].max())])
    if alarms:
        assert "learning, not memorising" not in found.text


def assert_says_what_is_missing(
    found: Reading, points: pd.DataFrame, evaluations: pd.DataFrame, counts: bool
) -> None:
    few = len(points) < MIN_POINTS or len(evaluations) < MIN_EVALUATIONS
    assert few, "all curves here are of several steps"
    if not counts:
        assert "of the first" in found.text
    elif len(evaluations) == 0:
        assert "not been evaluated" in found.text or "was not evaluated" in found.text
    else:
        assert len(evaluations) == 1
