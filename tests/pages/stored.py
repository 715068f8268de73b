"""Runs for screens to show: written into the store as a worker writes them, without training."""

import math
from typing import Any

from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.runs.store import RunStore
from lm_core.training.events import Evaluated, Probed, Sampled, Step
from pages._ui.shared import session

PROBE = ["e", "m", "m", "a", "⏎"]
FACTS = {
    "vocab_size": 27,
    "unit": "nats per character",
    "counts": {"validation": {"tokens": 700, "characters": 700, "bytes": 700}},
    "probe": PROBE,
}


def spec(model: str = "transformer", **train: Any) -> RunSpec:
    """A run on names."""
    usual = default_spec(CorpusSpec(name="names"), model)
    return RunSpec.from_dict(usual.to_dict() | {"train": usual.train.to_dict() | train})


def stored_run(
    owner: str,
    given: RunSpec | None = None,
    *,
    title: str = "Transformer, US first names, 2017",
    steps: int = 120,
    ends: float = 2.0,
    status: str = "finished",
    **columns: Any,
) -> str:
    """A run whose loss falls from ln 27 to near `ends`; one that is active stays so."""
    runs = session._manager()
    server = runs._presence.id
    given = given or spec()
    run = runs.store.create(owner, title, given.to_dict(), server=server)
    if status in ("running", "paused", "starting") and not columns.get("parent"):
        going = runs._turns.begin(run, owner, 1, 0)  # as if a worker had it
        going.state = "asleep" if status == "paused" else "busy"
    store = runs.store
    store.update(run, status=status, facts=columns.pop("facts", FACTS), **columns)
    store.record(run, events(steps, ends, given.train.lr))
    return run


def events(steps: int, ends: float, lr: float) -> list:
    shown: list = []
    for step in range(1, steps + 1):
        nats = ends + (math.log(27) - ends) * math.exp(-(step - 1) / 20)
        seconds = 0.01 * step
        shown.append(Step(step, 64 * step, seconds, nats, lr, 0.5, 6400.0))
        if step % 20 == 1:
            shown.append(Evaluated(step, 64 * step, "validation", nats + 0.01, 700, True))
            shown.append(Sampled(step, "ab", (("a", 0.4), ("b", 0.001))))
            shown.append(Probed(step, (math.nan, nats, nats, nats, 0.1)))
    return shown


def forget(store: RunStore, *runs: str) -> None:
    """Remove runs that no worker would ever end."""
    for run in runs:
        session._manager()._turns.end(run)
        store.update(run, status="stopped")
        store.delete(run, store.get(run).owner)
