import os
from pathlib import Path

import pytest

from lm_core.errors import StoreUnavailable
from lm_core.home import home_folder, make_folder, unwritable


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
