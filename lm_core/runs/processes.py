"""Worker processes behind the face of a `concurrent.futures.Executor`.

The standard ProcessPoolExecutor ends every task when one of its processes is killed; here a killed
process costs its own task alone and a fresh one takes its place. Processes are started ahead of
time, so that torch is imported before anyone waits for it, and end when their parent does.
"""

import contextlib
import gc
import importlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

from lm_core.errors import LabError
from lm_core.json_files import dumps
from lm_core.machine import cores, resident_memory

FIRST_TO_GO = 800  # of 1000: what Linux adds to a worker's size where it chooses whom to end
MOST_HELD = 1e9  # bytes that a worker may still hold after a task; torch alone holds a third of it
WINDOWS_FLAGS = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) | getattr(
    subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0
)  # elsewhere 0: `os.nice` and a session of its own do the same


class WorkerDied(RuntimeError):
    """The process ended before its task did. `str(error)` is a sentence for people."""


def worker_count() -> int:
    """`LM_LAB_WORKERS`, else half the cores, at least one."""
    try:
        return max(1, int(os.environ["LM_LAB_WORKERS"]))
    except (KeyError, ValueError):
        return max(1, cores() // 2)


class LocalProcesses(Executor):
    """`submit(function, *args)` runs a module-level function in a warm process of its own.

    Arguments and results travel as JSON. Nothing is pickled.
    """

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or worker_count()
        self._tasks: queue.SimpleQueue = queue.SimpleQueue()
        self._closing = threading.Event()
        self._slots = [_Slot(self, i) for i in range(self.workers)]

    def __repr__(self) -> str:
        return f"LocalProcesses({self.workers})"

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> Future:
        future: Future = Future()
        self._tasks.put((future, f"{fn.__module__}:{fn.__qualname__}", args))
        return future

    def kill(self, future: Future) -> None:
        """End the process that does this task, whether it listens or not (it may have been halted),
        as nothing else reaches such a one; the task then ends with `WorkerDied`."""
        for slot in self._slots:
            slot.kill(future)

    def wait_until_warm(self, timeout: float | None = None) -> bool:
        """True when every process has imported what it needs."""
        return all(slot.warm.wait(timeout) for slot in self._slots)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = True) -> None:
        """End the processes; each first saves what it is doing, for three seconds at most. What
        still waits is cancelled in any case, as nobody is left to do it."""
        self._closing.set()
        for slot in self._slots:
            slot.close()
        for slot in self._slots:
            slot.end()
        with contextlib.suppress(queue.Empty):
            while task := self._tasks.get_nowait():
                task[0].cancel()
        for _ in self._slots:
            self._tasks.put(None)
        if wait:
            for slot in self._slots:
                slot.thread.join(timeout=10)


