"""`backup` and `restore` on the command line."""

import json
from pathlib import Path

import pytest

from lm_core.cli import main
from lm_core.runs.store import RunStore


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path / "home"))
    RunStore().create("ada", "mine", {})
    return tmp_path / "home"


def test_there_and_back(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    out = tmp_path / "deep" / "lab.zip"
    assert main(["backup", "--out", str(out), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    size = out.stat().st_size
    assert answer == {"out": str(out), "home": str(home), "runs": 1, "files": 1, "bytes": size}

    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path / "other"))
    assert main(["restore", str(out), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert set(answer) == {"home", "runs", "files", "bytes"}
    assert (answer["home"], answer["runs"]) == (str(tmp_path / "other"), 1)
    assert [run.title for run in RunStore().runs_of("ada")] == ["mine"]


def test_people_read_how_much_it_is_and_that_it_is_to_be_kept_safe(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    out = tmp_path / "lab.zip"
    assert main(["backup", "--out", str(out)]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == f"{out}  {out.stat().st_size:,} bytes: 1 run, 1 file."
    assert second.endswith("keep it safe.")
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path / "other"))
    assert main(["restore", str(out)]) == 0
    assert capsys.readouterr().out.startswith(f"{tmp_path / 'other'}: 1 run, 1 file, ")


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["restore", "nowhere.zip"], "check the path."),
        (["restore", "."], "check the path."),
        (["backup", "--out", "\0"], "check the path and write it again."),
        (["restore", "~nobodyhere/x.zip"], "write the path in full."),
        (["restore", __file__], "make it again with python -m lm_core backup."),
    ],
)
def test_bad_input_is_one_line(argv: list[str], says: str, home: Path, capsys) -> None:
    assert main(argv) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith(says)
