"""A command of the lab in a process of its own, while the page that asked for it stays alive.

    asides.start(("onnx", run), "export", folder, "--format", "onnx", "--out", file)
    job = asides.of(("onnx", run))      job.running, job.seconds, job.error, job.answer

What takes long and holds the interpreter (an export, a whole split to score) would hold up every
visitor's page. They take turns, one process at a time, and are last to get the processor.
"""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any

from lm_core.errors import LabError
from lm_core.json_files import numbers

ROOT = Path(__file__).resolve().parents[2]
MOST = 200  # jobs that are remembered after they ended
GENTLY = 10  # how far it steps back for others, as `nice` counts


class Aside:
    """One command on its way. A page only ever reads it, or asks it to stop.

    Args:
        turn: held while the process runs.
        done: told the answer when there is one, in the job's own thread; a LabError that it raises
            becomes the job's.
    """

    def __init__(
        self,
        arguments: tuple[str, ...],
        turn: threading.Lock,
        done: Callable[[dict[str, Any]], None] | None = None,
    ) -> None:
        self.answer: dict[str, Any] | None = None
        self.error = ""  # a sentence to show, "" while nothing went wrong
        self._arguments, self._turn, self._done = arguments, turn, done
        self._defect: BaseException | None = None
        self._stopped = threading.Event()
        self._began: float | None = None
        self._process: subprocess.Popen | None = None
        self._thread = threading.Thread(target=self._run, name=arguments[0], daemon=True)
        self._thread.start()

    def __repr__(self) -> str:
        return f"Aside({' '.join(self._arguments)})"

    @property
    def running(self) -> bool:
        """Whether it goes on, or waits for its turn."""
        return self._thread.is_alive()

    @property
    def seconds(self) -> float | None:
        """Since its process began; None while it waits for its turn."""
        return None if self._began is None else time.monotonic() - self._began

    def stop(self) -> None:
        """End it; nothing comes of it."""
        self._stopped.set()
        with contextlib.suppress(AttributeError, OSError):
            self._process.kill()

    def join(self, seconds: float | None = None) -> None:
        """Wait until it has ended."""
        self._thread.join(seconds)

    def check(self) -> None:
        """Let a defect of ours surface on the page instead of ending in a thread nobody reads."""
        if self._defect is not None:
            raise self._defect

    def _run(self) -> None:
        try:
            with self._turn:
                if not self._stopped.is_set():
                    self._work()
        except LabError as error:
            self.error = str(error)
        except BaseException as error:
            self._defect = error

    def _work(self) -> None:
        self._began = time.monotonic()
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "lm_core", *self._arguments, "--json"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"},
            start_new_session=True,  # Ctrl-C ends the page alone
        )
        if hasattr(os, "setpriority"):
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self._process.pid, GENTLY)
        if self._stopped.is_set():  # meanwhile
            self._process.kill()
        said, told = self._process.communicate()
        if self._stopped.is_set():
            return
        if self._process.returncode == 2:
            raise LabError(
                (told.strip() or "It ended without a reason: try it again.").splitlines()[-1]
            )
        if self._process.returncode < 0:
            raise LabError("It was ended from outside, often for want of memory: try it again.")
        if self._process.returncode:
            raise RuntimeError(f"{self._arguments[0]} broke:\n{told}")
        answer = numbers(json.loads(said.splitlines()[-1]))
        if self._done is not None:
            self._done(answer)
        self.answer = answer


class Asides:
    """The jobs of a server, by what they are for: each is there once."""

    def __init__(self) -> None:
        self._jobs: dict[Hashable, Aside] = {}
        self._lock, self._turn = threading.Lock(), threading.Lock()

    def __repr__(self) -> str:
        return f"Asides({len(self._jobs)})"

    def of(self, key: Hashable) -> Aside | None:
        """The job of that key, on its way or ended; None where there is none."""
        return self._jobs.get(key)

    def start(
        self,
        key: Hashable,
        *arguments: str,
        done: Callable[[dict[str, Any]], None] | None = None,
    ) -> Aside:
        """Begin a job, unless the one of that key goes on.

        Args:
            arguments: as after `python -m lm_core`; `--json` is added.
            done: as for `Aside`.
        """
        with self._lock:
            known = self._jobs.get(key)
            if known is None or not known.running:
                self._jobs.pop(key, None)
                self._jobs[key] = Aside(arguments, self._turn, done)
                for old in [k for k, job in self._jobs.items() if not job.running][:-MOST]:
                    del self._jobs[old]
            return self._jobs[key]

    def forget(self, key: Hashable) -> None:
        """It is over, or to be stopped, and no longer spoken of."""
        with self._lock:
            job = self._jobs.pop(key, None)
        if job is not None:
            job.stop()
