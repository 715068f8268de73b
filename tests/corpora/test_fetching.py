"""Downloads against a server on this machine: whole and right, or not there."""

import hashlib
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lm_core.corpora import fetching
from lm_core.corpora.fetching import Cancelled, RemoteFile, download_folder, obtain, remove
from lm_core.errors import CorpusUnavailable, LabError, StoreUnavailable

DATA = bytes(range(256)) * 1000  # four chunks
FILE = RemoteFile(
    corpus="tales",
    name="tale.txt",
    url="https://example.invalid/upstream/tale.txt",
    size=len(DATA),
    sha256=hashlib.sha256(DATA).hexdigest(),
    aliases=("input.txt",),
)


def left_behind() -> list[str]:
    folder = download_folder("tales")
    return os.listdir(folder) if folder.exists() else []


def test_a_file_is_fetched_once_and_kept(server: Any) -> None:
    server.files["/tales/tale.txt"] = DATA
    assert FILE.find() is None
    (path,) = obtain([FILE])
    assert path.read_bytes() == DATA
    assert obtain([FILE]) == [path] == [FILE.find()]
    assert server.asked == ["/tales/tale.txt"]
    assert left_behind() == ["tale.txt"]


def test_progress_rises_to_the_whole_over_all_files(server: Any) -> None:
    second = replace(FILE, name="second.txt")
    server.files |= {"/tales/tale.txt": DATA, "/tales/second.txt": DATA}
    seen: list[tuple[int, int]] = []
    obtain([FILE, second], lambda done, total: seen.append((done, total)))
    assert len(seen) > 6
    assert seen == sorted(seen)
    assert seen[-1] == (2 * len(DATA), 2 * len(DATA))
    assert {total for _, total in seen} == {2 * len(DATA)}


def test_progress_is_not_called_for_a_file_that_is_here(server: Any) -> None:
    server.files["/tales/tale.txt"] = DATA
    obtain([FILE])
    obtain([FILE], lambda done, total: pytest.fail("there was nothing to fetch"))


def test_another_file_than_the_known_one_is_thrown_away(server: Any) -> None:
    server.files["/tales/tale.txt"] = b"<html>please log in</html>"
    with pytest.raises(CorpusUnavailable, match=r"SHA-256 differs.*thrown away") as caught:
        obtain([FILE])
    assert "LM_LAB_DATA" in str(caught.value)
    assert left_behind() == []


def test_a_download_that_breaks_off_is_not_kept(server: Any) -> None:
    server.files["/tales/tale.txt"] = DATA
    server.cut = 70_000
    for file in (FILE, replace(FILE, sha256=None)):
        with pytest.raises(CorpusUnavailable, match="broke off"):
            obtain([file])
        assert left_behind() == []
    server.cut = 0
    assert obtain([FILE])[0].read_bytes() == DATA


def test_a_server_that_has_no_such_file_is_named_with_its_answer(server: Any) -> None:
    with pytest.raises(CorpusUnavailable, match=r"127\.0\.0\.1 answered 404 for tale\.txt"):
        obtain([FILE])
    assert left_behind() == []


def test_without_network_one_sentence_names_both_ways_out(network_calls: Any) -> None:
    with pytest.raises(CorpusUnavailable) as caught:
        obtain([FILE])
    sentence = str(caught.value)
    assert "downloaded" in sentence
    assert "LM_LAB_DATA" in sentence
    assert "tale.txt" in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert network_calls.expected()


def test_a_server_that_is_down_reads_like_no_network(server: Any) -> None:
    server.close()
    with pytest.raises(CorpusUnavailable, match="could not be reached"):
        obtain([FILE])


def test_a_callback_can_cancel_and_nothing_is_kept(server: Any) -> None:
    server.files["/tales/tale.txt"] = DATA
    calls = []

    def stop(done: int, total: int) -> None:
        calls.append(done)
        if len(calls) == 2:
            raise Cancelled

    with pytest.raises(Cancelled, match="stopped") as caught:
        obtain([FILE], stop)
    assert isinstance(caught.value, LabError)
    assert calls[-1] < len(DATA)
    assert left_behind() == []
    assert FILE.find() is None


def test_a_kept_file_that_was_damaged_is_fetched_again(server: Any) -> None:
    server.files["/tales/tale.txt"] = DATA
    (path,) = obtain([FILE])
    path.write_bytes(DATA[:1000])
    assert FILE.find() is None
    assert obtain([FILE])[0].read_bytes() == DATA
    assert len(server.asked) == 2


@pytest.mark.parametrize("name", ["tale.txt", "input.txt"])
def test_a_folder_supplies_files_by_either_name_with_no_network(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).write_bytes(DATA)
    monkeypatch.setenv("LM_LAB_DATA", str(tmp_path))
    assert obtain([FILE]) == [tmp_path / name]
    assert left_behind() == []


def test_a_supplied_file_is_verified_all_the_same(
    server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.files["/tales/tale.txt"] = DATA
    (tmp_path / "input.txt").write_bytes(b"another text")
    monkeypatch.setenv("LM_LAB_DATA", str(tmp_path))
    with pytest.raises(CorpusUnavailable, match=r"input\.txt in the folder LM_LAB_DATA is not"):
        obtain([FILE])
    assert server.asked == []


def test_a_folder_without_the_file_leaves_the_download(
    server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.files["/tales/tale.txt"] = DATA
    monkeypatch.setenv("LM_LAB_DATA", str(tmp_path / "nowhere"))
    assert obtain([FILE]) == [FILE.kept()]


def test_without_a_mirror_the_upstream_address_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert FILE.address() == FILE.url
    monkeypatch.setenv("LM_LAB_MIRROR", "http://teacher:8000/")
    assert FILE.address() == "http://teacher:8000/tales/tale.txt"


def test_a_full_disk_is_said_in_words(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import pooch

    def full(*args: object, **kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pooch, "retrieve", full)
    with pytest.raises(StoreUnavailable, match="No space left on device"):
        obtain([FILE])


def test_a_home_that_cannot_be_written_is_said_in_words(
    server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("in the way")
    monkeypatch.setenv("LM_LAB_HOME", str(blocked))
    with pytest.raises(StoreUnavailable, match="LM_LAB_HOME"):
        obtain([FILE])
    assert server.asked == []


def test_removing_forgets_the_files_and_can_be_repeated(server: Any) -> None:
    server.files["/tales/tale.txt"] = DATA
    obtain([FILE])
    remove("tales")
    assert FILE.find() is None
    remove("tales")


def test_nothing_is_printed(server: Any, capfd: pytest.CaptureFixture[str]) -> None:
    server.files["/tales/tale.txt"] = DATA
    obtain([FILE, replace(FILE, name="tale.txt", sha256=None)])
    assert capfd.readouterr() == ("", "")


def test_the_timeout_is_finite() -> None:
    assert all(0 < seconds <= 60 for seconds in fetching.TIMEOUT)
