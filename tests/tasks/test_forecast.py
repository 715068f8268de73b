"""Forecasting: what is scored is what a reference says, and it is learned."""

import pytest
import torch
from torch import nn

from lm_core.models.series.forecasters import LAST, ForecasterSettings, LSTMForecaster
from lm_core.runs.prepare import prepare
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec
from lm_core.tasks.forecast import ERROR, forecasts
from lm_core.tasks.forecast import LAST as AT_LAST
from lm_core.training import Budget, Trainer


def ready(corpus: str = "waves", family: str = "lstm-forecaster", steps: int = 1):
    return prepare(default_spec(CorpusSpec(name=corpus), family, budget=Budget(steps=steps)))


def trained(corpus: str, family: str, steps: int):
    made = ready(corpus, family, steps)
    how = {"settings": made.spec.train, "budget": made.spec.budget, "threads": 1}
    list(Trainer(made.task, made.model, made.data, **how).run())
    made.model.eval()
    return made


def test_an_untrained_forecaster_says_what_it_begins_with_and_scores_so() -> None:
    made = ready()
    scored = made.task.evaluate(made.model.eval(), made.data, "validation", limit=None)
    known = made.task.baselines(made.model, made.data)
    assert scored.loss == pytest.approx(known["same time before"], rel=1e-5)
    assert (scored.targets, scored.whole) == (len(made.data["validation"]), True)
    few = made.task.evaluate(made.model, made.data, "validation", limit=20)
    assert (few.targets, few.whole) == (20, False)
    assert made.task.metrics == {ERROR: "units", AT_LAST: "units"}


@torch.no_grad()
def test_errors_are_in_the_unit_of_the_series() -> None:
    made = ready("temperatures")
    part = made.data["validation"]
    real = (part.following * part.std + part.mean).double()
    said = (forecasts(made.model, part.seen) * part.std + part.mean).double()
    scored = made.task.evaluate(made.model, made.data, "validation", limit=None)
    assert scored.metrics[ERROR] == pytest.approx((said - real).abs().mean().item(), rel=1e-3)
    assert scored.metrics[AT_LAST] == pytest.approx(
        (said - real).abs()[:, -1].mean().item(), rel=1e-3
    )
    assert made.task.metrics[ERROR] == "°C"


@torch.no_grad()
def test_it_is_the_fused_module_over_differences() -> None:
    """With the last value as its beginning, written out once more."""
    model = LSTMForecaster(ForecasterSettings(n_hidden=5, begins=LAST), 12, 4, 3)
    nn.init.normal_(model.head.weight)
    seen = torch.randn(6, 12)
    step = torch.cat([torch.zeros(6, 1), seen[:, 1:] - seen[:, :-1]], 1)
    h, _ = model.memory(torch.stack([seen - seen[:, -1:], step], 2))
    torch.testing.assert_close(model(seen), seen[:, -1:] + model.head(h[:, -1]))


@pytest.mark.parametrize("family", ["lstm-forecaster", "gru-forecaster", "rnn-forecaster"])
def test_a_level_that_it_never_met_does_not_trouble_it(family: str) -> None:
    model = ready(family=family).model
    nn.init.normal_(model.head.weight)
    seen = torch.randn(3, 96)
    torch.testing.assert_close(model(seen + 7), model(seen) + 7, atol=1e-4, rtol=1e-4)


def test_it_learns_and_shows_a_forecast_beside_the_truth() -> None:
    made = trained("waves", "gru-forecaster", 40)
    scored = made.task.evaluate(made.model, made.data, "validation", limit=100)
    assert scored.loss < 0.8 * made.task.baselines(made.model, made.data)["same time before"]
    shown = made.task.preview(made.model, made.codec, made.data)
    assert (shown.kind, shown.columns) == ("lines", ("steps from now", "units"))
    assert [(name, at, len(values)) for name, at, *values in shown.rows] == [
        ("seen", -47, 48),
        ("what came", 1, 24),
        ("forecast", 1, 24),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("corpus", ["temperatures", "waves"])
def test_an_lstm_is_better_than_the_same_hour_yesterday(corpus: str) -> None:
    made = trained(corpus, "lstm-forecaster", 500)
    scored = made.task.evaluate(made.model, made.data, "validation", limit=None)
    known = made.task.baselines(made.model, made.data)
    assert scored.loss < 0.5 * known["same time before"]
    assert scored.loss < known["last value"]
