"""Who is next, and about when: the rules of the queue, without the queue itself."""

import heapq
import math
import time
from collections.abc import Sequence
from itertools import takewhile

from lm_core.runs.spec import RunSpec
from lm_core.runs.store import Run, RunStore
from lm_core.training.events import Step


def fair_order(waiting: list[Run], going: list[Run], served: dict[str, int]) -> list[Run]:
    """Fair: the visitor with the fewest runs going comes first, then who has waited longest since
    a run of theirs began, then who asked first.

    Args:
        served: owner -> how many runs had begun when theirs last did.
    """
    load: dict[str, int] = {}
    for run in going:
        load[run.owner] = load.get(run.owner, 0) + 1
    served, left, order = dict(served), list(waiting), []
    while left:
        chosen = min(left, key=lambda r: (load.get(r.owner, 0), served.get(r.owner, 0)))
        left.remove(chosen)
        load[chosen.owner] = load.get(chosen.owner, 0) + 1
        served[chosen.owner] = max(served.values(), default=0) + 1
        order.append(chosen)
    return order


def seconds_left(store: RunStore, run: Run) -> float | None:
    """How long a run still computes, by its budget and, for one of steps or tokens, by its speed so
    far; a doctor's job by the seconds it was given. None where nobody knows: it is paused, has not
    taken a step yet, or was given none."""
    if run.status == "paused":
        return None
    if run.kind == "doctor":
        given = run.options.get("seconds")
        gone = time.time() - run.started if run.started and run.status != "queued" else 0.0
        return max(0.0, given - gone) if isinstance(given, int | float) else None
    last = store.last(Step, run.id) or {"step": 0, "tokens": 0, "seconds": 0.0}
    share = RunSpec.from_dict(run.spec, trusted=True).budget.progress(
        last["step"], last["tokens"], last["seconds"]
    )
    seconds = run.spec["budget"].get("seconds")
    if seconds is not None:
        return max(0.0, seconds - last["seconds"])
    return None if share == 0 else max(0.0, last["seconds"] * (1 / share - 1))


def seconds_until(
    store: RunStore, run: str, going: Sequence[Run], order: Sequence[Run], *, slots: int
) -> float | None:
    """About when a waiting run begins, if each before it takes the first free slot for as long as
    it still has to go. None when `run` is not in `order`, or may have to wait for any time."""
    before = list(takewhile(lambda r: r.id != run, order))
    if len(before) == len(order):
        return None
    free = [0.0] * slots
    for one in (*going, *before):
        left = seconds_left(store, one)
        heapq.heappush(free, heapq.heappop(free) + (math.inf if left is None else left))
    return free[0] if math.isfinite(free[0]) else None
