"""Whose turn it is, and about when a run is done: the rules of sharing.

    a run that was asked something   is heard at once
    a fresh one                      is begun at once, that of the visitor with the fewest first,
                                     and what only counts before it
    all others                       the visitor who has had the least time; of theirs the shortest

Who comes while others have had hours begins CATCHES_UP behind them, so that of a class who all come
within seconds each soon has had as much as any, and nobody waits long for one who comes late.
Fair is between visitors, not between runs: who has three moves each of them a third as fast.
"""

import json
import math
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lm_core.json_files import dumps
from lm_core.models import models
from lm_core.runs.spec import RunSpec
from lm_core.runs.store import Run, RunStore
from lm_core.training.events import Step


def fair_order(waiting: list[Run], going: list[Run], served: dict[str, int]) -> list[Run]:
    """Fair: what counts is done at once and comes first; then the visitor with the fewest runs
    going, then who has waited longest since a run of theirs began, then who asked first.

    Args:
        served: owner -> how many runs had begun when theirs last did.
    """
    load: dict[str, int] = {}
    for run in going:
        load[run.owner] = load.get(run.owner, 0) + 1
    served, left, order = dict(served), list(waiting), []
    while left:
        chosen = min(
            left, key=lambda r: (not counts(r), load.get(r.owner, 0), served.get(r.owner, 0))
        )
        left.remove(chosen)
        load[chosen.owner] = load.get(chosen.owner, 0) + 1
        served[chosen.owner] = max(served.values(), default=0) + 1
        order.append(chosen)
    return order


def counts(run: Run) -> bool:
    """Whether the run trains a model that counts: that takes a moment, and no steps downhill."""
    name = run.spec.get("model", {}).get("name")
    trains = run.kind == "train" and name in models
    return trains and models[name].build.learns_by == "counting"


def joinable(spec: dict[str, Any], runs: Iterable[Run], owner: str, server: int) -> Run | None:
    """A run of somebody else's that is to the letter what would be started: of a text that all may
    read, as it was begun, and steered by nobody."""
    if spec["data"]["name"] in ("own", "file"):
        return None
    wanted = json.loads(dumps(spec))
    for run in runs:
        steered = run.requested != "run" or run.single_steps or run.pause_at or run.lr_scale != 1.0
        theirs = run.owner != owner and run.server == server and run.kind == "train"
        if theirs and not steered and run.status != "paused" and run.spec == wanted:
            return run
    return None


CATCHES_UP = 2.0  # seconds of turns
WORTH_MOVING = 5.0  # seconds that a run still computes: saving it and reading it again takes one


@dataclass
class Going:
    """A run that has begun, between its turns or in one. `place` is the process whose memory has
    it, None where it is on disk."""

    run: str
    owner: str
    attempt: int
    place: int | None
    state: str = "ready"  # busy: in its turn; asleep: paused; moving: being saved; ready: else
    urgent: bool = False  # it was asked something
    since: float = 0.0  # when it came into its state
    left: float = math.inf  # seconds that it still computes, about
    lasts: float = 0.0  # seconds of its next turn; the first is over once it has shown something
    deaths: int = 0  # processes that ended in its turn
    steps: int = 0  # single ones that were granted when its last turn began


