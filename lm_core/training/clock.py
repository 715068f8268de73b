"""Seconds of training, pauses left out."""

import time


class Clock:
    """Args:
    already: seconds trained before, by a run that is resumed.
    """

    def __init__(self, already: float) -> None:
        self._before, self._since = already, time.perf_counter()

    def seconds(self) -> float:
        return self._before + (time.perf_counter() - self._since)

    def stop(self) -> None:
        self._before = self.seconds()

    def go(self) -> None:
        self._since = time.perf_counter()
