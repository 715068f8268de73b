"""What the system says of its memory, where it says anything."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lm_core import machine
from lm_core.machine import family_memory, free_memory, network_address, resident_memory


def test_what_is_free_and_what_is_held_are_numbers_or_unknown() -> None:
    for number in (free_memory(), resident_memory()):
        assert number is None or number > 10**6


@pytest.mark.parametrize(
    ("said", "most"), [("", 8), ("3", 3), ("99", 8), (" 2 ", 2), ("0", 8), ("-1", 8), ("all", 8)]
)
def test_openmps_own_variable_says_how_many_threads(
    monkeypatch: pytest.MonkeyPatch, said: str, most: int
) -> None:
    monkeypatch.setattr(machine, "cores", lambda: 8)
    monkeypatch.setenv("OMP_NUM_THREADS", said)
    assert machine.most_threads() == most


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


def test_a_process_holds_what_those_hold_that_it_has_started() -> None:
    alone = family_memory(os.getpid())
    if not Path("/proc").exists():
        assert alone is None
        return
    code = "big = b'x' * 50_000_000; print(len(big), flush=True); input()"
    command = [sys.executable, "-c", code]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "start_new_session": True}
    with subprocess.Popen(command, **pipes) as child:
        child.stdout.readline()
        assert family_memory(os.getpid()) > alone + 40_000_000
        assert 50_000_000 < family_memory(child.pid) < family_memory(os.getpid())
        child.communicate(b"\n")
    assert family_memory(2**30) is None  # nobody's


class Card:
    """A network card with an address, or with the cable out."""

    def __init__(self, address: str | None) -> None:
        self.address = address

    def __call__(self, *_: object) -> "Card":
        return self

    def __enter__(self) -> "Card":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def connect(self, _: object) -> None:
        if self.address is None:
            raise OSError("unreachable")

    def getsockname(self) -> tuple[str, int]:
        return self.address, 1


@pytest.mark.parametrize(
    ("card", "named", "found"),
    [
        ("192.168.178.23", None, "192.168.178.23"),
        (None, "192.168.178.23", "192.168.178.23"),
        (None, "127.0.1.1", None),
        (None, None, None),
        ("127.0.0.1", None, None),
    ],
)
def test_others_in_the_network_reach_it_by_its_card_or_its_name(
    monkeypatch: pytest.MonkeyPatch, card: str | None, named: str | None, found: str | None
) -> None:
    def lookup(_: str) -> str:
        if named is None:
            raise OSError("unknown")
        return named

    monkeypatch.setattr(machine.socket, "socket", Card(card))
    monkeypatch.setattr(machine.socket, "gethostbyname", lookup)
    assert network_address() == found
