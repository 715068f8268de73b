"""The record: its commands, and on a small text all of them one after the other."""

from pathlib import Path

import pytest

from tests.tiny import TEXT
from tools import record


def test_the_ensemble_holds_all_but_the_one_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record.main([str(tmp_path), "--list", "--seeds", "3"])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 6
    assert "--seconds 300" in lines[0]
    for name in ("ngram", "transformer-0", "transformer-1", "transformer-2"):
        assert str(tmp_path / name) in lines[-1]
    assert str(tmp_path / "alone") not in lines[-1]


@pytest.mark.slow
def test_all_of_it_works_and_is_not_run_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path / "home"))
    text, out = tmp_path / "text.txt", tmp_path / "out"
    text.write_text(TEXT * 20)
    given = [str(out), "--corpus", str(text), "--seeds", "2", "--tokens", "4000", "--seconds", "1"]
    record.main(given)
    first = capsys.readouterr().out.splitlines()
    figures = {name: float(rest.split()[0]) for name, rest in (one.split(": ") for one in first)}
    parts = [figures[f"transformer-{seed}"] for seed in (0, 1)] + [figures["ngram"]]
    assert figures["ensemble"] <= min(parts) + 1e-4
    monkeypatch.setattr(record, "nats", lambda folder: 0.0)
    record.main(given)
    assert len(capsys.readouterr().out.splitlines()) == len(first)
