"""What it costs that runs take turns: as many steps, one run after the other or in turns of all."""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from lm_core.bench.result import Result

RUNS, STEPS, ROUNDS = 4, 150, 3
Work = Callable[[str, dict[str, int]], None]  # a home, and the attempt at each run


def turn_cost(runs: int = RUNS, steps: int = STEPS, rounds: int = ROUNDS) -> list[Result]:
    """`class_slice_cost`: percent of the processor time that goes into setting runs down and taking
    them up again; the median of rounds in which both ways alternate, in this process, on one
    thread."""
    from lm_core.runs.caps import caps
    from lm_core.runs.worker import warm_up

    with tempfile.TemporaryDirectory() as home:
        warm_up()
        times = [
            (_seconds(home, runs, steps, _in_a_row), _seconds(home, runs, steps, _in_turns))
            for _ in range(rounds)
        ]
    costs = [100 * (turns / row - 1) for row, turns in times]
    about = {"corpus": "names", "model": "transformer", "runs": runs, "steps": steps}
    about["turn"] = caps().turn
    return [Result("class_slice_cost", statistics.median(costs), "%", False, about)]


def _seconds(
    home: str, runs: int, steps: int, work: Callable[[str, dict[str, int]], None]
) -> float:
    from lm_core.runs.presets import default_spec
    from lm_core.runs.spec import CorpusSpec
    from lm_core.runs.store import RunStore
    from lm_core.training import Budget

    store = RunStore(Path(home))
    spec = default_spec(CorpusSpec(name="names"), "transformer", budget=Budget(steps=steps))
    made = [store.create("bench", "", spec.to_dict()) for _ in range(runs)]
    handed = {run: store.hand_over(run) for run in made}
    began = time.process_time()
    work(home, handed)
    return time.process_time() - began


def _in_a_row(home: str, attempts: dict[str, int]) -> None:
    from lm_core.runs.worker import execute

    for run, attempt in attempts.items():
        execute(home, run, attempt)


def _in_turns(home: str, attempts: dict[str, int]) -> None:
    from lm_core.runs.caps import caps
    from lm_core.runs.worker import execute

    left = dict(attempts)
    while left:
        for run, attempt in [*left.items()]:
            if isinstance(execute(home, run, attempt, caps().turn), str):
                del left[run]
