"""Pages are drawn one after the other."""

import threading
from contextlib import suppress

from pages._ui.shared.in_turn import InTurn
from tests.waiting import PATIENCE, until


class Visit(threading.Thread):
    """A page that is inside until it is told to leave."""

    def __init__(self, door: InTurn, name: str, inside: list[str], *, short: bool = False) -> None:
        super().__init__(daemon=True)
        self.door, self.called, self.inside, self.short = door, name, inside, short
        self.done = threading.Event()
        self.start()

    def run(self) -> None:
        with (
            self.door.turn(short=self.short),
            self.door.turn(),
        ):  # whoever is inside may enter again
            self.inside.append(self.called)
            assert self.done.wait(PATIENCE)

    def leave(self) -> None:
        self.done.set()
        self.join(PATIENCE)


def waiting(door: InTurn) -> int:
    return sum(map(len, door._waiting))


def test_one_at_a_time_in_the_order_in_which_they_came_and_looks_first() -> None:
    door, inside = InTurn(turn=PATIENCE), []
    visits = {}
    for number, name in enumerate(("first", "page", "other page", "look", "other look")):
        visits[name] = Visit(door, name, inside, short="look" in name)
        until(lambda n=number: len(inside) + waiting(door) == n + 1)
    order = ["first", "look", "other look", "page", "other page"]
    for place, name in enumerate(order, start=1):
        until(lambda n=place: len(inside) == n)
        assert inside == order[:place]
        visits[name].leave()
    assert not waiting(door)


def test_a_page_that_computes_for_long_keeps_nobody_waiting() -> None:
    door, inside = InTurn(turn=0.01), []
    slow, quick = Visit(door, "slow", inside), None
    until(lambda: inside == ["slow"])
    quick = Visit(door, "quick", inside)
    until(lambda: inside == ["slow", "quick"])
    slow.leave()  # and the one who came after it is still inside
    third = Visit(door, "third", inside)
    until(lambda: len(inside) == 3)
    quick.leave()
    third.leave()


def test_a_page_that_fails_leaves_too() -> None:
    door = InTurn(turn=PATIENCE)
    with suppress(ZeroDivisionError), door.turn():
        raise ZeroDivisionError
    with door.turn():
        assert door._inside is not None
