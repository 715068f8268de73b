"""Watching measured: what it costs a training that it is shown, how soon pause and stop are heard,
and how long the numbers of a long curve take from the store to the chart.
"""

import importlib
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from lm_core.bench.result import Result
from lm_core.bench.start import until

if TYPE_CHECKING:
    from lm_core.runs.spec import RunSpec
    from lm_core.runs.store import RunStore
    from lm_core.training.callbacks import Callback
    from lm_core.training.events import Event

SECONDS = 30.0  # of each training, with and without
ROUNDS = 7
POINTS, NEW = 20_000, 25  # steps of a long run; and of half a second


def bench_live() -> list[Result]:
    """Overhead of reporting, reaction times, and the data of the live chart."""
    with _home() as home:
        return [*_overhead(home), *_reactions(home), *_chart(home)]


@contextmanager
def _home() -> Iterator[Path]:
    """A home folder of its own."""
    before = os.environ.get("LM_LAB_HOME")
    with tempfile.TemporaryDirectory(prefix="lm-bench-") as home:
        os.environ["LM_LAB_HOME"] = home
        try:
            yield Path(home)
        finally:
            os.environ.pop("LM_LAB_HOME")
            if before is not None:
                os.environ["LM_LAB_HOME"] = before


# What reporting costs -----------------------------------------------------------------------------


