"""What there is to see of a run while it learns, for every family: how many evaluations and samples
come in a minute, how evenly, and what share of the time they take; on a machine as it is, and with
one busy process beside it. It takes most of an hour."""

from collections.abc import Iterator
from contextlib import nullcontext
from itertools import pairwise

import torch

from lm_core.bench.beside_steps import Stopwatch
from lm_core.bench.result import Result
from lm_core.bench.threads import busy_process
from lm_core.errors import LabError

SECONDS = 60.0  # the budget that the Train screen offers first
TEXTS = ("names", "speeches")


def bench_watch() -> list[Result]:
    """Of the default run of each family that learns on each text: evaluations, samples, the longest
    time between two evaluations, and the share of the time that all of it took."""
    from lm_core.models import models
    from lm_core.runs.prepare import prepare
    from lm_core.runs.presets import default_spec
    from lm_core.runs.spec import CorpusSpec
    from lm_core.tasks import families_for
    from lm_core.training import Budget

    results: list[Result] = []
    for text in TEXTS:
        data = CorpusSpec(name=text)
        learning = families_for(data.holds)
        for family in filter(learning.__contains__, models.names()):
            spec = default_spec(data, family, budget=Budget(seconds=SECONDS))
            for world, around in (("quiet", nullcontext), ("busy", busy_process)):
                with around():
                    results += _watched(prepare(spec), f"{text}_{family}_{world}")
    return results


def _watched(ready, name: str) -> Iterator[Result]:
    from lm_core.machine import cores
    from lm_core.runs.probing import Probe
    from lm_core.training import Trainer
    from lm_core.training.events import KEPT, Evaluated, Failed, Sampled

    spec, beside = ready.spec, Stopwatch()
    trainer = Trainer(
        ready.task,
        ready.model,
        ready.data,
        settings=spec.train,
        budget=spec.budget,
        seed=spec.seed,
        threads=cores(),
        write=beside.around(ready.writer(spec.seed)),
        aside=[beside.around(Probe(ready))],
    )
    trainer.evaluate = beside.around(trainer.evaluate)
    torch.set_num_threads(1)
    scored, samples, kept, event = [], 0, None, None
    for event in trainer.run():
        if isinstance(event, Evaluated) and event.split == KEPT:
            kept = event
        elif isinstance(event, Evaluated):
            scored.append((trainer.seconds, event))
        samples += isinstance(event, Sampled)
    if isinstance(event, Failed):
        raise LabError(f"{name}: {event.reason}")
    times = [seconds for seconds, _ in scored]
    about = {
        "samples": samples,
        "share": f"{100 * beside.seconds / trainer.seconds:.1f} %",
        "seconds": round(trainer.seconds, 1),
        "longest_wait": f"{max((b - a for a, b in pairwise(times)), default=0.0):.1f} s",
        "steps": trainer.step,
        "tokens_scored": scored[-1][1].scored_tokens,
        "and_in_the_end": kept.scored_tokens if kept else scored[-1][1].scored_tokens,
    }
    yield Result(f"watch_{name}", len(scored), "evaluations", True, about)
