"""A monitor reads the lab's own numbers beside Streamlit's, and nothing of anybody's."""

import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from lm_core.errors import StoreUnavailable
from lm_core.runs.manager import RunManager
from lm_core.runs.processes import LocalProcesses, _Slot
from lm_core.runs.spec import RunSpec
from lm_core.runs.store import RunStore
from pages._ui.shared import metrics, session
from pages._ui.shared.metrics import HELP, LabNumbers
from tests.runs.test_manager import Bench
from tests.waiting import PATIENCE, until
from tools.lab_server import LabServer

SAMPLE = re.compile(r'([a-z_]+)(?:\{state="([a-z]+)"\})? (\d+)')


def lines(found: metrics.Stats) -> dict[tuple[str, str], int]:
    """(name, state) -> number, of what a monitor reads."""
    said = [stat.to_metric_str() for family in found.values() for stat in family]
    return {(m[1], m[2] or ""): int(m[3]) for m in map(SAMPLE.fullmatch, said)}


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunManager]:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    store = RunStore()
    manager = RunManager(store, Bench(store), slots=1)
    monkeypatch.setattr(session._manager, "_made", [manager])
    yield manager
    manager.close()


def test_runs_are_counted_by_how_they_stand(manager: RunManager) -> None:
    for seed in range(4):
        manager.start(RunSpec(seed=seed), f"visitor {seed}", title="a secret")
    found = lines(LabNumbers().get_stats())
    states = {state: number for (name, state), number in found.items() if name == "lab_runs"}
    assert states == {"queued": 3, "starting": 1, "running": 0, "paused": 0}
    assert found["lab_memory_bytes", ""] > 1e7
    assert found["lab_free_disk_bytes", ""] > 0
    assert found["lab_free_memory_bytes", ""] > 0


def test_only_what_is_asked_for_is_answered_and_not_more_often_than_it_changes(
    manager: RunManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = LabNumbers()
    assert set(numbers.get_stats(["lab_runs", "cache_memory_bytes"])) == {"lab_runs"}
    monkeypatch.setattr(session, "looked_at", None)  # is not called again
    assert set(numbers.get_stats()) >= {"lab_runs", "lab_memory_bytes"}


def test_where_nobody_came_nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    for made in (session._manager, session._backend):
        monkeypatch.setattr(made, "_made", [])
    found = lines(LabNumbers().get_stats())
    assert found["lab_workers", ""] == found["lab_runs", "running"] == 0
    assert session._manager.made is session._backend.made is None


def test_what_cannot_be_found_out_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable() -> None:
        raise StoreUnavailable("The disk is gone.")

    monkeypatch.setattr(session, "looked_at", unreadable)
    monkeypatch.setattr(metrics, "free_memory", lambda: None)  # as on macOS and Windows
    monkeypatch.setattr(metrics, "family_memory", lambda process: None)
    assert set(LabNumbers().get_stats()) <= {"lab_free_disk_bytes"}


def test_workers_that_are_there_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    idle = [sys.executable, "-c", "import sys; sys.stdin.read()"]  # which imports no torch
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    monkeypatch.setattr(_Slot, "_start", lambda slot: subprocess.Popen(idle, **pipes))
    workers = LocalProcesses(1)
    try:
        assert workers.alive == 1
    finally:
        workers.shutdown()
    assert workers.alive == 0


def test_a_monitor_reads_them_from_a_server(tmp_path: Path) -> None:
    with LabServer(tmp_path / "home", seconds=PATIENCE) as lab:

        def asked(accept: str = "*/*") -> bytes:
            request = urllib.request.Request(
                f"{lab.url}/_stcore/metrics", headers={"Accept": accept}
            )
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.read()

        until(lambda: b"lab_runs" in asked())
        text = asked().decode()
        assert text.endswith("# EOF\n")
        for name in {*HELP} - {"lab_free_disk_bytes"}:  # of a folder that nobody has needed yet
            assert text.count(f"# TYPE {name} gauge\n") == 1
        assert '\nlab_runs{state="running"} 0\n' in text
        assert "\nlab_workers 0\n" in text
        assert b"lab_runs" in asked("application/x-protobuf")
        assert str(tmp_path) not in text
