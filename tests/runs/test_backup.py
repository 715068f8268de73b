"""A backup made while the lab goes on holds all that is kept; restored elsewhere a run goes on to
the same bits; no archive of a stranger's making writes where it should not.
"""

import contextlib
import os
import sqlite3
import stat
import threading
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.errors import LabError
from lm_core.runs import backup, job
from lm_core.runs.backup import BadBackup, back_up, restore
from lm_core.runs.manager import CLOSED, RunManager
from lm_core.runs.processes import LocalProcesses
from lm_core.runs.snapshots import load_snapshot, snapshot_steps
from lm_core.runs.store import FILE, RunStore
from lm_core.training.events import Checkpointed, Snapshot, Step
from tests.runs.test_processes import spec_of
from tests.runs.test_resumed import kept, queued, shown, stop_after
from tests.waiting import until
from tests.working import worked

PLACED = (Snapshot, Checkpointed)  # events that say where a file is


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(job, "PARENT_GONE", threading.Event())
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def stopped(home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A run in `home` that was stopped on its way, with an own text, snapshots and a checkpoint."""
    run = queued(RunStore(), "lstm")
    with monkeypatch.context() as patch:
        stop_after(patch, 4)
        assert worked(RunStore(), run) == "stopped"
    return run


def files(folder: Path) -> dict[str, bytes]:
    """What is kept, but for the record and what says which server is there."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    named = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    return {name: data for name, data in named.items() if not name.startswith((FILE, "prepared/"))}


def test_everything_is_there_again_and_goes_on_to_the_same_bits(
    home: Path, stopped: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "limits.json").write_text('{"runs_at_once": 2}')
    (home / "runs.damaged-20260101-000000.sqlite").write_bytes(b"old")
    (home / "servers").mkdir()
    (home / "servers" / "1.lock").touch()
    (home / "texts" / ".half").touch()
    out, other = tmp_path / "out" / "lab.zip", tmp_path / "other"
    made = back_up(home, out)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600 or os.name == "nt"
    assert [path.name for path in out.parent.iterdir()] == ["lab.zip"]

    assert restore(out, other) == made
    assert (made.runs, made.files) == (1, len(files(other)) + 1)
    gone = {"runs.damaged-20260101-000000.sqlite", "servers/1.lock", "texts/.half"}
    assert files(other) == {k: v for k, v in files(home).items() if k not in gone}

    monkeypatch.setenv("LM_LAB_HOME", str(other))
    before, after = RunStore(home), RunStore(other)
    assert after.notice == ""
    assert after.texts.of("ada") == before.texts.of("ada")
    assert shown(after, stopped) == shown(before, stopped)
    assert len(shown(after, stopped)) == 4
    for kind in PLACED:
        for row in after.since(kind, stopped):
            assert Path(row["path"]).is_relative_to(other)
            assert Path(row["path"]).exists()
    assert snapshot_steps(after, stopped) == snapshot_steps(before, stopped) != []
    load_snapshot(after, stopped, snapshot_steps(after, stopped)[0])

    assert worked(after, stopped) == "finished"
    monkeypatch.setenv("LM_LAB_HOME", str(home))
    assert worked(before, stopped) == "finished"
    assert shown(after, stopped) == shown(before, stopped)
    assert all(
        tensor.equal(kept(after, stopped)[name]) for name, tensor in kept(before, stopped).items()
    )


@pytest.mark.slow
def test_a_run_that_goes_on_meanwhile_goes_on_elsewhere_from_there(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = RunManager(RunStore(home), LocalProcesses(1))
    out, other = tmp_path / "lab.zip", tmp_path / "other"
    try:
        run = here.start(spec_of(), "ada")
        until(lambda: here.store.last(Checkpointed, run))
        back_up(home, out)
        going = here.store.last(Step, run)["step"]
        assert here.store.get(run).status == "running"
        restore(out, other)
        monkeypatch.setenv("LM_LAB_HOME", str(other))
        there = RunManager(RunStore(other), LocalProcesses(1))
        try:
            row = there.store.get(run, "ada")
            assert (row.status, row.message) == ("interrupted", CLOSED)
            assert 0 < there.store.last(Step, run)["step"] <= going
            there.resume(run, "ada")
            until(lambda: there.store.last(Step, run)["step"] > going + 20)
            until(lambda: here.store.last(Step, run)["step"] > going + 20)
            curves = [dict(shown(store, run)) for store in (here.store, there.store)]
        finally:
            there.close()
    finally:
        here.close()
    both = sorted(curves[0].keys() & curves[1].keys())
    assert both == list(range(1, both[-1] + 1))
    assert both[-1] > going + 20
    assert [curves[0][step] for step in both] == [curves[1][step] for step in both]


def test_what_was_deleted_is_not_in_it(home: Path, tmp_path: Path) -> None:
    store = RunStore()
    run = store.create("ada", "nobody should read this", {})
    store.delete(run, "ada")
    assert (
        b"nobody should read this"
        in (home / FILE).read_bytes() + (home / f"{FILE}-wal").read_bytes()
    )
    back_up(home, tmp_path / "lab.zip")
    with zipfile.ZipFile(tmp_path / "lab.zip") as packed:
        assert packed.namelist() == [FILE]
        assert b"nobody should read this" not in packed.read(FILE)


def test_what_is_deleted_or_begun_while_it_is_made_does_no_harm(
    home: Path, stopped: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied, begun = backup._copy_record, []

    def meanwhile(path: Path, to: Path) -> int:
        store = RunStore()
        store.delete(stopped, "ada")
        begun.append(queued(store, "mlp"))
        return copied(path, to)

    monkeypatch.setattr(backup, "_copy_record", meanwhile)
    back_up(home, tmp_path / "lab.zip")
    restore(tmp_path / "lab.zip", tmp_path / "other")
    assert list((tmp_path / "other" / "runs").iterdir()) == []
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path / "other"))
    assert [run.id for run in RunStore().runs_of("ada")] == begun
    assert worked(RunStore(), *begun) == "finished"


def test_what_stands_where_the_backup_should_and_is_no_file_stays(home: Path) -> None:
    """A device would otherwise be replaced by a file."""
    RunStore().create("ada", "", {})
    for place in (home, Path(os.devnull)):
        with pytest.raises(BadBackup, match="name another one"):
            back_up(home, place)
        assert not place.is_file()


def test_a_home_without_a_lab_and_a_home_that_is_used_are_refused(
    home: Path, stopped: str, tmp_path: Path
) -> None:
    with pytest.raises(BadBackup, match="There is no lab in"):
        back_up(tmp_path / "nowhere", tmp_path / "lab.zip")
    back_up(home, tmp_path / "lab.zip")
    with pytest.raises(BadBackup, match="already holds prepared: set LM_LAB_HOME to a new folder"):
        restore(tmp_path / "lab.zip", home)
    (tmp_path / "disk" / "lost+found").mkdir(parents=True)  # as a disk of its own is
    assert restore(tmp_path / "lab.zip", tmp_path / "disk").runs == 1


def test_a_full_disk_is_said_before_anything_is_written(
    home: Path, stopped: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(home, tmp_path / "lab.zip")
    monkeypatch.setattr(backup, "SPARE", 1e18)
    with pytest.raises(LabError, match="free some space"):
        restore(tmp_path / "lab.zip", tmp_path / "other")
    assert list((tmp_path / "other").iterdir()) == []


# Of a stranger's making ---------------------------------------------------------------------------


def rewritten(path: Path, to: Path, change: Callable[[zipfile.ZipFile], None]) -> Path:
    """The same archive, with more in it."""
    to.write_bytes(path.read_bytes())
    with zipfile.ZipFile(to, "a") as packed:
        change(packed)
    return to


def link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return entry


NAMES = ["../x", "/etc/x", "runs/../../x", "runs\\..\\x", "C:/x", "texts/C:x", "texts/./x"]
NAMES += ["texts//x", "texts/.hidden", "servers/1.lock", "x", "runs.sqlite-wal", "runs/a/", "texts"]
NAMES += ["texts/a\nb", "texts/" + "a" * 300, "texts/\u00e9", FILE]


@pytest.mark.parametrize("entry", [*NAMES, link("texts/link"), link(FILE)], ids=str)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_entries_that_lead_elsewhere_are_refused_and_leave_nothing(
    home: Path, tmp_path: Path, entry: str | zipfile.ZipInfo
) -> None:
    RunStore().create("ada", "", {})
    back_up(home, tmp_path / "lab.zip")
    bad = rewritten(
        tmp_path / "lab.zip", tmp_path / "bad.zip", lambda packed: packed.writestr(entry, "/etc")
    )
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(BadBackup, match=r"^bad.zip is no backup of this lab"):
        restore(bad, tmp_path / "other")
    assert sorted({*tmp_path.rglob("*")} - {tmp_path / "other"}) == before


RECORDS = [
    "CREATE TRIGGER t AFTER UPDATE ON runs BEGIN DELETE FROM texts; END",
    "CREATE VIEW v AS SELECT * FROM runs",
    "INSERT INTO runs (id, owner, title, spec, status, created) VALUES ('../x', '', '', '', '', 0)",
    "INSERT INTO runs (id, owner, title, spec, status, created, follows) "
    "VALUES ('y', '', '', '', '', 0, '../../x')",
    "DROP TABLE runs",
    "DROP TABLE snapshots",
]


@pytest.mark.parametrize("change", RECORDS)
def test_records_that_would_reach_elsewhere_are_refused(
    home: Path, tmp_path: Path, change: str
) -> None:
    RunStore().create("ada", "", {})
    back_up(home, tmp_path / "lab.zip")
    with zipfile.ZipFile(tmp_path / "lab.zip") as packed:
        packed.extract(FILE, tmp_path)
    with closing(sqlite3.connect(tmp_path / FILE)) as db, db:
        db.execute(change)
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as packed:
        packed.write(tmp_path / FILE, FILE)
    with pytest.raises(BadBackup, match="is no backup of this lab"):
        restore(tmp_path / "bad.zip", tmp_path / "other")
    assert list((tmp_path / "other").iterdir()) == []


def test_where_files_are_is_not_taken_from_it(home: Path, stopped: str, tmp_path: Path) -> None:
    RunStore().record(stopped, [Snapshot(1, "/etc/passwd"), Checkpointed(4, f"{stopped}/../../x")])
    back_up(home, tmp_path / "lab.zip")
    restore(tmp_path / "lab.zip", tmp_path / "other")
    store = RunStore(tmp_path / "other")
    paths = [Path(row["path"]) for kind in PLACED for row in store.since(kind, stopped)]
    assert all(path.is_relative_to(store.run_folder(stopped)) for path in paths)
    assert ".." not in "".join(map(str, paths))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A small archive with two files and a record."""
    folder = tmp_path_factory.mktemp("whole")
    store = RunStore(folder / "home")
    run = store.create("ada", "mine", {})
    store.record(run, [Step(1, 10, 0.1, 3.0)])
    store.run_folder(run).mkdir(parents=True)
    (store.run_folder(run) / "run.json").write_text("{}")
    back_up(folder / "home", folder / "lab.zip")
    return (folder / "lab.zip").read_bytes()


@given(st.data())
def test_a_damaged_archive_is_restored_or_refused_in_a_sentence(
    whole: bytes, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(whole) - 1))
    put = data.draw(st.binary(max_size=8))
    cut = data.draw(st.sampled_from([len(whole), at]))
    folder = tmp_path_factory.mktemp("damaged")
    (folder / "lab.zip").write_bytes((whole[:at] + put + whole[at + len(put) :])[:cut])
    with contextlib.suppress(LabError):
        restore(folder / "lab.zip", folder / "home")
        assert [run.title for run in RunStore(folder / "home").runs_of("ada")] == ["mine"]
    assert {path.name for path in folder.iterdir()} <= {"lab.zip", "home"}
