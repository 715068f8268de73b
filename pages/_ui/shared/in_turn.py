"""Pages are drawn one after the other, where many are asked for at once.

Python computes in one thread at a time, and Streamlit draws each page in a thread of its own that
lets go of that right at every element it sends. A dozen at once wait for each other at each of a
hundred elements, while the machine idles: every one takes as long as all of them. In turn each
takes as long as one. Parts that only look again take a fifth of a whole page, and come before it. A
page that computes for longer keeps nobody waiting: its turn is over then, and it goes on beside the
next.
"""

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock, local

TURN = 0.3  # seconds after which the next page need not wait any more


class InTurn:
    """A door through which one page goes at a time, in the order in which they came, `short` ones
    first.

        with door.turn():
            ...

    A thread that is inside may enter again.
    """

    def __init__(self, turn: float = TURN) -> None:
        self._turn, self._lock, self._mine = turn, Lock(), local()
        self._waiting: tuple[deque[Event], deque[Event]] = deque(), deque()  # short ones, others
        self._ends = 0.0  # when the turn of the one inside is over
        self._inside: object = None

    @contextmanager
    def turn(self, *, short: bool = False) -> Iterator[None]:
        if getattr(self._mine, "inside", False):
            yield
            return
        me = self._enter(self._waiting[0 if short else 1])
        self._mine.inside = True
        try:
            yield
        finally:
            self._mine.inside = False
            self._leave(me)

    def _enter(self, line: deque[Event]) -> Event:
        me = Event()
        with self._lock:
            line.append(me)
        while not self._may_enter(me):
            me.wait(self._turn)
            me.clear()
        return me

    def _may_enter(self, me: Event) -> bool:
        with self._lock:
            now = time.monotonic()
            if self._next()[0] is not me or (self._inside is not None and now < self._ends):
                return False
            self._next().popleft()
            self._inside, self._ends = me, now + self._turn
            return True

    def _next(self) -> deque[Event]:
        """The line whose first is next."""
        return self._waiting[0] or self._waiting[1]

    def _leave(self, me: Event) -> None:
        with self._lock:
            if self._inside is me:  # and not one who came after its turn was over
                self._inside = None
            if self._inside is None and self._next():
                self._next()[0].set()


DOOR = InTurn()
