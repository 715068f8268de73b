"""All of a visitor's is gone, from the record and from the disk; nothing of anybody else's."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lm_core.corpora.own import has_own, own_corpus
from lm_core.errors import LabError
from lm_core.runs.keepsakes import keep
from lm_core.runs.manager import RunManager
from lm_core.runs.prepare import prepare
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.runs.store import RunStore
from lm_core.training.events import Step
from tests.runs.test_manager import Bench
from tests.tiny import TEXT

DIARY = own_corpus(TEXT, title="my diary", items=False)
SHARED = own_corpus([f"name{i}" for i in range(40)], title="names", items=True)


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunManager]:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    store = RunStore()
    manager = RunManager(store, Bench(store))
    yield manager
    manager.close()


def filled(runs: RunManager, owner: str, *given) -> list[str]:
    """Texts, a finished run of each with its files, and an examination with a part."""
    store, made = runs.store, []
    for corpus in given:
        text = runs.give_text(corpus, owner)
        spec = RunSpec(data=CorpusSpec(name="own", text=text, items=corpus.items))
        prepare(spec)
        made.append(store.create(owner, "mine", spec.to_dict()))
    made.append(store.create(owner, "job", RunSpec().to_dict(), kind="doctor"))
    made.append(store.create(owner, "part", RunSpec().to_dict(), parent=made[-1]))
    for run in made:
        store.update(run, status="finished")
        store.record(run, [Step(1, 10, 0.1, 3.0)])
        store.run_folder(run).mkdir(parents=True)
        keep(store.run_folder(run), vars(store.get(run)))
        (store.run_folder(run) / "model.safetensors").write_bytes(bytes(100))
    store.visit(owner)
    return made


def mentions(folder: Path, word: str) -> list[str]:
    """Files that hold the word; of the record its tables are asked, as deleted rows are free
    space."""
    files = [p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("runs.sqlite")]
    return [p.name for p in files if word.encode() in p.read_bytes()]


def rows(store: RunStore) -> dict[str, int]:
    """Of each table how many rows there are."""
    with store._reading() as db:
        tables = [r[0] for r in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        tables = [table for table in tables if not table.startswith("sqlite_")]
        return {t: db.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in tables}


def test_everything_of_a_visitor_goes_and_nothing_of_anothers(runs: RunManager) -> None:
    store = runs.store
    bobs = filled(runs, "bob", SHARED)
    files = {p for p in store.folder.rglob("*") if p.is_file()}
    before = rows(store)
    mine = filled(runs, "ada-lovelace", DIARY, SHARED)
    diary, shared = (one.text for one in store.texts.of("ada-lovelace"))
    assert mentions(store.folder, "ada-lovelace")
    assert rows(store) != before

    runs.delete_all("ada-lovelace")
    assert rows(store) == before
    assert {p for p in store.folder.rglob("*") if p.is_file()} == files
    assert not mentions(store.folder, "ada-lovelace")
    assert not any(store.run_folder(run).exists() for run in mine)
    assert store.runs_of("ada-lovelace", children=True) == []
    assert store.texts.of("ada-lovelace") == []
    assert store.last_visit("ada-lovelace") is None
    assert (has_own(diary), has_own(shared)) == (False, True)  # Bob gave the same
    assert {run.id for run in store.runs_of("bob", children=True)} == set(bobs)
    assert all((store.run_folder(run) / "model.safetensors").exists() for run in bobs)
    assert len(os.listdir(store.folder / "prepared")) == 2


def test_runs_that_go_on_are_stopped_first_and_those_that_wait_just_go(runs: RunManager) -> None:
    store = runs.store
    done = filled(runs, "ada")
    going = runs.start(RunSpec(), "ada")
    runs.backend.begin(going)
    waiting = runs.start(RunSpec(), "ada")
    bobs = runs.start(RunSpec(), "bob")
    with pytest.raises(LabError, match="1 run of yours is going, and told to stop"):
        runs.delete_all("ada")
    assert store.get(going).requested == "stop"
    assert store.get(waiting).status == "stopped"
    assert {run.id for run in store.runs_of("ada", children=True)} == {*done, going, waiting}
    runs.backend.finish(going, "stopped")
    runs.delete_all("ada")
    assert store.runs_of("ada", children=True) == []
    assert store.get(bobs).active
    assert store.get(bobs).requested == "run"


def test_who_has_nothing_may_ask_too(runs: RunManager) -> None:
    runs.delete_all("nobody")
    assert rows(runs.store) == dict.fromkeys(rows(runs.store), 0)
