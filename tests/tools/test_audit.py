"""What is said of the packages: which are weak, and that nobody could be asked."""

import importlib.util
import json

import pytest

from tools import audit

FINE = {"name": "numpy", "version": "2.0", "vulns": []}
WEAK = {"name": "x", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2", "3"]}]}
HELPLESS = {"name": "y", "version": "1", "vulns": [{"id": "CVE-2", "fix_versions": []}]}
UNKNOWN = {"name": "torch", "skip_reason": "not found"}


def told(*packages: dict) -> tuple[int, list[str]]:
    return audit.told(json.dumps({"dependencies": packages, "fixes": []}))


def test_weak_packages_are_named_and_fail() -> None:
    assert told(FINE, WEAK, HELPLESS, UNKNOWN) == (
        1,
        [
            "x 1: CVE-1, mended in 2, 3.",
            "y 1: CVE-2, mended in no version yet.",
            "Audited: 3 packages. Found: 2 known weaknesses. Not on the list: 1.",
        ],
    )
    assert told(FINE)[0] == 0


@pytest.mark.parametrize("report", ["", "ERROR: no route", "[]", '{"dependencies": []}'])
def test_nobody_to_ask_is_a_sentence_and_no_success_in_disguise(report: str) -> None:
    assert audit.told(report) == (0, [audit.SILENT])
    assert told(UNKNOWN, UNKNOWN) == (0, [audit.SILENT])  # a mirror that has no list


def test_without_pip_audit_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert audit.main() == 0
    assert capsys.readouterr().out.strip() == audit.MISSING
