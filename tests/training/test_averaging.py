import math

import pytest
import torch

from lm_core.evaluation import evaluate
from lm_core.tasks import NextToken
from lm_core.training import Budget, Trainer, TrainSettings
from lm_core.training.averaging import Weights
from lm_core.training.events import KEPT, Checkpointed, Evaluated, Finished, Step
from lm_core.training.saving import Saving
from tests.tiny import TEXT, encoded, tiny_model

TOKENIZER, RUNNING = encoded([TEXT])
TEXTS = {"train": RUNNING, "validation": RUNNING}


def make(family: str = "transformer", steps: int = 20, **rest) -> Trainer:
    hooks = {k: rest.pop(k) for k in ("save", "write") if k in rest}
    how = {"batch_size": 4, "lr": 1e-2, "eval_every": 5, "eval_tokens": 200} | rest
    tiny = {} if family == "mixture" else {"n_layer": 1, "block_size": 8}
    model = tiny_model(family, TOKENIZER.vocab_size, **tiny)
    settings = TrainSettings(**how)
    return Trainer(
        NextToken(), model, TEXTS, settings=settings, budget=Budget(steps=steps), **hooks
    )


def weights(model) -> list[torch.Tensor]:
    return [p.detach().clone() for p in model.parameters()]


def same(a: list[torch.Tensor], b: list[torch.Tensor]) -> bool:
    return all(torch.equal(x, y) for x, y in zip(a, b, strict=True))


def test_the_average_is_the_recursion_written_out() -> None:
    model = tiny_model("transformer", TOKENIZER.vocab_size)
    kept = Weights(model, decay=0.5)
    expected, first = weights(model), next(model.parameters())
    for step in range(1, 30):
        with torch.no_grad():
            first.add_(step)
        kept.update(step)
        d = min(0.5, (1 + step) / (10 + step))
        expected = [d * a + (1 - d) * p for a, p in zip(expected, weights(model), strict=True)]
    for one, other in zip(kept.average, expected, strict=True):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("family", ["transformer", "lstm"])
def test_averages_change_what_is_judged_and_not_what_trains(family: str) -> None:
    plain, averaged = list(make(family).run()), list(make(family, ema=0.9).run())
    steps = [[e.loss for e in run if isinstance(e, Step)] for run in (plain, averaged)]
    judged = [[e.loss for e in run if isinstance(e, Evaluated)] for run in (plain, averaged)]
    assert steps[0] == steps[1]
    assert all(a != b for a, b in zip(*judged, strict=True))


def test_the_average_is_what_writes_what_is_evaluated_and_what_is_saved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Saving, "due", lambda self: True)
    seen = []

    def save(training: Trainer) -> str:
        seen.append(same(weights(training.model), training.weights.average))
        return "somewhere"

    def write(model, seconds) -> str:
        seen.append(same(weights(model), training.weights.average))
        return "something"

    training = make(ema=0.9, save=save, write=write)
    for event in training.run():
        if isinstance(event, Step | Checkpointed) and event.step < 20:
            assert training.weights.live is None  # between steps the live ones are back
    assert len(seen) == 25
    assert all(seen)
    assert same(weights(training.model), training.weights.average)
    assert not same(training.weights.live, training.weights.average)


def test_the_statistics_of_a_batch_norm_are_averaged_too() -> None:
    model = tiny_model("mlp", TOKENIZER.vocab_size, batch_norm=True)
    kept = Weights(model, decay=0.9)
    with torch.no_grad():
        model.norm.running_mean.fill_(1.0)
    kept.update(10**6)
    with kept.shown():
        assert model.norm.running_mean.mean() == pytest.approx(0.1)
    assert model.norm.running_mean.mean() == 1


# The best -----------------------------------------------------------------------------------------


def worsening(training: Trainer, after: int) -> Trainer:
    """From that step on the weights are turned round and lengthened by each step."""
    inner = training.model.objective

    def objective(idx, targets, state=None):
        if training.step >= after:
            with torch.no_grad():
                for p in training.model.parameters():
                    p.mul_(-1.3)
        return inner(idx, targets, state)

    training.model.objective = objective
    return training


