"""What the lab asks of a worker of a Dask cluster: to join, to do a task, to leave (see
`lm_core.runs.cluster`). Dask finds these functions by their names, in the worker's own copy.

Light to import, as a worker's nanny does so too: torch comes with `join`.
"""

import contextlib
import gc
import json
import os
import secrets
import signal
import time
from pathlib import Path
from typing import Any

import lm_core
from lm_core.errors import LabError, StoreUnavailable
from lm_core.json_files import dumps
from lm_core.machine import cores
from lm_core.runs.processes import answered

SWEEP = 60.0  # seconds between two looks for runs that are not this process's any more
PROCESS = secrets.token_hex(8)
_state = {"warm": False, "swept": 0.0}


def join(given: dict[str, str], mark: str, version: str) -> dict[str, Any]:
    """Become a place of a lab: take its settings, see its home folder, import what runs need.

    Args:
        given: the lab's own environment variables, which a local worker would inherit.
        mark: an empty folder in the lab's home, made for this.

    Raises:
        LabError: what has to be mended before this worker can be used.
    """
    if not Path(mark).exists():
        raise LabError(
            f"the lab's home folder {given['LM_LAB_HOME']} is not there on its machine: share the "
            "folder with it under the same path"
        )
    if version != lm_core.__version__:
        raise LabError(f"it has lm_core {lm_core.__version__} and the lab {version}: update one")
    os.environ.update(given)
    if not _state["warm"]:
        # Dask allows one thread. How many of the cores a run uses it finds out while it goes on.
        os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS"), str(cores())))
        from lm_core.runs.worker import warm_up

        warm_up()
        if hasattr(os, "nice"):  # of this thread on Linux: the one that answers the scheduler stays
            os.nice(10)  # quick. Not sooner, as imports hold up both.
        _state["warm"] = True
    from lm_core.runs.job import PARENT_GONE

    PARENT_GONE.clear()  # an earlier lab has closed
    return {"process": PROCESS, "pid": os.getpid()}


def do(process: str, call: str, args: str) -> str:
    """A task of the lab for this process and no other, "" for whichever it is; its answer."""
    if process not in ("", PROCESS):
        return dumps({"gone": True})
    answer = dumps(answered(call, json.loads(args)))
    if time.monotonic() - _state["swept"] > SWEEP:
        _state["swept"] = time.monotonic()
        _sweep()
    return answer


def _sweep() -> None:
    """Forget runs that go on elsewhere, or not at all: of a lab that was killed, or lost for a
    while."""
    from lm_core.runs.held import HeldStore, RunLost
    from lm_core.runs.worker import JOBS

    for (home, run), (attempt, job) in list(JOBS.items()):
        try:
            with contextlib.suppress(StoreUnavailable):
                HeldStore(Path(home), run, attempt).check()
        except RunLost:
            del JOBS[home, run]
            job.close()
    gc.collect()


def hear_of_the_end() -> None:
    """Beside a task that goes on."""
    from lm_core.runs.job import PARENT_GONE

    PARENT_GONE.set()


def leave(process: str) -> str:
    """The lab closes: what this process has of its runs is saved and forgotten."""
    from lm_core.runs.job import PARENT_GONE
    from lm_core.runs.worker import end_all

    if process == PROCESS:
        PARENT_GONE.set()
        end_all()
        PARENT_GONE.clear()
    return dumps(None)


def end_process(pid: int) -> None:
    os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