class _Slot:
    """One process and the thread that feeds it."""

    def __init__(self, pool: LocalProcesses, number: int) -> None:
        self.pool, self.warm = pool, threading.Event()
        self._lock = threading.Lock()  # nothing is started once the pool is closing
        self._task: tuple[Future, str, tuple] | None = None  # taken, not yet handed over
        self._doing: Future | None = None  # handed over
        self.process = self._start()
        self.thread = threading.Thread(target=self._serve, name=f"worker-{number}", daemon=True)
        self.thread.start()

    def _start(self) -> subprocess.Popen:
        self.warm.clear()
        threads = max(1, cores() // self.pool.workers)
        root = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
        return subprocess.Popen(
            [sys.executable, "-m", "lm_core.runs.processes"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={
                **os.environ,
                "PYTHONPATH": path,
                "OMP_NUM_THREADS": str(threads),
                "MKL_NUM_THREADS": str(threads),
            },
            # Ctrl-C ends the page alone; the closed pipe then ends this. Windows has flags for it.
            start_new_session=True,
            creationflags=WINDOWS_FLAGS,
        )

    def close(self) -> None:
        """Tell the process to save what it does and to end."""
        with self._lock, contextlib.suppress(OSError):
            self.process.stdin.close()

    def kill(self, future: Future) -> None:
        with self._lock:
            if self._doing is future:
                self.process.kill()

    def end(self) -> None:
        try:
            self.process.wait(timeout=3)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _serve(self) -> None:
        """Feed tasks to the process one by one; replace it when it dies, or has grown too large."""
        while not self.pool._closing.is_set():
            ready = self._read()
            if ready == "ready":
                self.warm.set()
                if self._feed():
                    continue
            if self.pool._closing.is_set():
                return
            self.process.wait()
            if ready not in ("ready", "worn"):  # it cannot even start: do not spin
                self.pool._closing.wait(1.0)
            with self._lock:
                if self.pool._closing.is_set():
                    return
                for pipe in (self.process.stdin, self.process.stdout):
                    with contextlib.suppress(OSError):
                        pipe.close()
                self.process = self._start()

    def _feed(self) -> bool:
        """One task; False when another process is needed, or none any more."""
        while self._task is None:
            task = self.pool._tasks.get()
            if task is None:
                return False
            if task[0].set_running_or_notify_cancel():
                self._task = task
        future, call, args = self._task
        with self._lock:
            self._doing = future
        try:
            return self._hand_over(future, call, args)
        finally:
            with self._lock:
                self._doing = None

    def _hand_over(self, future: Future, call: str, args: tuple) -> bool:
        try:
            self.process.stdin.write(dumps([call, args]) + "\n")
            self.process.stdin.flush()
            taken = self._read() == "taken"
        except (OSError, ValueError):
            taken = False
        if not taken:  # it died while it had nothing to do: its successor gets the task
            if self.pool._closing.is_set():
                future.set_exception(WorkerDied("The lab was closed before this run began."))
            return False
        self._task = None
        answer = self._read()
        if answer is None:
            future.set_exception(WorkerDied(_why(self.process.wait())))
            return False
        if "mend" in answer:
            future.set_exception(LabError(answer["mend"]))
        elif "error" in answer:
            future.set_exception(RuntimeError(answer["error"]))
        else:
            future.set_result(answer["result"])
        return True

    def _read(self) -> Any:
        line = self.process.stdout.readline()
        return json.loads(line) if line.endswith("\n") else None  # half a line: it was killed


def _why(code: int) -> str:
    """What an exit status means, in words."""
    if code >= 0:
        return f"The training process ended on its own (exit status {code})."
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    memory = " (often: the machine ran out of memory)" if name == "SIGKILL" else ""
    return f"The training process was ended from outside by {name}{memory}."


def _main() -> None:
    """The process's side: import, say ready, then do what the lines on stdin ask for."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # whatever a library prints goes to the log, not into the answers
    if hasattr(os, "nice"):
        os.nice(10)  # the page is answered first
    with contextlib.suppress(OSError):  # only Linux has it
        Path("/proc/self/oom_score_adj").write_text(str(FIRST_TO_GO))
    worker = importlib.import_module("lm_core.runs.worker")
    worker.warm_up()
    warm = resident_memory() or 0
    lines: queue.SimpleQueue = queue.SimpleQueue()

    def listen() -> None:
        for line in sys.stdin:
            lines.put(line)
        importlib.import_module("lm_core.runs.job").PARENT_GONE.set()
        lines.put(None)

    threading.Thread(target=listen, daemon=True).start()
    answers.write(dumps("ready") + "\n")
    while (line := lines.get()) is not None:
        answers.write(dumps("taken") + "\n")
        call, args = json.loads(line)
        module, _, name = call.partition(":")
        try:
            function = getattr(importlib.import_module(module), name)
            answer = {"result": function(*args)}
        except LabError as error:
            answer = {"mend": str(error)}
        except Exception as error:
            import traceback

            traceback.print_exc()  # a defect of ours: it has to be seen in the log
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(dumps(answer) + "\n")
        gc.collect()
        if (resident_memory() or 0) > max(MOST_HELD, 1.5 * warm):  # a GPU's driver holds much
            answers.write(dumps("worn") + "\n")
            return
        answers.write(dumps("ready") + "\n")


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):  # the page is gone: nobody is there to hear it
        _main()
