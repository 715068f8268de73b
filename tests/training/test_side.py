"""When a run is evaluated and writes, how much of the text it then scores, and what that takes."""

import math
from itertools import pairwise
from types import SimpleNamespace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lm_core.tasks import NextToken
from lm_core.training import Budget, Trainer, TrainSettings
from lm_core.training import side as module
from lm_core.training.beside import Beside
from lm_core.training.events import KEPT, Evaluated, Sampled, Step
from lm_core.training.side import EVALUATIONS, FEW, MOST, SideWork
from tests.tiny import encoded, some_ids, stream, tiny_model

LADDER = [1, 10, 30, 100, 300, 1000, 3000]
TOKENIZER, RUNNING = encoded(["the old miller went on sharpening his knife and said nothing. " * 8])


class Pretended:
    """A training on a clock of its own.

    Args:
        token: seconds that scoring one takes; the first evaluation of all ten times as long.
        step: seconds that a step takes, of which each reads a thousand tokens.
        write: seconds that a sample of the usual length takes.
        busy: how much slower everything is in the second half.
    """

    def __init__(
        self,
        patch: pytest.MonkeyPatch,
        budget: Budget,
        *,
        token: float = 1e-5,
        step: float = 0.01,
        write: float = 0.1,
        busy: float = 1.0,
        **settings: int,
    ) -> None:
        self.now, self.token, self.takes, self.busy = 0.0, token, step, busy
        self.spent, self.cold, self.usual = 0.0, 10.0, write
        self.step = self.tokens = 0
        self.seconds, self.part = 0.0, None
        self.settings, self.budget = TrainSettings(**settings), budget
        self.data, self.aside, self.model = {"validation": None}, (), None
        self.beside = Beside(torch.device("cpu"))
        self.weights = SimpleNamespace(
            shown=_Nothing, judge=lambda nats, tokens: None, kept_step=None
        )
        self.clock = lambda: self.now

    def _wait(self, seconds: float) -> None:
        slower = self.busy if self._progress() > 0.5 else 1.0
        self.now += seconds * slower
        self.spent += seconds * slower

    @property
    def progress(self) -> float:
        return self.budget.progress(self.step, self.tokens, self.seconds)

    def _progress(self) -> float:
        return self.budget.progress(self.step, self.tokens, self.now)

    def evaluate(self, *, tokens: int) -> Evaluated:
        self._wait(self.cold * self.token * tokens)
        self.cold = 1.0
        return Evaluated(self.step, 0, "validation", 2.0, tokens, False)

    def write(self, model: None, seconds: float) -> str:
        self._wait(min(seconds, self.usual))
        return "written"

    def run(self) -> list[tuple[float, Evaluated | Sampled]]:
        """What there was to see, and when."""
        side, seen = SideWork(self), []
        while self._progress() < 1:
            self.step, self.tokens = self.step + 1, self.tokens + 1000
            self.now += self.takes * (self.busy if self._progress() > 0.5 else 1.0)
            self.seconds = self.now
            if side.due():
                seen += [(self.now, event) for event in side.do()]
        side.writes = True
        seen += [(self.now, event) for event in (*side.do(), *side.end())]
        return seen


class _Nothing:
    def __enter__(self) -> None: ...

    def __exit__(self, *error: object) -> None: ...


def evaluations(seen: list) -> list[Evaluated]:
    return [e for _, e in seen if isinstance(e, Evaluated) and e.split != KEPT]


def samples(seen: list) -> list[Sampled]:
    return [e for _, e in seen if isinstance(e, Sampled)]


@pytest.mark.parametrize("busy", [1.0, 2.0, 5.0])
@pytest.mark.parametrize("step", [0.003, 0.05, 0.5])
@pytest.mark.parametrize("token", [1e-6, 1e-5, 1e-4, 2e-4])
def test_a_minute_shows_twenty_evaluations_and_twelve_samples_within_its_share(
    monkeypatch, token: float, step: float, busy: float
) -> None:
    """Of whatever scores that fast and steps that fast; where everything gets slower on the way,
    the steps do too, so that as much fits."""
    training = Pretended(monkeypatch, Budget(seconds=60), token=token, step=step, busy=busy)
    seen = training.run()
    assert len(evaluations(seen)) >= (20 if busy < 3 else 12)
    assert len(samples(seen)) >= (12 if busy < 3 else 8)
    cold = 9 * token * FEW
    assert training.spent - cold <= 0.08 * 60


def test_first_after_1_10_30_steps_then_evenly_then_the_end(monkeypatch) -> None:
    training = Pretended(monkeypatch, Budget(seconds=60))
    found = evaluations(training.run())
    early = [step for step in LADDER if step * 0.01 < 60 / EVALUATIONS * 0.9]
    assert [e.step for e in found][: len(early)] == early == [1, 10, 30, 100]
    gaps = [b.step - a.step for a, b in pairwise(found[len(early) :])]
    assert max(gaps) < 1.4 * min(gaps)
    assert found[-1].step == training.step


