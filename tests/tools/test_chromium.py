from pathlib import Path

import pytest

from tools.chromium import find_chromium, required


def program(path: Path, *, status: int) -> str:
    path.write_text(f"#!/bin/sh\nexit {status}\n")
    path.chmod(0o755)
    return str(path)


def test_a_browser_on_the_path_comes_before_a_downloaded_one(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    installed = program(tmp_path / "chromium-browser", status=0)
    downloaded = program(tmp_path / "chrome", status=0)
    assert find_chromium(downloaded) == installed


def test_a_stand_in_that_does_not_start_is_passed_over(tmp_path, monkeypatch) -> None:
    """Ubuntu's chromium-browser is a script that asks for a snap."""
    monkeypatch.setenv("PATH", str(tmp_path))
    program(tmp_path / "chromium-browser", status=1)
    downloaded = program(tmp_path / "chrome", status=0)
    assert find_chromium(downloaded) == downloaded


def test_no_browser_is_no_error(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_chromium(str(tmp_path / "chrome")) is None


@pytest.mark.parametrize(("value", "expected"), [("true", True), ("1", True), ("", False)])
def test_a_missing_browser_fails_in_ci_only(value: str, expected: bool, monkeypatch) -> None:
    monkeypatch.setenv("CI", value)
    assert required() is expected
