import pytest

from lm_core.errors import BadSettings
from lm_core.training import Budget, TrainSettings


def test_a_budget_is_steps_unless_said_otherwise() -> None:
    assert Budget() == Budget(steps=1000)


@pytest.mark.parametrize(
    "given", [{"steps": 1, "tokens": 1}, {"steps": 5, "seconds": 1.0}, {"tokens": 3, "seconds": 1}]
)
def test_a_budget_has_one_unit(given: dict) -> None:
    with pytest.raises(BadSettings, match=f"of {' or of '.join(given)}: give one"):
        Budget(**given)


@pytest.mark.parametrize(
    "given",
    [{"steps": 0}, {"tokens": -1}, {"seconds": 0}, {"seconds": float("nan")}, {"seconds": 1e9}],
)
def test_a_budget_out_of_range_is_refused_by_name(given: dict) -> None:
    with pytest.raises(BadSettings, match=next(iter(given))):
        Budget(**given)


def test_progress_is_counted_in_the_budgets_own_unit() -> None:
    assert Budget(steps=200).progress(50, 9, 9.0) == 0.25
    assert Budget(tokens=200).progress(9, 50, 9.0) == 0.25
    assert Budget(seconds=200).progress(9, 9, 50.0) == 0.25


@pytest.mark.parametrize("budget", [Budget(steps=3), Budget(tokens=7), Budget(seconds=2.5)])
def test_a_budget_survives_json(budget: Budget) -> None:
    assert Budget.from_dict(budget.to_dict()) == budget


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"lr": 0.0}, "lr must be from 1e-07 to 10.0"),
        ({"batch_size": 0}, "batch_size must be from 1"),
        ({"optimizer": "adamww"}, "did you mean 'adamw'"),
        ({"schedule": "cosin"}, "did you mean 'cosine'"),
        ({"warmup": 1.5}, "warmup must be from 0.0 to 1.0"),
        ({"lr": "fast"}, "lr must be a number"),
        ({"accumulate": 0}, "accumulate must be from 1"),
        ({"ema": 1.0}, "ema must be from 0.0"),
        ({"precision": "bf16"}, "did you mean 'bfloat16'"),
    ],
)
def test_training_settings_are_checked_with_the_mend(given: dict, said: str) -> None:
    with pytest.raises(BadSettings) as error:
        TrainSettings(**given)
    assert said in str(error.value)


def test_settings_of_an_older_run_mean_what_they_meant() -> None:
    older = {"lr": 0.01, "batch_size": 16, "weight_decay": 0.05, "optimizer": "adamw"}
    older |= {"schedule": "cosine", "warmup": 0.05, "grad_clip": 1.0}
    older |= {"eval_tokens": 20_000, "eval_every": 0}
    settings = TrainSettings.from_dict(older)
    assert settings == TrainSettings(lr=0.01, batch_size=16)
    assert (settings.accumulate, settings.ramp, settings.ema, settings.patience) == (1, 0, 0, 0)
    assert (settings.keep_best, settings.deterministic) == (True, False)
