import errno
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from lm_core.cli import main
from lm_core.corpora.load import is_ready
from lm_core.corpora.own import read_file
from lm_core.errors import BadPath, CorpusUnavailable, StoreUnavailable
from lm_core.home import home_folder, make_folder, typed_path, unwritable

ROOT = Path(__file__).parents[1]
NOBODY = "~nobodyhere/lab"


@pytest.fixture
def homeless(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container's user of whom the machine knows a number only."""
    pwd = pytest.importorskip("pwd")

    def unknown(who: object) -> None:
        raise KeyError(who)

    for name in ("HOME", "USERPROFILE", "XDG_DATA_HOME", "LM_LAB_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)


def test_the_environment_names_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path / "lab"))
    assert home_folder() == tmp_path / "lab"
    assert not home_folder().exists()
    monkeypatch.setenv("LM_LAB_HOME", "~/lab")
    assert home_folder() == Path.home() / "lab"


@pytest.mark.parametrize("named", [None, ""])
def test_otherwise_it_is_where_this_platform_keeps_such_things(
    named: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LM_LAB_HOME")
    if named is not None:
        monkeypatch.setenv("LM_LAB_HOME", named)
    assert home_folder().name == "language-model-lab"
    assert home_folder().is_absolute()


def test_a_folder_is_made_with_its_parents(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "a" / "b")
    assert folder.is_dir()
    assert make_folder(folder) == folder


def test_a_file_in_the_way_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(StoreUnavailable, match=r"cannot be written \(.+\): free some space"):
            make_folder(folder)


def test_a_folder_that_may_not_be_written_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    with pytest.raises(StoreUnavailable, match=f"{tmp_path} is read-only"):
        make_folder(tmp_path)


def test_the_sentence_names_the_folder_the_reason_and_the_mend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path / "lab"))
    full, home = OSError(28, "No space left on device"), tmp_path / "lab"
    assert unwritable(full) == (
        f"The lab's home folder {home} cannot be written (No space left on device): "
        "free some space, or start the lab with LM_LAB_HOME set to a folder you can write to."
    )
    assert unwritable(full, home / "runs") == unwritable(full)
    assert unwritable(full, tmp_path / "other") == (
        f"{tmp_path / 'other'} cannot be written (No space left on device): "
        "free some space, or name another folder."
    )
    wrapped = "Error while serializing: I/O error: No space left on device (os error 28)"
    assert unwritable(wrapped) == unwritable(full)


@pytest.mark.parametrize("path", [NOBODY, "~nobodyhere", Path(NOBODY)])
def test_a_path_in_nobodys_home_is_one_sentence(path: str | Path) -> None:
    with pytest.raises(BadPath, match=r"~nobodyhere is nobody's home folder .* in full"):
        typed_path(path)


def test_a_typed_path_is_read_as_a_shell_reads_it() -> None:
    assert typed_path("~/lab") == Path.home() / "lab"
    assert typed_path("a/~b") == Path("a/~b")


def test_wherever_a_path_is_typed_nobodys_home_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(BadPath, match="nobody's home"):
        read_file(NOBODY)
    monkeypatch.setenv("LM_LAB_DATA", NOBODY)
    with pytest.raises(CorpusUnavailable, match=r"LM_LAB_DATA: .* nobody's home"):
        is_ready("tiny-shakespeare")
    monkeypatch.setenv("LM_LAB_HOME", NOBODY)
    with pytest.raises(StoreUnavailable, match=r"LM_LAB_HOME: .* nobody's home"):
        home_folder()


@pytest.mark.parametrize(
    "command",
    [
        f"train --model bigram --corpus {NOBODY}",
        f"train --model bigram --corpus README.md --validation {NOBODY}",
        f"train --model bigram --corpus README.md --out {NOBODY}",
        f"train --resume {NOBODY}",
        f"train --model mixture --set model.first={NOBODY}",
        f"evaluate {NOBODY}",
        f"evaluate checkpoints/names-ngram --corpus {NOBODY}",
        f"generate {NOBODY}",
        f"score {NOBODY} --text emma",
        f"export {NOBODY} --format onnx --out model.onnx",
        f"export checkpoints/names-ngram --format script --out {NOBODY}",
        f"doctor --model bigram --corpus {NOBODY}",
    ],
)
def test_every_command_says_so(
    command: str, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(command.split()) == 2
    assert "nobody's home" in capsys.readouterr().err


def test_a_user_without_a_home_is_told_what_to_set(
    homeless: None, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    with pytest.raises(StoreUnavailable, match="no home folder: start the lab with LM_LAB_HOME"):
        home_folder()
    with pytest.raises(BadPath, match="nobody's home"):
        typed_path("~/lab")
    assert main(["corpora"]) == 2
    assert "LM_LAB_HOME" in capsys.readouterr().err
    full = OSError(28, "No space left on device")
    assert unwritable(full, tmp_path).startswith(f"{tmp_path} cannot be written")
    assert "no home folder" in unwritable(full)


@pytest.mark.parametrize(
    "name", ["a\0b", "half \ud800", "x" * 256, "é" * 128, "folder/" + "x" * 300]
)
@pytest.mark.parametrize(
    "command",
    [
        ["score", "{}", "--text=a"],
        ["evaluate", "checkpoints/names-ngram", "--corpus={}"],
        ["train", "--model=bigram", "--corpus={}"],
        ["train", "--model=bigram", "--corpus=names", "--steps=1", "--out={}"],
        ["export", "checkpoints/names-ngram", "--format=script", "--out={}"],
    ],
)
def test_a_name_that_no_file_can_have_is_one_sentence(
    command: list[str], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([part.format(name) for part in command]) == 2
    said = capsys.readouterr().err.strip()
    assert len(said.splitlines()) == 1
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("reason", "mend"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "free some space"),
        (PermissionError(errno.EACCES, "Permission denied"), "let this user write there"),
        (OSError(errno.EROFS, "Read-only file system"), "let this user write there"),
        ("x is read-only", "let this user write there"),
    ],
)
def test_the_mend_fits_what_is_wrong(reason: object, mend: str) -> None:
    assert f"): {mend}, or start the lab with LM_LAB_HOME" in unwritable(reason)


def test_sqlites_own_words_have_their_mend(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "db", isolation_level=None, timeout=0)) as db:
        db.execute("CREATE TABLE t (x)")
        db.execute("PRAGMA query_only = ON")
        with pytest.raises(sqlite3.OperationalError) as denied:
            db.execute("INSERT INTO t VALUES (1)")
        assert "let this user write there" in unwritable(denied.value)
        with closing(sqlite3.connect(tmp_path / "db", isolation_level=None, timeout=0)) as other:
            other.execute("BEGIN EXCLUSIVE")
            with pytest.raises(sqlite3.OperationalError) as locked:
                db.execute("SELECT * FROM t").fetchall()
            assert "close what else uses it" in unwritable(locked.value)
