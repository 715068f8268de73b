"""What the system says of its memory, where it says anything."""

from pathlib import Path

import pytest

from lm_core import machine
from lm_core.machine import free_memory, resident_memory


def test_what_is_free_and_what_is_held_are_numbers_or_unknown() -> None:
    for number in (free_memory(), resident_memory()):
        assert number is None or number > 10**6


def group(folder: Path, limit: str) -> tuple[str, str, str, str]:
    (folder / "memory.max").write_text(limit)
    (folder / "memory.current").write_text("700000\n")
    (folder / "memory.stat").write_text("anon 500000\ninactive_file 200000\n")
    return str(folder), "memory.max", "memory.current", "inactive_file"


@pytest.mark.parametrize(("limit", "left"), [("1000000\n", 500_000), ("600000", 100_000), ("5", 0)])
def test_a_containers_limit_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, left: int
) -> None:
    monkeypatch.setattr(machine, "GROUPS", (group(tmp_path, limit),))
    assert free_memory() == left


def test_a_container_without_a_limit_is_as_large_as_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if free_memory() is None:
        pytest.skip("this system does not say")
    monkeypatch.setattr(machine, "GROUPS", (group(tmp_path, "max\n"),))
    assert free_memory() > 10**6


@pytest.mark.parametrize("content", ["", "\n\n", "MemAvailable:", "MemAvailable: much kB", "x 1"])
def test_a_file_of_the_system_that_says_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / "meminfo").write_text(content)
    assert machine._field(str(tmp_path / "meminfo"), "MemAvailable:", 1024) is None
    assert machine._field(str(tmp_path / "none"), "MemAvailable:", 1024) is None