def _overhead(home: Path) -> list[Result]:
    """A training with all that a worker adds to show it, and without; both evaluate, write and
    save. Twice each, in the order that leaves nothing to a machine that gets slower: with,
    without, without, with. And, within the former, the time that was spent on showing."""
    import torch

    from lm_core.runs.presets import default_spec
    from lm_core.runs.spec import CorpusSpec
    from lm_core.runs.store import RunStore
    from lm_core.training import Budget

    store, threads = RunStore(home), torch.get_num_threads()
    spec = default_spec(CorpusSpec(name="names"), "transformer", budget=Budget(seconds=SECONDS))
    torch.set_num_threads(1)  # kept, so that nothing but the reporting differs
    try:
        trained = [_train(store, spec, shown=shown) for shown in (True, False, False, True)]
    finally:
        torch.set_num_threads(threads)
    steps = {shown: sum(t.steps for t in trained if t.shown is shown) for shown in (True, False)}
    inside = statistics.mean(t.share for t in trained if t.shown)
    about = {"corpus": "names", "model": "transformer", "seconds": SECONDS}
    missing = 100 * (1 - steps[True] / steps[False])
    return [
        Result("reporting_steps_missed", missing, "%", False, about | {"steps": steps[False] // 2}),
        Result("reporting_time", 100 * inside, "% of the time", False, about),
    ]


@dataclass(frozen=True)
class _Trained:
    shown: bool
    steps: int
    share: float  # of the seconds, that was spent on showing


def _train(store: "RunStore", spec: "RunSpec", *, shown: bool) -> _Trained:
    from lm_core.device import choose_device
    from lm_core.runs.held import HeldStore
    from lm_core.runs.prepare import prepare
    from lm_core.runs.reporting import Reporting
    from lm_core.runs.worker import recorded, training_of

    run, prepared = store.create("bench", "", spec.to_dict()), prepare(spec)
    held, device = HeldStore(store.folder, run, store.hand_over(run)), choose_device("cpu", 1)
    reporting, spent = Reporting(held, run, prepared), _Spent()
    about = SimpleNamespace(
        callbacks=[spent.of(watcher) for watcher in reporting.callbacks] if shown else (),
        aside=[spent.timed(make) for make in reporting.aside] if shown else (),
    )
    training = training_of(held, run, prepared, device, about)
    trainer = training.trainer
    began = time.perf_counter()
    if shown:
        events = spent.between(trainer.run())
        trainer.run = lambda: events
        for _ in recorded(held, run, training, reporting.snapshots):
            pass
    else:
        for _ in trainer.run():
            pass
    return _Trained(shown, trainer.step, spent.seconds / (time.perf_counter() - began))


class _Spent:
    """Seconds that went into showing, wherever in the loop that is."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def timed(self, make: Callable) -> Callable:
        def call(*given: Any) -> Any:
            began = time.perf_counter()
            try:
                return make(*given)
            finally:
                self.seconds += time.perf_counter() - began

        return call

    def of(self, watcher: "Callback") -> SimpleNamespace:
        """The watcher, with a watch."""
        after = self.timed(lambda trainer: list(watcher.after(trainer)))
        parts = {name: self.timed(getattr(watcher, name)) for name in ("before", "gradients")}
        wants = self.timed(watcher.wants)
        return SimpleNamespace(part=watcher.part, wants=wants, after=after, **parts)

    def between(self, events: Iterator["Event"]) -> Iterator["Event"]:
        """What whoever takes the events does with each."""
        for event in events:
            began = time.perf_counter()
            yield event
            self.seconds += time.perf_counter() - began


# How soon it hears --------------------------------------------------------------------------------


def _reactions(home: Path) -> list[Result]:
    """From the press of a button until the store says that it is so, medians."""
    from lm_core.runs.manager import RunManager
    from lm_core.runs.owners import new_owner
    from lm_core.runs.presets import default_spec
    from lm_core.runs.spec import CorpusSpec
    from lm_core.runs.store import RunStore
    from lm_core.training import Budget
    from lm_core.training.events import Step

    store, owner = RunStore(home), new_owner()
    manager = RunManager(store)
    spec = default_spec(CorpusSpec(name="names"), "transformer", budget=Budget(seconds=600))
    times: dict[str, list[float]] = {"pause": [], "resume": [], "stop": []}

    def took(what: str, is_so: Callable[[], bool]) -> None:
        began = time.perf_counter()
        getattr(manager, what)(run, owner)
        times[what].append(1000 * until(is_so, began))

    try:
        manager.backend.wait_until_warm()
        for _ in range(ROUNDS):
            run = manager.start(spec, owner)
            until(lambda: store.last(Step, run) is not None, time.perf_counter())  # noqa: B023
            time.sleep(0.5)
            took("pause", lambda: store.get(run).status == "paused")  # noqa: B023
            took("resume", lambda: store.get(run).status == "running")  # noqa: B023
            time.sleep(0.5)
            took("stop", lambda: not store.get(run).active)  # noqa: B023
    finally:
        manager.close()
    about = {"corpus": "names", "model": "transformer", "rounds": ROUNDS}
    return [
        Result(f"reaction_{what}", statistics.median(all_), "ms", False, about)
        for what, all_ in times.items()
    ]


# The data of the live chart -----------------------------------------------------------------------


def _chart(home: Path) -> list[Result]:
    """From the store to the chart, as a page that watches a run does it: everything at its first
    look, what is new at any other; and the decimated chart from what it holds."""
    import pandas as pd

    from lm_core.runs.store import RunStore
    from lm_core.training.events import Evaluated, Step

    curves = importlib.import_module("lm_core.charts.curves")  # no part of the library draws
    store = RunStore(home)
    run = store.create("bench", "", {})
    noise = random.Random(0)
    store.record(run, (_step(k, noise.gauss(0, 0.1)) for k in range(1, POINTS + 1)))
    store.record(
        run, (Evaluated(k, k, "validation", 3.0, 100, False) for k in range(50, POINTS, 100))
    )
    seen = store.last(Step, run)["seq"] - NEW

    def drawn() -> None:
        curves.loss_curve(train, validation).figure.to_dict()

    first = _median_ms(lambda: store.since(Step, run))
    later = _median_ms(lambda: store.since(Step, run, seen))
    train = pd.DataFrame(store.since(Step, run))[["step", "nats"]]
    train = train.rename(columns={"nats": "train_nats"})
    validation = pd.DataFrame(store.since(Evaluated, run))[["step", "nats"]]
    about = {"points": POINTS}
    return [
        Result("chart_first_look", first, "ms", False, about),
        Result("chart_new_points", later, "ms", False, about | {"new": NEW}),
        Result("chart_made", _median_ms(drawn), "ms", False, about),
    ]


def _step(k: int, noise: float) -> "Event":
    from lm_core.training.events import Step

    return Step(k, 500 * k, k / 100, 3.0 + 2.0 / k**0.5 + noise, 1e-3, 0.5, 5e4)


def _median_ms(do: Callable[[], object]) -> float:
    def once() -> float:
        began = time.perf_counter()
        do()
        return 1000 * (time.perf_counter() - began)

    once()
    return statistics.median(once() for _ in range(ROUNDS))
