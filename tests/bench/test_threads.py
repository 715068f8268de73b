import pytest
import torch

from lm_core.bench import threads
from lm_core.bench.threads import bench_threads, busy_process


def test_each_world_is_a_row_and_its_busy_process_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = []

    def speed(fixed: int, most: int | None) -> float:
        begun.append((fixed, most))
        return {(1, None): 100.0, (2, None): 80.0, (2, 2): 95.0}[fixed, most]

    before = torch.get_num_threads()
    monkeypatch.setattr(threads, "_speed", speed)
    rows = bench_threads(2)
    assert [(row.name, row.value) for row in rows] == [
        ("threads_quiet", 0.95),
        ("threads_busy", 0.95),
    ]
    assert begun[:4] == [(1, None), (2, None), (2, 2), (1, None)]  # in turns
    assert torch.get_num_threads() == before
    assert bench_threads(1) == []


def test_the_busy_process_is_there_meanwhile_and_no_longer() -> None:
    with busy_process() as process:
        assert process.poll() is None
    assert process.poll() is not None


def test_a_choice_trains(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "SECONDS", 0.1)
    assert threads._speed(1, 1) > 0
