"""Waiting measured: import, cold and warm start of a run, stop, notice of a killed worker; and,
where a Chromium is, how soon the page answers a click while a run trains."""

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from lm_core.bench.result import Result

ROUNDS = 5


def bench_start() -> list[Result]:
    """Medians of `ROUNDS`; the home folder is a temporary one."""
    from lm_core.bench.page import bench_page

    results = [Result("import_lm_core", _import_seconds(), "s", False)]
    with tempfile.TemporaryDirectory(prefix="lm-bench-") as home:
        before = os.environ.get("LM_LAB_HOME")
        os.environ["LM_LAB_HOME"] = home
        try:
            results += _runs(Path(home))
        finally:
            os.environ.pop("LM_LAB_HOME")
            if before is not None:
                os.environ["LM_LAB_HOME"] = before
    return results + bench_page()


def _import_seconds() -> float:
    """Of `import lm_core` in a fresh interpreter, by that interpreter's own clock."""
    code = (
        "import time; began = time.perf_counter(); import lm_core; "
        "print(time.perf_counter() - began)"
    )

    def once() -> float:
        done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
        return float(done.stdout)

    return statistics.median(once() for _ in range(ROUNDS))


def _runs(home: Path) -> list[Result]:
    from lm_core.runs.dispatch import WENT_ON
    from lm_core.runs.manager import RunManager
    from lm_core.runs.owners import new_owner
    from lm_core.runs.presets import default_spec
    from lm_core.runs.spec import CorpusSpec
    from lm_core.runs.store import RunStore
    from lm_core.training import Budget
    from lm_core.training.events import Step

    store, owner = RunStore(home), new_owner()
    manager = RunManager(store)
    spec = default_spec(CorpusSpec(name="names"), "transformer", budget=Budget(seconds=600))

    def first_point() -> tuple[str, float]:
        began = time.perf_counter()
        run = manager.start(spec, owner)
        return run, until(lambda: store.last(Step, run) is not None, began)

    def stop(run: str) -> float:
        began = time.perf_counter()
        manager.stop(run, owner)
        return until(lambda: not store.get(run).active, began)

    try:
        run, cold = first_point()  # the worker process is only being started
        stop(run)
        manager.backend.wait_until_warm()
        warm, stops = [], []
        for _ in range(ROUNDS):
            run, seconds = first_point()
            warm.append(seconds)
            time.sleep(1.0)
            stops.append(stop(run))
        run, _ = first_point()
        time.sleep(1.0)
        began = time.perf_counter()
        os.kill(store.get(run).pid, getattr(signal, "SIGKILL", signal.SIGTERM))  # Windows: TERM
        noticed = until(lambda: WENT_ON in store.get(run).message, began)
    finally:
        manager.close()
    about = {"corpus": "names", "model": "transformer", "workers": manager.slots}
    return [
        Result("first_point_cold", cold, "s", False, about),
        Result("first_point_warm", statistics.median(warm), "s", False, about),
        Result("stop", statistics.median(stops), "s", False, about),
        Result("killed_worker_noticed", noticed, "s", False, about),
    ]


def until(true: Callable[[], bool], began: float, most: float = 60.0) -> float:
    while not true():
        if time.perf_counter() - began > most:
            raise TimeoutError(f"nothing happened for {most:.0f} s")
        time.sleep(0.005)
    return time.perf_counter() - began
