"""What exists once for the whole server, whatever happens to Streamlit's caches."""

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class once(Generic[T]):
    """A function without arguments that makes its answer at the first call.

    `st.cache_resource` would not do: whoever is connected can empty it with one message, and a
    second manager of runs would start worker processes beside those of the first. Where making it
    fails, the next call tries again.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make, self._lock = make, Lock()
        self._made: list[T] = []

    def __call__(self) -> T:
        with self._lock:
            if not self._made:
                self._made.append(self._make())
            return self._made[0]

    @property
    def made(self) -> T | None:
        """The answer, where it has been asked for already."""
        return self._made[0] if self._made else None

    def clear(self) -> None:
        """Forget it, for a test that begins on another home."""
        self._made = []
