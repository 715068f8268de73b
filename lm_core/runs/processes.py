"""Worker processes behind the face of a `concurrent.futures.Executor`.

The standard ProcessPoolExecutor ends every task when one of its processes is killed; here a killed
process costs its own task alone and a fresh one takes its place. Processes are started ahead of
time, so that torch is imported before anyone waits for it, and end when their parent does. Each is
a place with a queue of its own, as a run that takes turns has its model in the memory of one.
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
from lm_core.machine import cores, most_threads, resident_memory

FIRST_TO_GO = 800  # of 1000: what Linux adds to a worker's size where it chooses whom to end
MOST_HELD = 1e9  # bytes that a worker may still hold after a task; torch alone holds a third of it
MOST_WORKERS = 8  # each holds torch, and with it a third of a gigabyte
WINDOWS_FLAGS = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) | getattr(
    subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0
)  # elsewhere 0: `os.nice` and a session of its own do the same


class WorkerDied(RuntimeError):
    """The process ended before its task did. `str(error)` is a sentence for people."""


def worker_count() -> int:
    """`LM_LAB_WORKERS`, else one for each core, up to eight: several runs do more on one core each
    than one after the other on all, and who is alone is given the threads of all."""
    try:
        return max(1, int(os.environ["LM_LAB_WORKERS"]))
    except (KeyError, ValueError):
        return min(cores(), MOST_WORKERS)


class LocalProcesses(Executor):
    """`submit(function, *args)` runs a module-level function in a warm process, `submit_to(place,
    ...)` in a certain one, from 0.

    Arguments and results travel as JSON. Nothing is pickled.
    """

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or worker_count()
        self._closing = threading.Event()
        self._slots: list[_Slot] = []
        for number in range(self.workers):
            self._slots.append(_Slot(self, number))

    def __repr__(self) -> str:
        return f"LocalProcesses({self.workers})"

    @property
    def alive(self) -> int:
        """How many of the processes are there now; one that ended is soon replaced."""
        return sum(slot.process.poll() is None for slot in self._slots)

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> Future:
        """To the process with the fewest tasks."""
        return self.submit_to(min(self._slots, key=lambda slot: slot.load).number, fn, *args)

    def submit_to(self, place: int, fn: Callable[..., Any], /, *args: Any) -> Future:
        future: Future = Future()
        slot = self._slots[place]
        slot.load += 1
        future.add_done_callback(slot.done)
        slot.tasks.put((future, f"{fn.__module__}:{fn.__qualname__}", args))
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
        """End the processes; each first saves what it is doing, for ten seconds at most. What
        still waits is cancelled in any case, as nobody is left to do it."""
        self._closing.set()
        for slot in self._slots:
            slot.close()
        for slot in self._slots:
            slot.end()
        for slot in self._slots:
            with contextlib.suppress(queue.Empty):
                while task := slot.tasks.get_nowait():
                    task[0].cancel()
            slot.tasks.put(None)
        if wait:
            for slot in self._slots:
                slot.thread.join(timeout=10)


class _Slot:
    """One process and the thread that feeds it."""

    def __init__(self, pool: LocalProcesses, number: int) -> None:
        self.pool, self.number, self.warm = pool, number, threading.Event()
        self.tasks: queue.SimpleQueue = queue.SimpleQueue()
        self.load = 0  # tasks that are not done
        self._lock = threading.Lock()  # nothing is started once the pool is closing
        self._task: tuple[Future, str, tuple] | None = None  # taken, not yet handed over
        self._doing: Future | None = None  # handed over
        self.process = self._start()
        self.thread = threading.Thread(target=self._serve, name=f"worker-{number}", daemon=True)
        self.thread.start()

    def _start(self) -> subprocess.Popen:
        self.warm.clear()
        threads = most_threads()  # how many of them a run uses it finds out while it goes on
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

    def done(self, future: Future) -> None:
        self.load -= 1

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
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _serve(self) -> None:
        """Feed tasks to the process one by one; replace it when it dies, or has grown too large."""
        if self.number:  # one imports torch after the other: the first is there sooner
            self.pool._slots[self.number - 1].warm.wait()
        while not self.pool._closing.is_set():
            with self._lock, contextlib.suppress(OSError, ValueError):
                if not self.warm.is_set():
                    self.process.stdin.write("\n")
                    self.process.stdin.flush()
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
            task = self.tasks.get()
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
        tell(future, answer)
        return True

    def _read(self) -> Any:
        line = self.process.stdout.readline()
        return json.loads(line) if line.endswith("\n") else None  # half a line: it was killed


def answered(call: str, args: list[Any]) -> dict[str, Any]:
    """What `module:function` comes to here, as JSON can hold it; `tell` reads it."""
    module, _, name = call.partition(":")
    try:
        return {"result": getattr(importlib.import_module(module), name)(*args)}
    except LabError as error:
        return {"mend": str(error)}
    except Exception as error:
        import traceback

        traceback.print_exc()  # a defect of ours: it has to be seen in the log
        return {"error": f"{type(error).__name__}: {error}"}


def tell(future: Future, answer: dict[str, Any]) -> None:
    """Settle the future of a task as `answered` says."""
    if "mend" in answer:
        future.set_exception(LabError(answer["mend"]))
    elif "error" in answer:
        future.set_exception(RuntimeError(answer["error"]))
    else:
        future.set_result(answer["result"])


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
    if not sys.stdin.readline():  # its turn to import; nothing comes where the lab was closed
        return
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
        answers.write(dumps(answered(*json.loads(line))) + "\n")
        if worker.JOBS:  # the next turn is waited for
            answers.write(dumps("ready") + "\n")
            continue
        gc.collect()
        if (resident_memory() or 0) > max(MOST_HELD, 1.5 * warm):  # a GPU's driver holds much
            answers.write(dumps("worn") + "\n")
            return
        answers.write(dumps("ready") + "\n")


if __name__ == "__main__":
    try:
        with contextlib.suppress(BrokenPipeError):  # the page is gone: nobody is there to hear it
            _main()
    finally:
        importlib.import_module("lm_core.runs.worker").end_all()
