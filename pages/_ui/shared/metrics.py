"""The lab's own numbers among those that Streamlit gives a monitor, at `/_stcore/metrics`.

Sums over everybody and nothing else: no id, no title, no text is among them.

    lab_runs{state="queued"}    how many wait, start, run and are paused, on this home folder
    lab_workers                 worker processes that are there
    lab_memory_bytes            what the server and its workers hold
    lab_free_memory_bytes       what the machine, or the container, has left
    lab_free_disk_bytes         what the disk of the home folder has left

A number that cannot be found out, as of a home folder that cannot be read, is missing.
"""

import os
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from streamlit import runtime
from streamlit.runtime.stats import GaugeStat

from lm_core.errors import StoreUnavailable
from lm_core.home import home_folder
from lm_core.machine import family_memory, free_memory
from pages._ui.shared import session

HELP = {
    "lab_runs": "Runs that have not ended, by how they stand.",
    "lab_workers": "Worker processes that are there.",
    "lab_memory_bytes": "Main memory that the server and its workers hold.",
    "lab_free_memory_bytes": "Main memory that the machine or the container has left.",
    "lab_free_disk_bytes": "Space that the disk of the home folder has left.",
}
STATES = ("queued", "starting", "running", "paused")
FRESH = 2.0  # seconds for which an answer holds, however often it is asked for
Stats = Mapping[str, Sequence[GaugeStat]]


class LabNumbers:
    """A provider, as Streamlit calls it, which is asked in threads of the server."""

    stats_families = tuple(HELP)

    def __init__(self) -> None:
        self._kept: tuple[float, Stats] = (float("-inf"), {})

    def get_stats(self, family_names: Sequence[str] | None = None) -> Stats:
        at, found = self._kept
        if time.monotonic() - at > FRESH:
            found = {name: gauges for name, *gauges in _found()}
            self._kept = time.monotonic(), found
        return {name: found[name] for name in found if name in (family_names or found)}


def provide() -> None:
    """Once, when the server starts."""
    runtime.get_instance().stats_mgr.register_provider(LabNumbers())


def _found() -> Iterator[list]:
    """What can be found out now: a name, and its numbers."""
    numbers = {"lab_memory_bytes": family_memory(os.getpid())}
    numbers["lab_free_memory_bytes"] = free_memory()
    with suppress(StoreUnavailable):
        going, numbers["lab_workers"] = session.looked_at()
        counted = Counter(going)
        yield ["lab_runs", *(_gauge("lab_runs", counted[s], {"state": s}) for s in STATES)]
    with suppress(StoreUnavailable, OSError):  # a folder that nobody has needed yet
        numbers["lab_free_disk_bytes"] = shutil.disk_usage(home_folder()).free
    yield from ([name, _gauge(name, n)] for name, n in numbers.items() if n is not None)


def _gauge(name: str, value: int, labels: dict[str, str] | None = None) -> GaugeStat:
    unit = "bytes" if name.endswith("_bytes") else ""
    return GaugeStat(name, value, labels, unit, HELP[name])
