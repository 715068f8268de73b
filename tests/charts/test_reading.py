import numpy as np
import pandas as pd
import pytest

from lm_core.charts.reading import read_aloud


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
    sentence = read_aloud(*series((falling, falling), noise=noise, seed=seed))
    assert sentence == "Both curves still fall together: it is learning, not memorising."


@pytest.mark.parametrize("noise", [0.0, 0.05, 0.1])
@pytest.mark.parametrize("seed", range(5))
def test_flat(noise, seed):
    sentence = read_aloud(*series((level, level), noise=noise, seed=seed))
    assert sentence.startswith("Both curves are flat: neither fell by 1 % since step 399.")


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_overfitting_names_the_step_and_for_how_long(noise):
    sentence = read_aloud(*series((falling, rising_from(300)), noise=noise))
    assert sentence == (
        "Validation has risen for 270 steps while training still falls: it memorises its text "
        "(overfitting) since step 300."
    )


def test_validation_rising_with_level_training_is_not_called_memorising():
    validation = rising_from(300)
    sentence = read_aloud(*series((level, lambda s: validation(s) + 0.5)))
    assert sentence.startswith("Validation has risen for 270 steps, since step 300")
    assert "memoris" not in sentence


def test_one_bad_evaluation_is_not_overfitting():
    points, evaluations = series((falling, falling))
    evaluations.loc[len(evaluations) - 2, "nats"] += 0.4
    assert read_aloud(points, evaluations).startswith("Both curves still fall")


def test_training_alone_falls():
    sentence = read_aloud(*series((falling, level)))
    assert sentence.startswith("Training still falls, validation is level since step 399")


def test_validation_alone_falls():
    sentence = read_aloud(*series((level, falling)))
    assert sentence == "Validation still falls: it is learning, not memorising."


def test_too_early_with_nothing_little_or_no_validation():
    points, evaluations = series((falling, falling))
    assert read_aloud(points[:0], evaluations[:0]) == (
        "Too early to say: 0 of the first 12 training points are in."
    )
    assert "11 of the first 12 training points" in read_aloud(points[:11], evaluations)
    assert "2 of the first 3 evaluations" in read_aloud(points, evaluations[:2])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_loss_that_stopped_being_a_number_diverged(bad):
    points, evaluations = series((falling, falling))
    points.loc[450:, "train_nats"] = bad
    assert read_aloud(points, evaluations).startswith(
        "It diverged: the loss is not a number since step 450."
    )


def test_one_lost_point_in_the_middle_is_no_divergence():
    points, evaluations = series((falling, falling))
    points.loc[300, "train_nats"] = np.nan
    assert read_aloud(points, evaluations).startswith("Both curves still fall")


def test_a_climb_is_divergence_and_says_from_where_to_where():
    def train(step):
        return np.where(step < 300, falling(step), falling(300) + (step - 300) / 50)

    sentence = read_aloud(*series((train, train)))
    assert sentence.startswith("It diverged: the training loss climbed from 2.38 at step 30")
    assert "lower learning rate" in sentence


def test_a_single_spike_is_no_divergence():
    points, evaluations = series((falling, falling))
    points.loc[599, "train_nats"] = 40.0
    assert read_aloud(points, evaluations).startswith("Both curves still fall")


def test_order_of_rows_and_column_types_do_not_matter():
    points, evaluations = series((falling, rising_from(300)))
    mixed = points.sample(frac=1, random_state=0).astype({"train_nats": object})
    assert read_aloud(mixed, evaluations[::-1]) == read_aloud(points, evaluations)


def test_equal_steps_throughout_do_not_break_it():
    points = pd.DataFrame({"step": [5] * 20, "train_nats": [2.0] * 20})
    evaluations = pd.DataFrame({"step": [5] * 3, "nats": [2.0] * 3})
    assert read_aloud(points, evaluations).startswith("Both curves are flat")
