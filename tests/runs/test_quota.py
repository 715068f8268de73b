"""What is over goes, the oldest first; what is needed stays; whose it was is told."""

import os
import shutil
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from lm_core.corpora.own import has_own, load_own, own_corpus, save_own
from lm_core.errors import StoreUnavailable
from lm_core.runs import quota
from lm_core.runs.manager import RunManager
from lm_core.runs.prepare import prepare
from lm_core.runs.quota import Quota, check_free, sentence
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.runs.store import Run, RunStore
from tests.runs.test_manager import Bench
from tests.tiny import TEXT
from tests.waiting import until


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    return RunStore(tmp_path)


def ended(store: RunStore, owner: str, *, size: int = 0, parent: str = "") -> str:
    run = store.create(owner, "", RunSpec().to_dict(), parent=parent)
    store.update(run, status="finished")
    if size:
        folder = store.run_folder(run) / "checkpoint"
        folder.mkdir(parents=True)
        (folder / "model.safetensors").write_bytes(bytes(size))
    return run


def tidy(store: RunStore) -> dict[str, int]:
    def remove(run: Run) -> bool:
        for one in store.delete(run.id, run.owner):
            shutil.rmtree(store.run_folder(one), ignore_errors=True)
        return True

    return Quota(store).tidy(remove)


def kept(store: RunStore, owner: str) -> list[str]:
    return [run.id for run in store.runs_of(owner)][::-1]  # oldest first


def test_within_the_bounds_nothing_goes(store: RunStore) -> None:
    runs = [ended(store, "ada", size=100) for _ in range(3)]
    assert tidy(store) == {}
    assert kept(store, "ada") == runs
    assert store.removed("ada") == 0


def test_the_oldest_of_a_visitor_with_too_many_go(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LM_LAB_RUNS_KEPT", "2")
    mine, others = [ended(store, "ada") for _ in range(5)], [ended(store, "bob") for _ in range(2)]
    going = store.create("ada", "", RunSpec().to_dict())
    assert tidy(store) == {"ada": 3}
    assert kept(store, "ada") == [*mine[3:], going]
    assert kept(store, "bob") == others
    assert (store.removed("ada"), store.removed("bob")) == (3, 0)


def test_the_disk_of_a_visitor_counts_what_its_parts_left(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota, "disk", lambda: 4000)  # 1,000 bytes of it for one visitor
    first, second, third = (ended(store, "ada", size=300) for _ in range(3))
    part = ended(store, "ada", size=500, parent=first)
    assert tidy(store) == {"ada": 1}
    assert kept(store, "ada") == [second, third]
    assert not store.run_folder(first).exists()
    assert not store.run_folder(part).exists()
    assert store.run_folder(third).exists()


def test_all_together_have_a_most_too(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_RUNS_KEPT_IN_ALL", "4")
    first = {owner: ended(store, owner) for owner in ("ada", "bob", "cleo")}
    again = {owner: ended(store, owner) for owner in ("ada", "bob", "cleo")}
    assert tidy(store) == {"ada": 1, "bob": 1}
    assert kept(store, "ada") == [again["ada"]]
    assert kept(store, "cleo") == [first["cleo"], again["cleo"]]
    monkeypatch.setattr(quota, "disk", lambda: 0)
    ended(store, "dan", size=10)
    assert tidy(store) == {"dan": 1}
    assert store.removed("ada") == 1  # until it was read
    store.understood("ada")
    assert store.removed("ada") == 0


def test_texts_that_nobody_reads_go_first(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [save_own(own_corpus(TEXT + str(i) * 9, title="t", items=False)) for i in range(3)]
    for age, key in enumerate(keys):
        path = store.folder / "texts" / f"{key}.json"
        os.utime(path, (1000 - age, 1000 - age))  # the last one is the oldest
    (store.folder / "texts" / "download.json").write_text("{}")
    load_own(keys[1])  # read now
    spec = RunSpec(data=CorpusSpec(name="own", text=keys[2]))
    store.create("ada", "", spec.to_dict())  # waits, and needs it
    monkeypatch.setattr(quota, "disk", lambda: 0)
    tidy(store)
    assert [has_own(key) for key in keys] == [False, False, True]
    assert (store.folder / "texts" / "download.json").exists()


def test_of_texts_the_one_read_last_stays(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [save_own(own_corpus(TEXT + str(i) * 9, title="t", items=False)) for i in range(3)]
    for age, key in enumerate(keys):
        os.utime(store.folder / "texts" / f"{key}.json", (1000 - age, 1000 - age))
    load_own(keys[2])  # the oldest, read now
    size = (store.folder / "texts" / f"{keys[0]}.json").stat().st_size
    monkeypatch.setattr(quota, "disk", lambda: 10 * 1.5 * size)  # a tenth of it is for texts
    tidy(store)
    assert [has_own(key) for key in keys] == [False, False, True]


def test_a_visit_is_forgotten_with_its_cookie(store: RunStore) -> None:
    store.visit("ada")
    with store._writing() as db:
        long_ago = time.time() - quota.FORGOTTEN - 10
        db.execute("INSERT INTO visits (owner, seen) VALUES ('bob', ?)", (long_ago,))
    tidy(store)
    assert store.last_visit("ada") is not None
    assert store.last_visit("bob") is None


def test_a_run_needs_room_on_the_disk(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    check_free(store.folder)
    monkeypatch.setattr(quota.shutil, "disk_usage", lambda _: SimpleNamespace(free=120e6))
    manager = RunManager(store, Bench(store))
    try:
        with pytest.raises(StoreUnavailable, match="Only 120 MB are free"):
            manager.start(RunSpec(), "ada")
    finally:
        manager.close()
    assert store.runs_of("ada") == []


def test_the_manager_tidies_and_leaves_what_was_taken_up_meanwhile(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LM_LAB_RUNS_KEPT", "1")
    runs = [ended(store, "ada") for _ in range(3)]
    manager = RunManager(store, Bench(store))
    try:
        until(lambda: kept(store, "ada") == runs[2:])
        row = store.get(runs[2])
        store.update(runs[2], status="running")
        assert manager._drop(row) is False
        assert store.removed("ada") == 2
    finally:
        manager.close()


def test_what_is_older_than_its_days_goes(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_KEEP_DAYS", "30")
    old, young, going = ended(store, "ada"), ended(store, "ada"), ended(store, "bob")
    days = quota.DAY
    store.update(old, ended=time.time() - 31 * days)
    store.update(young, ended=time.time() - 29 * days)
    store.update(going, status="paused", created=time.time() - 99 * days)
    keys = [save_own(own_corpus(TEXT + str(i) * 9, title="t", items=False)) for i in range(2)]
    copies = store.folder / "prepared"
    for key in keys:
        prepare(RunSpec(data=CorpusSpec(name="own", text=key), model_name="bigram"))
    assert len(list(copies.iterdir())) == 4
    last_read = time.time() - 31 * days
    os.utime(store.folder / "texts" / f"{keys[0]}.json", (last_read, last_read))
    assert tidy(store) == {"ada": 1}
    assert kept(store, "ada") == [young]
    assert kept(store, "bob") == [going]
    assert [has_own(key) for key in keys] == [False, True]
    assert len(list(copies.iterdir())) == 2  # a text that is gone has no prepared copy
    assert "none longer than 30 days" in sentence(1)


def test_what_is_said() -> None:
    assert sentence(1).startswith("1 of your oldest runs was removed to make room: this lab keeps")
    assert "3 of your oldest runs were removed" in sentence(3)
