"""What pages send leaves in gathers: the thread of the connections is woken once for all elements
of a moment, not for each.

Streamlit wakes it by a byte through a socket for every element, and Python's right to compute goes
back and forth with each of them. How much of a page's time that is depends on the machine and on
what else it does: the fewer elements a page sends, the less is to be gained.
"""

from asyncio import AbstractEventLoop
from collections.abc import Callable
from contextlib import suppress
from threading import Lock

from streamlit.runtime.app_session import AppSession

MOMENT = 0.01  # s; Streamlit itself looks as often for what is to be sent


class Gathered:
    """Calls of any thread, made in the thread of a loop, in the order in which they were asked for.

    Raises:
        RuntimeError: from `call`, where the loop is closed.
    """

    def __init__(self, loop: AbstractEventLoop) -> None:
        self._loop, self._lock = loop, Lock()
        self._calls: list[Callable[[], None]] = []
        self._asked = False

    def call(self, function: Callable[[], None]) -> None:
        with self._lock:
            self._calls.append(function)
            if self._asked:
                return
            self._asked = True
        try:
            self._loop.call_soon_threadsafe(self._loop.call_later, MOMENT, self._make)
        except RuntimeError:
            self._take()
            raise

    def _make(self) -> None:
        for function in self._take():
            self._loop.call_soon(function)  # one that fails holds up no other

    def _take(self) -> list[Callable[[], None]]:
        with self._lock:
            calls, self._calls, self._asked = self._calls, [], False
        return calls


def install() -> None:
    """For all sessions of this process; once."""
    if hasattr(AppSession._call_soon_on_event_loop, "gathers"):
        return

    def soon(self: AppSession, function: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the server ends, and its loop with it
            vars(self).setdefault("gathered", Gathered(self._event_loop)).call(function)

    soon.gathers = True
    AppSession._call_soon_on_event_loop = soon
