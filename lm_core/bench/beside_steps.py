"""What a run does beside its steps, as shares of its time: evaluations, and samples of what it
writes, in a run as the Train screen starts it."""

import time
from collections.abc import Callable
from typing import Any

import torch

from lm_core.bench.result import Result
from lm_core.errors import LabError

SECONDS = 60.0  # the budget that the screen offers first
CORPUS, FAMILY = "names", "transformer"


def bench_beside_steps() -> list[Result]:
    """Of one default run: the share of evaluations, and of all that is done beside the steps."""
    from lm_core.runs.prepare import prepare
    from lm_core.runs.presets import default_spec
    from lm_core.runs.spec import CorpusSpec
    from lm_core.training import Budget, Trainer
    from lm_core.training.events import KEPT, Evaluated, Failed

    spec = default_spec(CorpusSpec(name=CORPUS), FAMILY, budget=Budget(seconds=SECONDS))
    ready = prepare(spec)
    evaluating, writing = Stopwatch(), Stopwatch()
    trainer = Trainer(
        ready.task,
        ready.model,
        ready.data,
        settings=spec.train,
        budget=spec.budget,
        seed=spec.seed,
        write=writing.around(ready.writer(spec.seed)),
    )
    trainer.evaluate = evaluating.around(trainer.evaluate)
    event, evaluations = None, 0
    for event in trainer.run():
        evaluations += isinstance(event, Evaluated) and event.split != KEPT
    if isinstance(event, Failed):
        raise LabError(event.reason)
    about: dict[str, Any] = {"corpus": CORPUS, "model": FAMILY, "seconds": SECONDS}
    about |= {"evaluations": evaluations, "threads": torch.get_num_threads()}
    shares = {"evaluation": evaluating.seconds, "beside": evaluating.seconds + writing.seconds}
    return [
        Result(
            f"train_{name}_share", 100 * seconds / trainer.seconds, "% of the time", False, about
        )
        for name, seconds in shares.items()
    ]


class Stopwatch:
    """Adds up the seconds that calls take."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def around(self, work: Callable[..., Any]) -> Callable[..., Any]:
        """`work`, timed."""

        def timed(*given: Any, **named: Any) -> Any:
            began = time.perf_counter()
            try:
                return work(*given, **named)
            finally:
                self.seconds += time.perf_counter() - began

        return timed