@pytest.mark.parametrize("step", [0.01, 0.3, 0.65, 0.7, 0.9, 1.1, 1.7, 30.0])
@pytest.mark.parametrize("token", [1e-6, 1e-3])
def test_the_end_is_evaluated_and_written_however_long_the_last_step(
    monkeypatch, step: float, token: float
) -> None:
    training = Pretended(monkeypatch, Budget(seconds=1), step=step, token=token)
    seen = training.run()
    assert evaluations(seen)[-1].step == samples(seen)[-1].step == training.step
    assert len({e.step for e in evaluations(seen)}) == len(evaluations(seen))
    assert len({e.step for e in samples(seen)}) == len(samples(seen))


def test_all_score_the_same_part_and_what_is_kept_more(monkeypatch) -> None:
    seen = Pretended(monkeypatch, Budget(seconds=60), token=1e-4).run()
    (part,) = {e.scored_tokens for e in evaluations(seen)}
    *_, kept = [e for _, e in seen if isinstance(e, Evaluated)]
    assert (kept.split, kept.step) == (KEPT, evaluations(seen)[-1].step)
    assert FEW <= part < kept.scored_tokens <= TrainSettings().eval_tokens


@pytest.mark.parametrize("token", [1e-6, 1e-4])
def test_the_part_is_what_this_machine_can_score_in_its_time(monkeypatch, token: float) -> None:
    training = Pretended(monkeypatch, Budget(seconds=60), token=token)
    evaluations(training.run())
    fits = module.EVALUATING * 60 / (EVALUATIONS + module.EARLY) / token
    most = TrainSettings().eval_tokens
    assert training.part == most if fits > most else fits / 2 < training.part <= fits


@given(
    budget=st.one_of(
        st.integers(1, 5000).map(lambda n: Budget(steps=n)),
        st.integers(1, 10**7).map(lambda n: Budget(tokens=n)),
    ),
    slow=st.floats(0.01, 1000),
)
def test_steps_and_tokens_have_the_same_evaluations_on_every_machine(budget, slow: float) -> None:
    """Which are kept, and when a run has stopped getting better, hangs on them."""
    with pytest.MonkeyPatch.context() as patch:
        one, other = (
            [(e.step, e.scored_tokens) for e in evaluations(Pretended(patch, budget, **how).run())]
            for how in ({}, {"token": 1e-5 * slow, "step": 0.01 / slow})
        )
    assert one == other


def test_a_short_run_has_a_curve(monkeypatch) -> None:
    for budget in (Budget(seconds=10), Budget(steps=150), Budget(tokens=300_000)):
        seen = Pretended(monkeypatch, budget).run()
        assert len(evaluations(seen)) >= 20
        assert len(samples(seen)) >= 12


def test_a_long_run_is_looked_at_more_often(monkeypatch) -> None:
    hour = Pretended(monkeypatch, Budget(seconds=3600), step=0.5).run()
    assert 150 < len(evaluations(hour)) < 200  # twenty-four, times the root of sixty


def test_what_takes_longer_than_thought_is_left_out_for_a_while(monkeypatch) -> None:
    training = Pretended(monkeypatch, Budget(seconds=60), token=1e-4)
    side, score = SideWork(training), training.evaluate

    def slower(**how: int) -> Evaluated:
        for _ in range(20 if training.step > 9 else 1):
            found = score(**how)
        return found

    training.evaluate = slower
    while training._progress() < 1:
        training.step, training.now = training.step + 1, training.now + 0.01
        training.seconds = training.now
        if side.due():
            list(side.do())
        assert side.spent <= math.sqrt(training._progress()) * MOST * 60 + side.cost
    assert side.spent > 0.5 * MOST * 60


def test_asked_for_every_so_many_steps_all_score_what_the_settings_say(monkeypatch) -> None:
    settings = {"eval_every": 7, "eval_tokens": 5000}
    training = Pretended(monkeypatch, Budget(steps=30), token=1e-3, **settings)
    seen = training.run()
    assert [e.step for e in evaluations(seen)] == [7, 14, 21, 28, 30]
    assert {e.scored_tokens for _, e in seen if isinstance(e, Evaluated)} == {5000}
    assert len(samples(seen)) == 5


def test_a_resumed_run_scores_the_part_that_it_scored_before() -> None:
    """Or its curve would have a step, and its best could not be told."""
    training = Trainer(NextToken(), tiny_model("mlp", 5), {"train": stream(some_ids(500, 5))})
    training.part = 640
    from lm_core.training.resume import restore, training_tensors

    other = Trainer(NextToken(), tiny_model("mlp", 5), {"train": stream(some_ids(500, 5))})
    restore(other, training_tensors(training), {"step": 0, "tokens": 0, "seconds": 0.0})
    assert other.part == 640


def test_a_real_run_says_what_it_keeps() -> None:
    training = Trainer(
        NextToken(),
        tiny_model("mlp", TOKENIZER.vocab_size),
        {"train": RUNNING, "validation": RUNNING},
        settings=TrainSettings(batch_size=4, lr=0.5, grad_clip=0.0, keep_best=True),
        budget=Budget(steps=60),
        write=lambda model, seconds: "written",
    )
    events = list(training.run())
    scored = [e for e in events if isinstance(e, Evaluated) and e.split == "validation"]
    (kept,) = [e for e in events if isinstance(e, Evaluated) and e.split == KEPT]
    best = min(scored, key=lambda e: e.loss)
    assert kept.step == best.step
    assert kept.loss == training.evaluate().loss
    assert scored[-1].step == max(e.step for e in events if isinstance(e, Step)) == 60
