"""Files are whole or not there; copies are made again when damaged."""

import os
from pathlib import Path

import pytest

from lm_core.corpora.files import kept_lines, texts_folder, write_whole


def test_a_file_is_replaced_in_one_go(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.txt"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert os.listdir(path.parent) == ["file.txt"]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file.txt"
    write_whole(path, b"old")

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file.txt"]


def test_lines_are_parsed_once() -> None:
    calls = []

    def parse() -> list[str]:
        calls.append(1)
        return ["emma", "zoë", ""]

    assert [kept_lines("list", parse) for _ in range(3)] == [["emma", "zoë", ""]] * 3
    assert len(calls) == 1


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe", b"emma\nliam", b"0" * 64 + b"\nemma"])
def test_a_damaged_copy_is_made_again(damage: bytes) -> None:
    kept_lines("list", lambda: ["emma", "ava"])
    path = texts_folder() / "list.txt"
    whole = path.read_bytes()
    path.write_bytes(damage)
    assert kept_lines("list", lambda: ["emma", "ava"]) == ["emma", "ava"]
    assert path.read_bytes() == whole


def test_a_home_that_cannot_be_written_costs_only_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("in the way")
    monkeypatch.setenv("LM_LAB_HOME", str(blocked))
    assert kept_lines("list", lambda: ["emma"]) == ["emma"]
