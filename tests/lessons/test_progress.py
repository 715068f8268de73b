"""How far a learner is: kept by visitor, found again, forgotten, tidied."""

from contextlib import suppress
from pathlib import Path

import pytest

from lm_core.errors import StoreUnavailable
from lm_core.lessons import progress
from lm_core.lessons.progress import Progress


def test_what_is_ticked_off_is_found_again(tmp_path: Path) -> None:
    record = Progress(tmp_path)
    assert record.done("ada", "memory") == {}
    record.forget("ada")
    assert not record.path.exists()  # whoever only looks leaves nothing
    began = record.open("ada", "memory", 1)
    assert record.open("ada", "memory", 1) == began
    record.tick("ada", "memory", 1, [2])
    record.tick("ada", "memory", 1, [1, 2])
    record.open("ada", "memory", 2)
    again = Progress(tmp_path)
    assert again.done("ada", "memory") == {1: {1, 2}, 2: frozenset()}
    assert again.done("bob", "memory") == {}
    assert again.done("ada", "gpt") == {}


def test_one_lesson_or_all_are_forgotten(tmp_path: Path) -> None:
    record = Progress(tmp_path)
    for owner in ("ada", "bob"):
        for lesson in ("memory", "gpt"):
            record.tick(owner, lesson, 1, [1])
    record.forget("ada", "gpt")
    assert (record.done("ada", "gpt"), record.done("ada", "memory")) == ({}, {1: {1}})
    record.forget("ada")
    assert record.done("ada", "memory") == {}
    assert record.done("bob", "gpt") == {1: {1}}


def test_one_visitor_cannot_fill_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "MOST", 3)
    record = Progress(tmp_path)
    record.tick("bob", "memory", 1, [1])
    for step in range(1, 9):
        record.tick("ada", "memory", step, [1])
    assert len(record.done("ada", "memory")) == 3
    assert record.done("bob", "memory") == {1: {1}}


def test_it_is_tidied_as_runs_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = Progress(tmp_path)
    record.tidy()
    record.tick("ada", "memory", 1, [1])
    record.tidy()
    assert record.done("ada", "memory")
    monkeypatch.setattr(progress, "caps", lambda: type("Caps", (), {"keep_days": 1})())
    record.tidy()
    assert record.done("ada", "memory")
    monkeypatch.setattr(progress, "caps", lambda: type("Caps", (), {"keep_days": -1})())
    record.tidy()
    assert record.done("ada", "memory") == {}


def test_a_newer_or_a_damaged_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Progress(tmp_path).tick("ada", "memory", 1, [1])
    monkeypatch.setattr(Progress, "version", 0)
    with pytest.raises(StoreUnavailable, match="newer"):
        Progress(tmp_path).tick("ada", "memory", 1, [1])
    (tmp_path / "other").mkdir()
    record = Progress(tmp_path / "other")
    record.path.write_bytes(b"no database " * 500)
    with suppress(StoreUnavailable):  # said once, where it had been read before
        record.done("ada", "memory")
    record.tick("ada", "memory", 2, [1])
    assert record.done("ada", "memory") == {2: {1}}
