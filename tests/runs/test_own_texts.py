"""Whose own texts are whose: listed for their owner alone, named, deleted, within bounds."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from lm_core.corpora.own import has_own, own_corpus, save_own
from lm_core.corpora.own_kind import corpus_of
from lm_core.errors import BadSettings, BadText, LabError, StoreUnavailable
from lm_core.home import home_folder
from lm_core.runs import given_texts, quota
from lm_core.runs.job import prepared_for
from lm_core.runs.manager import RunManager
from lm_core.runs.prepare import prepare
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.runs.store import FILE, RunStore
from tests.corpora.test_own_kind import CLASSES, PAIRS, PROSE, VALUES
from tests.corpora.test_own_kind import LIST as LINES
from tests.runs.test_manager import Bench
from tests.tiny import TEXT

PLAIN = own_corpus(TEXT, title="my diary", items=False)
LIST = own_corpus([f"name{i}" for i in range(40)], title="names", items=True)


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunManager]:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    store = RunStore()
    manager = RunManager(store, Bench(store))
    yield manager
    manager.close()


def titles(runs: RunManager, owner: str) -> list[str]:
    return [one.title for one in runs.store.texts.of(owner)]


def learning(text: str) -> RunSpec:
    return RunSpec(data=CorpusSpec(name="own", text=text), model_name="bigram")


def test_texts_are_listed_for_their_owner_alone_and_in_another_process_too(
    runs: RunManager,
) -> None:
    runs.give_text(PLAIN, "ada")
    listed = runs.give_text(LIST, "ada", "  my  towns ")
    assert titles(runs, "ada") == ["my diary", "my towns"]
    assert titles(runs, "bob") == []
    again = RunStore().texts.of("ada")
    assert [(one.kind, one.here) for one in again] == [("text", True), ("items", True)]
    assert again[1].text == listed


def test_a_text_is_listed_with_its_kind(runs: RunManager) -> None:
    texts = {"pairs": PAIRS, "classes": CLASSES, "values": VALUES, "items": LINES, "text": PROSE}
    for kind, text in texts.items():
        runs.give_text(corpus_of(kind, text, title=kind), "ada")
    again = RunStore().texts.of("ada")
    assert {one.title: one.kind for one in again} == {kind: kind for kind in texts}
    assert [one.title for one in again if one.items] == ["items"]


def test_a_large_table_of_ones_own_counts_as_what_it_holds(
    runs: RunManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota, "disk", lambda: 1000)
    with pytest.raises(LabError, match="MB here and 0 is the most: delete one"):
        runs.give_text(corpus_of("pairs", PAIRS, title="pairs"), "ada")
    assert titles(runs, "ada") == []


def test_given_again_it_is_the_same_under_the_newer_name(runs: RunManager) -> None:
    first = runs.give_text(LIST, "ada", "towns")
    assert runs.give_text(LIST, "ada", "villages") == first
    assert titles(runs, "ada") == ["villages"]
    runs.give_text(LIST, "bob")
    runs.rename_text(first, "bob", "hamlets")
    assert (titles(runs, "ada"), titles(runs, "bob")) == (["villages"], ["hamlets"])


def test_names_are_names_and_others_texts_are_not_touched(runs: RunManager) -> None:
    text = runs.give_text(PLAIN, "ada")
    with pytest.raises(BadSettings, match="needs a name"):
        runs.rename_text(text, "ada", " \n ")
    with pytest.raises(BadSettings, match="at most 80"):
        runs.rename_text(text, "ada", "x" * 81)
    for change, to in ((runs.rename_text, ["b"]), (runs.delete_text, [])):
        with pytest.raises(BadText, match="belongs to another browser"):
            change(text, "bob", *to)
    assert titles(runs, "ada") == ["my diary"]


def test_a_deleted_text_is_gone_but_for_whoever_gave_the_same(runs: RunManager) -> None:
    text = runs.give_text(PLAIN, "ada")
    runs.give_text(PLAIN, "bob")
    prepare(learning(text))
    kept = home_folder() / "prepared"
    runs.delete_text(text, "ada")
    assert (titles(runs, "ada"), titles(runs, "bob")) == ([], ["my diary"])
    assert has_own(text)
    assert len(list(kept.iterdir())) == 2
    runs.delete_text(text, "bob")
    assert not has_own(text)
    assert not list(kept.iterdir())
    with pytest.raises(BadText, match="upload or paste it again"):
        prepare(learning(text))
    assert runs.give_text(PLAIN, "ada", "under another name") == text
    prepare(learning(text))  # and its runs go on


def test_a_text_that_a_run_is_reading_stays(runs: RunManager) -> None:
    text = runs.give_text(PLAIN, "ada")
    run = runs.start(learning(text), "ada")
    with pytest.raises(LabError, match="still going: stop it first"):
        runs.delete_text(text, "ada")
    runs.store.update(run, status="finished")
    runs.delete_text(text, "ada")
    assert runs.store.get(run, "ada").status == "finished"


def test_a_run_says_what_its_owner_calls_the_text(runs: RunManager) -> None:
    text = runs.give_text(PLAIN, "ada")
    runs.give_text(PLAIN, "bob", "Bob's")
    runs.rename_text(text, "ada", "Ada's")
    for owner, title in (("ada", "Ada's"), ("bob", "Bob's"), ("eve", "my diary")):
        row = runs.store.get(runs.store.create(owner, "", learning(text).to_dict()))
        assert prepared_for(runs.store, row).card()["corpus"]["title"] == title


def test_as_many_as_fit(runs: RunManager, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_TEXTS_KEPT", "1")
    runs.give_text(PLAIN, "ada")
    runs.give_text(PLAIN, "ada", "again")
    with pytest.raises(LabError, match="1 texts here"):
        runs.give_text(LIST, "ada")
    runs.give_text(LIST, "bob")
    monkeypatch.delenv("LM_LAB_TEXTS_KEPT")
    monkeypatch.setattr(quota, "disk", lambda: 1000)  # 25 bytes of it for one visitor's texts
    with pytest.raises(LabError, match="MB here and 0 is the most: delete one"):
        runs.give_text(LIST, "ada")
    assert titles(runs, "ada") == ["again"]


def test_a_full_disk_leaves_no_text_that_is_not_there(
    runs: RunManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(corpus: object) -> str:
        raise StoreUnavailable("The disk is full: free some space.")

    monkeypatch.setattr(given_texts, "save_own", full)
    with pytest.raises(StoreUnavailable):
        runs.give_text(PLAIN, "ada")
    assert titles(runs, "ada") == []


def test_texts_of_an_old_address_come_along(runs: RunManager) -> None:
    runs.give_text(PLAIN, "old", "a")
    runs.give_text(LIST, "old", "b")
    runs.give_text(LIST, "ada", "mine")
    runs.store.adopt("old", "ada")
    assert sorted(titles(runs, "ada")) == ["a", "mine"]
    assert titles(runs, "old") == []


def test_a_record_from_before_there_was_a_list_finds_the_texts_of_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    text, other = save_own(PLAIN), save_own(LIST)
    pairs = save_own(corpus_of("pairs", PAIRS, title="mine"))
    store = RunStore()
    for owner, read in (("ada", text), ("ada", text), ("bob", other), ("bob", "0" * 64)):
        store.create(owner, "", learning(read).to_dict())
    store.create("bob", "", {"data": {"name": "own", "text": pairs, "kind": "pairs"}})
    store.create("eve", "", RunSpec().to_dict())
    with closing(sqlite3.connect(tmp_path / FILE)) as db, db:
        db.execute("DROP TABLE texts")
        db.execute("UPDATE runs SET spec = ? WHERE owner = 'eve'", (json.dumps([1]),))
    store = RunStore()
    found = {owner: store.texts.of(owner) for owner in ("ada", "bob", "eve")}
    assert [one.title for one in found["ada"]] == ["my diary"]
    assert [(one.title, one.kind) for one in found["bob"]] == [
        ("names", "items"),
        ("mine", "pairs"),
    ]
    assert found["eve"] == []
    store.texts.remove("ada", text)
    assert RunStore().texts.of("ada") == []  # once, and not each time the lab begins
