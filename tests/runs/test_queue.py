"""Whose turn it is: a class that comes within seconds, and one who comes late."""

import pytest

from lm_core.runs.caps import Caps
from lm_core.runs.queue import CATCHES_UP, Turns

TURN = Caps().turn
LATE = 0.2  # seconds by which a turn ends late: an evaluation is not cut


class Class:
    """Pupils who press Start at their moments, and places that each compute one turn at a time."""

    def __init__(self, comes: dict[str, float], places: int = 2) -> None:
        self.turns, self.comes = Turns(places), dict(comes)
        self.now, self.trained = 0.0, dict.fromkeys(comes, 0.0)
        self.until: dict[int, tuple[float, str]] = {}  # when a place is free again

    def goes_on(self, until: float) -> None:
        while self.now < until:
            for place, (end, owner) in list(self.until.items()):
                if end <= self.now:
                    del self.until[place]
                    self.turns.going[owner].state = "ready"
            for place in self.turns.free():
                self._turn(place)
            self.now += 0.05

    def _turn(self, place: int) -> None:
        fresh = next((who for who, at in self.comes.items() if at <= self.now), None)
        if fresh is not None:
            del self.comes[fresh]
            self.turns.begin(fresh, fresh, 0, place)
        going = self.turns.going[fresh] if fresh else self.turns.next(place)
        if going is None:
            return
        seconds = LATE if fresh else TURN + LATE
        going.state, going.since = "busy", self.now
        self.turns.used[going.owner] += seconds
        self.trained[going.owner] += seconds
        self.until[place] = self.now + seconds, going.run

    @property
    def spread(self) -> float:
        """Largest deviation from the mean, as a share of it."""
        mean = sum(self.trained.values()) / len(self.trained)
        return max(abs(one - mean) for one in self.trained.values()) / mean


@pytest.mark.parametrize("within", [0.0, 3.0, 10.0])
def test_all_of_a_class_have_had_as_much_when_each_has_had_five_seconds(within: float) -> None:
    room = Class({f"pupil {k}": within * k / 30 for k in range(30)})
    while sum(room.trained.values()) < 5 * 30:
        room.goes_on(room.now + 1)
    assert not room.comes
    for _ in range(60):
        assert room.spread <= 0.2
        room.goes_on(room.now + 1)


def test_who_comes_late_catches_up_a_little_and_then_takes_turns() -> None:
    room = Class({"ada": 0.0, "bob": 0.0, "late": 60.0}, places=1)
    room.goes_on(59.9)
    before = dict(room.trained)
    room.goes_on(60 + CATCHES_UP + TURN)
    assert room.trained["late"] >= CATCHES_UP
    room.goes_on(90)
    had = {name: room.trained[name] - before.get(name, 0.0) for name in room.trained}
    assert had["late"] == pytest.approx(had["ada"] + CATCHES_UP, abs=2 * TURN)
    assert had["ada"] == pytest.approx(had["bob"], abs=2 * TURN)
