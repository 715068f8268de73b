"""Worker processes behind the face of a `concurrent.futures.Executor`.

The standard ProcessPoolExecutor ends every task when one of its processes is killed; here a killed
process costs its own task alone and a fresh one takes its place. Processes are started ahead of
time, so that torch is imported before anyone waits for it, and end when their parent does.
"""

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

from lm_core.device import cores


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

    def wait_until_warm(self, timeout: float | None = None) -> bool:
        """True when every process has imported what it needs."""
        return all(slot.warm.wait(timeout) for slot in self._slots)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._closing.set()
        for slot in self._slots:
            slot.end()
        for _ in self._slots:
            self._tasks.put(None)
        if wait:
            for slot in self._slots:
                slot.thread.join(timeout=10)


class _Slot:
    """One process and the thread that feeds it."""

    def __init__(self, pool: LocalProcesses, number: int) -> None:
        self.pool, self.warm = pool, threading.Event()
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
            start_new_session=True,  # Ctrl-C ends the page; the closed pipe then ends this
        )

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.stdin.close()
            try:
                self.process.wait(timeout=3)
            except subprocess.TimeoutExpired:
                self.process.kill()

    def _serve(self) -> None:
        """Feed tasks to the process one by one; replace it when it dies."""
        while not self.pool._closing.is_set():
            ready = self._read()
            if ready == "ready":
                self.warm.set()
                if self._feed():
                    continue
            if self.pool._closing.is_set():
                return
            self.process.wait()
            if ready != "ready":  # it cannot even start: do not spin
                self.pool._closing.wait(1.0)
            self.process = self._start()

    def _feed(self) -> bool:
        task = self.pool._tasks.get()
        if task is None:
            return False
        future, call, args = task
        if not future.set_running_or_notify_cancel():
            self.process.stdin.write(json.dumps(None) + "\n")
            self.process.stdin.flush()
            return True
        try:
            self.process.stdin.write(json.dumps([call, args]) + "\n")
            self.process.stdin.flush()
        except (OSError, ValueError):
            future.set_exception(WorkerDied("The worker process was not there; try again."))
            return False
        answer = self._read()
        if answer is None:
            future.set_exception(WorkerDied(_why(self.process.wait())))
            return False
        if "error" in answer:
            future.set_exception(RuntimeError(answer["error"]))
        else:
            future.set_result(answer["result"])
        return True

    def _read(self) -> Any:
        line = self.process.stdout.readline()
        return json.loads(line) if line else None


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
    worker = importlib.import_module("lm_core.runs.worker")
    worker.warm_up()
    lines: queue.SimpleQueue = queue.SimpleQueue()

    def listen() -> None:
        for line in sys.stdin:
            lines.put(line)
        worker.PARENT_GONE.set()
        lines.put(None)

    threading.Thread(target=listen, daemon=True).start()
    answers.write(json.dumps("ready") + "\n")
    while (line := lines.get()) is not None:
        task = json.loads(line)
        if task is not None:
            module, _, name = task[0].partition(":")
            try:
                function = getattr(importlib.import_module(module), name)
                answers.write(json.dumps({"result": function(*task[1])}) + "\n")
            except BrokenPipeError:
                return
            except Exception as error:
                import traceback

                traceback.print_exc()  # a defect of ours: it has to be seen in the log
                answers.write(json.dumps({"error": f"{type(error).__name__}: {error}"}) + "\n")
        answers.write(json.dumps("ready") + "\n")


if __name__ == "__main__":
    _main()
