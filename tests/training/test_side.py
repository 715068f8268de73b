"""What is done beside the steps keeps to its share, and leaves something for the end."""

import math
from itertools import pairwise
from types import SimpleNamespace

import pytest

from lm_core.training import Budget, TrainSettings
from lm_core.training import side as module
from lm_core.training.beside import Beside
from lm_core.training.events import Evaluated
from lm_core.training.side import SIDE_FREE, SIDE_SHARE, SideWork


class Pretended:
    """A training on a clock of its own: steps of 0.01 s, evaluations that take `cost` seconds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, seconds: float, cost: float) -> None:
        self.now, self.cost, self.seconds = 0.0, cost, 0.0
        self.step = self.tokens = 0
        self.settings, self.budget = TrainSettings(), Budget(seconds=seconds)
        self.data, self.write, self.aside = {"validation": None}, None, ()
        self.beside = Beside(self)
        self.weights = SimpleNamespace(shown=_Nothing, judge=lambda nats, tokens: None)
        clock = SimpleNamespace(perf_counter=lambda: self.now)
        monkeypatch.setattr(module, "time", clock)

    def evaluate(self) -> Evaluated:
        self.now += self.cost
        return Evaluated(self.step, 0, "validation", 2.0, 1, False)

    def run(self) -> list[float]:
        """When it was evaluated; the last time is the end."""
        side, times = SideWork(self), []
        while self.now < self.budget.seconds:
            self.step, self.now = self.step + 1, self.now + 0.01
            self.seconds = self.now
            if side.due():
                times.append(self.now)
                list(side.do())
        return [*times, self.now]


class _Nothing:
    def __enter__(self) -> None: ...

    def __exit__(self, *error: object) -> None: ...


@pytest.mark.parametrize("seconds", [60.0, 300.0])
@pytest.mark.parametrize("cost", [0.02, 0.2, 0.5])
def test_a_run_of_a_minute_spends_its_share_and_no_more(monkeypatch, seconds, cost) -> None:
    training = Pretended(monkeypatch, seconds=seconds, cost=cost)
    times = training.run()
    spent = cost * len(times)  # with the one at the end
    assert spent <= SIDE_SHARE * seconds + cost
    assert spent - cost >= 0.6 * min(SIDE_SHARE * seconds, cost * seconds / 0.5)


def test_more_of_it_early_where_the_curve_bends(monkeypatch) -> None:
    times = Pretended(monkeypatch, seconds=60, cost=0.1).run()
    early = sum(t < 15 for t in times)
    assert times[0] == pytest.approx(0.01)  # after the first step
    assert 0.4 < early / len(times) < 0.6  # sqrt(1/4)
    assert max(b - a for a, b in pairwise(times)) < 10


def test_a_short_run_has_a_curve(monkeypatch) -> None:
    times = Pretended(monkeypatch, seconds=10, cost=0.2).run()
    assert 5 <= len(times) <= SIDE_FREE / 0.2 + 1


def test_one_that_costs_more_than_the_share_is_done_at_the_ends(monkeypatch) -> None:
    assert len(Pretended(monkeypatch, seconds=20, cost=3.0).run()) == 2


def test_what_is_granted_is_half_at_a_quarter(monkeypatch) -> None:
    training = Pretended(monkeypatch, seconds=100, cost=0.1)
    side = SideWork(training)
    assert side._granted() == 0
    for seconds in (25.0, 100.0):
        training.seconds = seconds
        expected = math.sqrt(seconds / 100) * SIDE_SHARE * 100
        assert side._granted() == pytest.approx(expected)
