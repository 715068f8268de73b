from pathlib import Path

import pytest

from tools import chromium
from tools.chromium import find_chromium, required


@pytest.fixture
def downloaded(tmp_path, monkeypatch) -> Path:
    """Where Playwright would put its browser; nothing else is on PATH."""
    path = tmp_path / "playwright" / "chrome"
    path.parent.mkdir()
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(chromium, "_downloaded", lambda: str(path))
    return path


def program(path: Path, *, status: int) -> str:
    path.write_text(f"#!/bin/sh\nexit {status}\n")
    path.chmod(0o755)
    return str(path)


def test_a_browser_on_the_path_comes_before_a_downloaded_one(tmp_path, downloaded) -> None:
    installed = program(tmp_path / "chromium-browser", status=0)
    program(downloaded, status=0)
    assert find_chromium() == installed


def test_a_stand_in_that_does_not_start_is_passed_over(tmp_path, downloaded) -> None:
    """Ubuntu's chromium-browser is a script that asks for a snap."""
    program(tmp_path / "chromium-browser", status=1)
    assert find_chromium() is None
    program(downloaded, status=0)
    assert find_chromium() == str(downloaded)


def test_a_browser_that_playwright_cannot_drive_is_none(tmp_path, downloaded, monkeypatch) -> None:
    program(tmp_path / "chromium", status=0)
    monkeypatch.setattr(chromium, "_downloaded", lambda: None)
    assert find_chromium() is None


@pytest.mark.parametrize(("value", "expected"), [("true", True), ("1", True), ("", False)])
def test_a_missing_browser_fails_in_ci_only(value: str, expected: bool, monkeypatch) -> None:
    monkeypatch.setenv("CI", value)
    assert required() is expected