class Turns:
    """Who is going, and who is next. It is told what happens and starts nothing itself.

    Args:
        places: how many processes there are, until `has` says which.
    """

    def __init__(self, places: int) -> None:
        self.places: tuple[int, ...] = tuple(range(places))
        self.going: dict[str, Going] = {}
        self.used: dict[str, float] = {}  # seconds of turns, of each visitor who is here

    def __repr__(self) -> str:
        return f"Turns({len(self.going)} going on {len(self.places)})"

    def has(self, places: Iterable[int]) -> None:
        """These are there now. What was in the memory of another is on disk."""
        self.places = tuple(places)
        for one in self.going.values():
            if one.place not in self.places and one.state not in ("busy", "moving"):
                one.place = None

    def begin(self, run: str, owner: str, attempt: int, place: int | None) -> Going:
        """It has begun. A visitor who comes counts as one who had CATCHES_UP less time than those
        here had at least."""
        present = [self.used[one.owner] for one in self.awake()]
        least = min(present, default=0.0) - CATCHES_UP
        self.used[owner] = max(self.used.get(owner, 0.0), least)
        self.going[run] = Going(run, owner, attempt, place)
        return self.going[run]

    def end(self, run: str) -> None:
        gone = self.going.pop(run, None)
        if gone is not None and all(one.owner != gone.owner for one in self.going.values()):
            del self.used[gone.owner]

    def adopt(self, old: str, new: str) -> None:
        """The runs of one visitor are another's from now on."""
        if old in self.used:
            self.used[new] = max(self.used.pop(old), self.used.get(new, 0.0))
        for one in self.going.values():
            one.owner = new if one.owner == old else one.owner

    def awake(self, place: int | None = None) -> list[Going]:
        """Those that compute; at one place, or everywhere."""
        return [
            one
            for one in list(self.going.values())  # pages look while it changes
            if one.state != "asleep" and place in (None, one.place)
        ]

    def of(self, owner: str) -> int:
        """How many of a visitor's compute."""
        return sum(one.owner == owner for one in self.awake())

    def free(self) -> list[int]:
        """Places where no turn is going on, those with the fewest runs first; of equals the first
        that is named."""
        busy = {one.place for one in self.going.values() if one.state in ("busy", "moving")}
        there = [place for place in self.places if place not in busy]
        return sorted(there, key=lambda place: len(self.awake(place)))

    def asked(self, place: int, heard: Callable[[Going], bool]) -> Going | None:
        """Of those that were asked something, and are heard, the first."""
        return next((one for one in self._ready(place) if one.urgent and heard(one)), None)

    def next(self, place: int) -> Going | None:
        """Whose turn it is at a free place; None where nobody is there to have one."""
        return min(
            self._ready(place),
            key=lambda one: (self.used[one.owner], one.left, one.since),
            default=None,
        )

    def _ready(self, place: int) -> list[Going]:
        """At the emptiest place also those on disk."""
        places = {place}
        if len(self.awake(place)) == min(len(self.awake(k)) for k in self.places):
            places.add(None)
        return [one for one in self.going.values() if one.state == "ready" and one.place in places]

    def to_move(self) -> Going | None:
        """One that should go to another place, as two more are at its own than at the emptiest. It
        has to be saved there and read again, so it is the one that has the longest way to go."""
        if len(self.places) < 2:
            return None
        sizes = [len(self.awake(place)) for place in self.places]
        full = self.places[sizes.index(max(sizes))]
        moving = any(one.state == "moving" or one.place is None for one in self.going.values())
        if moving or max(sizes) - min(sizes) < 2:
            return None
        worth = [one for one in self._ready(full) if one.left > WORTH_MOVING]
        return max(worth, key=lambda one: one.left, default=None)


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


@dataclass(frozen=True)
class Outlook:
    """What somebody who waits may want to know. `every`: seconds from one turn to the next; `done`:
    seconds until it has ended, None where nobody knows."""

    sharing: int  # runs that have turns
    every: float
    done: float | None


def outlooks(left: Mapping[str, float | None], *, places: int, turn: float) -> dict[str, Outlook]:
    """Of runs that share so many processes, each at most one at a time.

    Args:
        left: seconds that each still computes.
        turn: seconds that one turn takes.
    """
    every = turn * max(1.0, len(left) / places)
    known = sorted((seconds, run) for run, seconds in left.items() if seconds is not None)
    found = {run: Outlook(len(left), every, None) for run in left}
    now = computed = 0.0
    for place, (seconds, run) in enumerate(known):
        sharing = len(left) - place
        now += (seconds - computed) * max(1.0, sharing / places)
        computed = seconds
        found[run] = Outlook(len(left), every, now)
    return found


def done_by_all(left: Iterable[float | None], seconds: float, *, places: int) -> float:
    """About how long one more run of so many seconds would take from now, beside those that go on;
    of these, whoever takes any time shares for all of it."""
    all_left = {str(number): one for number, one in enumerate(left)} | {"": seconds}
    done = outlooks(all_left, places=places, turn=1.0)[""].done
    return seconds if done is None else done