def test_the_best_evaluation_is_what_is_kept_at_the_end() -> None:
    training = worsening(make(steps=30, keep_best=True), after=15)
    events = list(training.run())
    judged = {e.step: e.loss for e in events if isinstance(e, Evaluated)}
    assert min(judged, key=judged.get) == 15
    score = evaluate(training.model, RUNNING, max_tokens=200)
    assert score.nats_per_token == pytest.approx(judged[15])
    assert events[-1].step == 30
    assert (events[-1].kept, events[-1].kept_loss) == (15, judged[15])


def test_the_best_is_kept_unless_one_says_otherwise() -> None:
    assert worsening(make(), after=15).settings.keep_best
    assert list(worsening(make(steps=30, keep_best=False), after=15).run())[-1].kept is None


def test_while_evaluations_get_better_the_newest_weights_are_the_ones_to_keep() -> None:
    training = make(steps=10)
    end = list(training.run())[-1]
    assert training.weights.best is not None
    kept = weights(training.model)
    training.weights.update(11)
    assert end.kept is training.weights.kept_step is None
    assert not training.weights.shows
    training.weights.back()
    with torch.no_grad():
        next(training.model.parameters()).add_(1.0)  # steps after the best evaluation
    with training.weights.shown(kept=True):
        assert not same(weights(training.model), kept)


def test_after_the_end_the_last_weights_can_still_be_looked_at() -> None:
    training = worsening(make(steps=30), after=15)
    list(training.run())
    kept = weights(training.model)
    with training.weights.shown():
        assert not same(weights(training.model), kept)
    assert same(weights(training.model), kept)


def test_only_evaluations_of_one_size_are_compared() -> None:
    model = tiny_model("lstm")
    held = Weights(model, keep_best=True, patience=2)

    def judged(step: int, nats: float, tokens: int) -> int | None:
        with torch.no_grad():
            next(model.parameters()).fill_(step)
        held.update(step)
        held.judge(nats, tokens)
        return held.kept_step

    assert judged(1, 2.0, 100) is None
    assert judged(2, 2.5, 100) == 1
    assert judged(3, 2.6, 800) is None  # a larger sample: the first of its size
    assert not held.enough
    assert judged(4, 2.8, 800) == 3
    with held.shown(kept=True):
        assert next(model.parameters()).detach().mean() == 3
    twin = Weights(model, keep_best=True, patience=2)
    twin.restore(dict(held.tensors()))
    assert (twin.kept_step, twin.best_loss, twin.waited) == (3, 2.6, 1)


def test_a_mixture_weighs_its_parts_anew_where_an_older_one_is_kept() -> None:
    training = worsening(make("mixture", steps=30, eval_every=3), after=15)
    events = list(training.run())
    assert 0 < events[-1].kept < 30
    shown = float(training.model.weight)
    training.evaluate()
    assert float(training.model.weight) == pytest.approx(shown)


def test_without_it_the_last_weights_are_kept() -> None:
    training = make(keep_best=False)
    events = list(training.run())
    last = [e.loss for e in events if isinstance(e, Evaluated)][-1]
    assert training.weights.live is None
    assert training.evaluate().loss == last


def test_patience_ends_a_run_that_gets_no_better() -> None:
    training = make(steps=1000, patience=3)
    heard = iter([3.0, 2.5, 2.0, 2.1, 2.0, 2.05, 2.0])

    def evaluate(tokens: int) -> Evaluated:
        return Evaluated(training.step, 0, "validation", next(heard), 200, False)

    training.evaluate = evaluate
    events = list(training.run())
    end = events[-1]
    assert isinstance(end, Finished)
    assert (end.step, end.reason) == (30, "early")
    scored = [(e.step, e.split) for e in events if isinstance(e, Evaluated)]
    assert scored == [*((step, "validation") for step in (5, 10, 15, 20, 25, 30)), (15, KEPT)]


def test_patience_is_not_lost_on_a_run_that_gets_better() -> None:
    end = list(make(steps=40, patience=2, eval_every=10).run())[-1]
    assert (end.step, end.reason) == (40, "budget")


def test_an_evaluation_that_is_no_number_is_no_best() -> None:
    kept = Weights(tiny_model("lstm"), keep_best=True, patience=1)
    kept.judge(math.nan)
    assert kept.best is None
    assert kept.enough
