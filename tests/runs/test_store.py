import contextlib
import json
import math
import os
import random
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.errors import RunNotFound, StoreUnavailable
from lm_core.runs.held import HeldStore, RunLost
from lm_core.runs.keepsakes import keep
from lm_core.runs.spec import RunSpec
from lm_core.runs.store import ACTIVE, ENDED, WAITING, RunStore
from lm_core.runs.tables import AS_JSON, LATER, SCHEMA, TABLES, to_row
from lm_core.training.events import (
    KEPT_AS,
    Checkpointed,
    Diagnosed,
    Evaluated,
    Examined,
    Failed,
    Finished,
    Found,
    Paused,
    Probed,
    Sampled,
    Snapshot,
    Step,
)
from tests.chance import assert_drawn_by_chance
from tests.waiting import PATIENCE


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "home")


@pytest.fixture
def run(store: RunStore) -> str:
    return store.create("ada", "A run", {"seed": 1})


def point(step: int, nats: float = 2.0) -> Step:
    return Step(step, step * 10, step / 100, nats, 1e-3, 0.5, 1000.0)


# Runs ---------------------------------------------------------------------------------------------


def test_a_run_says_when_it_was_created(store: RunStore) -> None:
    before = time.time()
    row = store.get(store.create("ada", "A run", {}))
    assert before <= row.created <= time.time()


def test_a_new_run_waits_and_remembers_what_it_is(store: RunStore, run: str) -> None:
    row = store.get(run, "ada")
    assert (row.id, row.owner, row.title, row.spec) == (run, "ada", "A run", {"seed": 1})
    assert (row.status, row.requested, row.lr_scale, row.single_steps) == ("queued", "run", 1.0, 0)
    assert (row.message, row.facts, row.pid, row.started, row.ended) == ("", {}, None, None, None)
    assert row.active


def test_ids_cannot_be_guessed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What anybody may know (how many runs there were, the time, a seed) says nothing of an id."""
    monkeypatch.setattr(time, "time", lambda: 1e9)
    ids = []
    for home in ("one", "other"):
        random.seed(0)
        store = RunStore(tmp_path / home)
        ids += [store.create("ada", "", {}) for _ in range(100)]
    assert_drawn_by_chance(ids)


@pytest.mark.parametrize("owner", ["bob", "", "ADA", "ada "])
def test_a_run_is_not_there_for_anybody_else(store: RunStore, run: str, owner: str) -> None:
    with pytest.raises(RunNotFound):
        store.get(run, owner)
    with pytest.raises(RunNotFound):
        store.delete(run, owner)
    assert store.runs_of(owner) == []
    assert store.get(run, "ada").id == store.get(run).id == run


def test_a_strange_run_and_a_run_of_somebody_else_sound_alike(store: RunStore, run: str) -> None:
    sentences = set()
    for name, owner in [(run, "bob"), ("no-such-run", "bob")]:
        with pytest.raises(RunNotFound) as error:
            store.get(name, owner)
        sentences.add(str(error.value))
    assert len(sentences) == 1


def test_a_visitor_finds_all_runs_again_the_newest_first(store: RunStore) -> None:
    mine = [store.create("ada", str(k), {}) for k in range(5)]
    store.create("bob", "", {})
    assert [row.id for row in store.runs_of("ada")] == mine[::-1]


def test_runs_are_numbered_by_owner_and_kind(store: RunStore) -> None:
    def numbers(owner: str) -> list[int]:
        return [store.get(run).number for run in made[owner]]

    made = {
        "ada": [store.create("ada", "", {}, kind=k) for k in ("train", "doctor", "train")],
        "bob": [store.create("bob", "", {}) for _ in range(2)],
    }
    part = store.create("ada", "", {}, parent=made["ada"][1])
    assert (numbers("ada"), numbers("bob"), store.get(part).number) == ([1, 1, 2], [1, 2], 0)
    store.delete(made["ada"][0], "ada")
    assert store.get(store.create("ada", "", {})).number == 3
    store.adopt("bob", "ada")
    assert numbers("bob") == [4, 5]


def test_runs_by_status_come_the_oldest_first(store: RunStore) -> None:
    runs = [store.create(owner, "", {}) for owner in "abcd"]
    store.update(runs[1], status="running")
    store.update(runs[3], status="finished")
    assert [row.id for row in store.runs_with(WAITING)] == [runs[0], runs[2]]
    assert [row.id for row in store.runs_with(ACTIVE)] == [runs[1]]
    assert [row.id for row in store.runs_with(WAITING + ACTIVE + ENDED)] == runs


@pytest.mark.parametrize("status", [*WAITING, *ACTIVE, *ENDED])
def test_a_page_looks_on_until_a_run_has_ended(store: RunStore, run: str, status: str) -> None:
    store.update(run, status=status)
    assert store.get(run).active is (status not in ENDED)


def test_facts_are_added_to_what_is_known(store: RunStore, run: str) -> None:
    store.update(run, facts={"parameters": 10, "device": "CPU"})
    store.update(run, facts={"device": "CUDA"}, status="running")
    assert store.get(run).facts == {"parameters": 10, "device": "CUDA"}
    assert store.get(run).status == "running"


def test_a_request_is_read_in_one_go(store: RunStore, run: str) -> None:
    store.update(run, requested="pause", single_steps=2, lr_scale=0.5)
    assert store.requested(run) == ("pause", 2, 0.5, None)
    store.update(run, pause_at=70)
    assert store.requested(run).pause_at == 70


def test_a_run_that_was_deleted_is_to_stop(store: RunStore, run: str) -> None:
    store.record(run, [point(1), Sampled(1, "x")])
    store.delete(run, "ada")
    assert store.requested(run)[0] == "stop"
    assert store.since(Step, run) == store.since(Sampled, run) == []
    with pytest.raises(RunNotFound):
        store.get(run)


def test_children_are_out_of_the_way_and_go_with_their_parent(store: RunStore, run: str) -> None:
    job = store.create("ada", "Doctor", {}, kind="doctor", options={"steps": ["grid"]})
    cells = [store.create("ada", str(k), {}, parent=job) for k in range(3)]
    assert (store.get(job).kind, store.get(job).options) == ("doctor", {"steps": ["grid"]})
    assert (store.get(run).kind, store.get(run).options, store.get(run).parent) == ("train", {}, "")
    assert [row.id for row in store.runs_of("ada")] == [job, run]
    assert [row.id for row in store.runs_of("ada", children=True)] == [*cells[::-1], job, run]
    assert [row.id for row in store.children_of(job)] == cells
    assert store.children_of(run) == []
    assert [row.id for row in store.runs_with(WAITING)] == [run, job]
    store.record(cells[1], [point(1)])
    assert store.get(cells[1], "ada").parent == job
    assert store.delete(job, "ada") == [job, *cells]
    assert [row.id for row in store.runs_of("ada", children=True)] == [run]
    assert store.since(Step, cells[1]) == []


def test_a_child_belongs_to_the_owner_of_its_parent(store: RunStore, run: str) -> None:
    with pytest.raises(RunNotFound):
        store.create("bob", "", {}, parent=run)


def test_a_run_is_cleared_of_what_it_showed_and_stays(store: RunStore, run: str) -> None:
    store.record(run, SHOWN)
    cell = store.create("ada", "", {}, parent=run)
    assert store.clear(run) == [cell]
    assert all(store.since(kind, run) == [] for kind in TABLES)
    assert store.get(run, "ada").title == "A run"
    assert store.children_of(run) == []


def test_a_title_and_a_note_are_the_owners(store: RunStore, run: str) -> None:
    store.rename(run, "ada", "Another")
    store.annotate(run, "ada", "It learns.\nSlowly.")
    row = store.get(run)
    assert (row.title, row.note) == ("Another", "It learns.\nSlowly.")
    for change in (store.rename, store.annotate):
        with pytest.raises(RunNotFound):
            change(run, "bob", "Mine")
    assert store.get(run) == row


def test_a_file_of_an_older_lab_is_brought_up_to_date(tmp_path: Path) -> None:
    """As the first version of the lab left it: no column of `LATER`, no table but its own."""
    assert not any(f"{table} ADD COLUMN {column} " in SCHEMA for table, column, _ in LATER)
    old = sqlite3.connect(tmp_path / "runs.sqlite")
    old.executescript(SCHEMA)
    for table in ("probes", "examinations", "snapshots", "findings"):
        old.execute(f"DROP TABLE {table}")
    old.execute(
        "INSERT INTO runs (id, owner, title, spec, status, created) "
        "VALUES ('old', 'ada', 'Old', '{}', 'finished', 1.0)"
    )
    old.execute("INSERT INTO samples (run, step, text) VALUES ('old', 1, 'anna')")
    for items in (0, 1):
        old.execute("INSERT INTO texts VALUES ('ada', ?, 'Mine', ?, 1.0)", (f"{items}" * 64, items))
    old.commit()
    old.close()
    for _ in range(2):  # the second time there is nothing to do
        store = RunStore(tmp_path)
    row = store.get("old", "ada")
    assert (row.kind, row.options, row.parent, row.note) == ("train", {}, "", "")
    assert row.number == 1
    assert store.requested("old").pause_at is None
    assert store.last(Sampled, "old")["pieces"] == ()
    assert store.runs_of("ada") == [row]
    assert [one.kind for one in store.texts.of("ada")] == ["text", "items"]
    for event in SHOWN:
        store.record("old", [event])
        assert store.last(type(event), "old")["step"] == 1


# What a run shows ---------------------------------------------------------------------------------

SHOWN = [
    point(1),
    Evaluated(1, 10, "validation", 2.5, 100, True),
    Evaluated(1, 10, "validation", 2.5, 100, True, {"accuracy": 0.5, "perplexity": math.inf}),
    Sampled(1, kind="pairs", columns=("from", "made", "right"), rows=(("a", "b", "c"),)),
    Sampled(1, kind="table", columns=("text", "value"), rows=(("NaN", 2.5), ("b", 1))),
    Sampled(1, "Once\nupon"),
    Sampled(1, "On", (("O", 0.25), ("n", 1.0))),
    Sampled(1, "NaN", (("NaN", 0.25), ("Infinity", 1.0))),
    Probed(1, (2.5, 0.1, math.inf)),
    Examined(1, {"layers": [{"name": "a", "dead": None, "units": [[0, 1]]}], "grad_norm": 0.5}),
    Snapshot(1, "somewhere"),
    Found(1, "init", {"nats": 3.3, "done": True}),
    Found(1, "lr", {"sweep": [{"lr": 0.1, "end": math.inf}, {"lr": 1.0, "end": -math.inf}]}),
    Diagnosed(1, "dead", "alarm", "Half of it is dead.", "Try less."),
    Checkpointed(1, "somewhere"),
]


@pytest.mark.parametrize("event", SHOWN, ids=lambda event: type(event).__name__)
def test_an_event_comes_back_as_it_went_in(store: RunStore, run: str, event) -> None:
    store.record(run, [event])
    (row,) = store.since(type(event), run)
    named = KEPT_AS.get(type(event), {})
    kept = {named.get(k, k): v for k, v in vars(event).items()}
    assert row.pop("seq") == 1
    assert row == kept
    last = store.last(type(event), run)
    assert {k: v for k, v in last.items() if k != "seq"} == kept


@pytest.mark.parametrize("event", SHOWN, ids=lambda event: type(event).__name__)
def test_json_in_the_store_is_strict(event) -> None:
    table, columns, values = to_row(event)
    for column in AS_JSON.get(table, ()):
        text = values[columns.index(column)]
        json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))


def test_events_that_are_no_picture_are_passed_over(store: RunStore, run: str) -> None:
    store.record(run, [Paused(1), Finished(1, 1, 1.0, "budget"), Failed(1, "x"), point(2)])
    assert [row["step"] for row in store.since(Step, run)] == [2]


def test_a_page_asks_only_for_what_is_new(store: RunStore, run: str) -> None:
    store.record(run, map(point, range(1, 6)))
    first = store.since(Step, run)
    seen = max(row["seq"] for row in first)
    assert store.since(Step, run, seen) == []
    store.record(run, map(point, range(6, 9)))
    assert [row["step"] for row in store.since(Step, run, seen)] == [6, 7, 8]


def test_a_long_run_may_be_read_with_gaps(store: RunStore, run: str) -> None:
    store.record(run, [point(k) for k in range(1, 101)])
    assert [row["step"] for row in store.since(Step, run, every=20)] == [20, 40, 60, 80, 100]
    seq = store.since(Step, run)[49]["seq"]
    assert [row["step"] for row in store.since(Step, run, seq, every=20)] == [60, 80, 100]


def test_a_step_done_again_replaces_the_old_one_and_is_new(store: RunStore, run: str) -> None:
    """A killed run goes on from its checkpoint at step 3; 4 and 5 were shown already."""
    store.record(run, [point(k, nats=1.0) for k in range(1, 6)])
    seen = max(row["seq"] for row in store.since(Step, run))
    store.record(run, [point(k, nats=2.0) for k in range(4, 8)])
    assert [row["step"] for row in store.since(Step, run, seen)] == [4, 5, 6, 7]
    whole = store.since(Step, run)
    assert [row["step"] for row in whole] == list(range(1, 8))
    assert [row["nats"] for row in whole] == [1, 1, 1, 2, 2, 2, 2]
    assert store.last(Step, run)["step"] == 7


def test_the_last_event_is_that_of_the_highest_step(store: RunStore, run: str) -> None:
    assert store.last(Step, run) is None
    store.record(run, [point(9), point(3)])
    assert store.last(Step, run)["step"] == 9


def test_two_splits_of_one_step_stand_side_by_side(store: RunStore, run: str) -> None:
    for split in ("train", "validation"):
        store.record(run, [Evaluated(5, 50, split, 1.0, 10, False)])
    assert {row["split"] for row in store.since(Evaluated, run)} == {"train", "validation"}


def test_runs_show_nothing_of_each_other(store: RunStore) -> None:
    one, other = (store.create("ada", "", {}) for _ in range(2))
    store.record(one, [point(1, nats=1.0)])
    store.record(other, [point(1, nats=2.0)])
    assert [row["nats"] for row in store.since(Step, one)] == [1.0]
    assert [row["nats"] for row in store.since(Step, other)] == [2.0]


@given(nats=st.floats(width=64))
def test_every_number_survives_no_number_and_infinity_too(nats: float) -> None:
    store = _kept()
    store.record("run", [point(1, nats=nats)])
    for row in (store.since(Step, "run")[0], store.last(Step, "run")):
        assert row["nats"] == nats or (math.isnan(nats) and math.isnan(row["nats"]))


_stores: dict[str, RunStore] = {}


def _kept() -> RunStore:
    """One store for all examples of a test, as making one takes a moment."""
    home = os.environ["LM_LAB_HOME"]
    if home not in _stores:
        _stores[home] = RunStore(Path(home) / "numbers")
    return _stores[home]


@given(text=st.text())
def test_every_text_survives(text: str) -> None:
    store = _kept()
    store.record("run", [Sampled(1, text)])
    assert store.last(Sampled, "run")["text"] == text


# Several at once ----------------------------------------------------------------------------------


def test_another_store_on_the_folder_sees_it_all(store: RunStore, run: str) -> None:
    store.record(run, [point(1)])
    assert RunStore(store.folder).last(Step, run)["step"] == 1


def test_a_transaction_that_was_cut_off_is_as_if_it_had_not_begun(store: RunStore, run) -> None:
    def cut_off():
        yield point(1)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.record(run, cut_off())
    assert store.since(Step, run) == []
    store.record(run, [point(2)])
    assert [row["step"] for row in store.since(Step, run)] == [2]


def test_threads_write_and_read_at_once_and_lose_nothing(store: RunStore) -> None:
    runs = [store.create("ada", "", {}) for _ in range(2)]
    troubles: list[BaseException] = []

    def write(run: str) -> None:
        try:
            for step in range(1, 101):
                store.record(run, [point(step)])
        except BaseException as error:
            troubles.append(error)

    def read(run: str) -> None:
        try:
            seen = 0
            while seen < 100:
                rows = store.since(Step, run, 0)
                assert len(rows) >= seen
                assert [row["step"] for row in rows] == list(range(1, len(rows) + 1))
                seen = len(rows)
        except BaseException as error:
            troubles.append(error)

    threads = [threading.Thread(target=f, args=[run]) for run in runs for f in (write, read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not troubles
    assert all(len(store.since(Step, run)) == 100 for run in runs)


def test_a_finding_that_grows_replaces_itself_and_is_new(store: RunStore, run: str) -> None:
    store.record(run, [Found(1, "lr", {"lr": [0.1]}), Found(2, "grid", {})])
    seen = max(row["seq"] for row in store.since(Found, run))
    store.record(run, [Found(1, "lr", {"lr": [0.1, 0.2], "done": True})])
    (row,) = store.since(Found, run, seen)
    assert (row["step"], row["data"]["done"]) == (1, True)
    assert [row["part"] for row in store.since(Found, run)] == ["lr", "grid"]


def test_a_reader_does_not_wait_for_a_writer(store: RunStore, run: str) -> None:
    store.record(run, [point(1)])
    writer = sqlite3.connect(store.folder / "runs.sqlite", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("UPDATE runs SET title = 'half done'")
    assert store.get(run).title == "A run"  # the one before the writer's, which still goes on
    assert len(store.since(Step, run)) == 1
    assert writer.in_transaction
    writer.close()


# Visits -------------------------------------------------------------------------------------------


def test_the_last_visit_is_remembered(store: RunStore) -> None:
    assert store.last_visit("ada") is None
    before = time.time()
    store.visit("ada")
    first = store.last_visit("ada")
    assert before <= first <= time.time()
    store.visit("ada")
    assert store.last_visit("ada") >= first
    assert store.last_visit("bob") is None


# When the disk is full, read-only or worse --------------------------------------------------------


def test_a_home_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(StoreUnavailable, match=r"home folder .*LM_LAB_HOME"):
        RunStore()


def test_a_read_only_home_is_one_sentence(store: RunStore, run: str) -> None:
    """The file system says no to every write; what was shown can still be read."""
    store.record(run, [point(1)])
    store._db._connection()[0].execute("PRAGMA query_only = ON")
    with pytest.raises(StoreUnavailable, match="readonly"):
        store.record(run, [point(2)])
    with pytest.raises(StoreUnavailable, match="readonly"):
        store.create("ada", "", {})
    assert [row["step"] for row in store.since(Step, run)] == [1]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(StoreUnavailable, match="cannot be written"):
            RunStore(tmp_path)
    finally:
        tmp_path.chmod(0o755)


def test_a_full_disk_is_one_sentence_and_what_was_shown_stays(store: RunStore, run: str) -> None:
    """SQLite's own "database or disk is full", by a limit on its pages."""
    store.record(run, [point(1)])
    pages = store._db._connection()[0].execute("PRAGMA page_count").fetchone()[0]
    store._db._connection()[0].execute(f"PRAGMA max_page_count = {pages + 1}")
    long = (Sampled(step, "x" * 4000) for step in range(2, 100))
    with pytest.raises(StoreUnavailable, match=r"full\): free some space"):
        store.record(run, long)
    assert [row["step"] for row in store.since(Step, run)] == [1]
    store._db._connection()[0].execute("PRAGMA max_page_count = 100000")  # space was made
    store.record(run, [point(2)])
    assert store.last(Step, run)["step"] == 2


# A record that is not what it was -------------------------------------------------------------


def deleted(store: RunStore) -> None:
    for file in store.folder.glob("runs.sqlite*"):
        file.unlink()


def without_its_log(store: RunStore) -> None:
    (store.folder / "runs.sqlite").unlink()


def folder_removed(store: RunStore) -> None:
    shutil.rmtree(store.folder)


def overwritten(store: RunStore) -> None:
    for file in store.folder.glob("runs.sqlite*"):
        file.unlink()
    (store.folder / "runs.sqlite").write_bytes(b"something else entirely " * 1000)


def emptied(store: RunStore) -> None:
    for file in store.folder.glob("runs.sqlite*"):
        file.unlink()
    (store.folder / "runs.sqlite").touch()


LOSSES = [deleted, without_its_log, folder_removed, overwritten, emptied]


@pytest.mark.parametrize("lose", LOSSES)
@pytest.mark.parametrize("running", [True, False])
def test_a_record_that_is_lost_is_begun_anew_and_lists_what_folders_tell(
    store: RunStore, lose: Callable[[RunStore], None], running: bool
) -> None:
    """Whether the lab runs meanwhile or not; a damaged file is kept, and a late worker ends."""
    run = store.create("ada", "Mine", RunSpec().to_dict())
    held = HeldStore(store.folder, run, store.hand_over(run))
    held.record(run, [point(1)])
    keep(store.run_folder(run), vars(store.get(run)))
    other = store.create("bob", "", {})
    lose(store)
    if not running:
        store = RunStore(store.folder)
    with contextlib.suppress(StoreUnavailable, RunNotFound):  # of a damaged file once
        store.get(other)
    with pytest.raises(RunNotFound):
        store.get(other)
    listed = lose is not folder_removed
    assert [row.id for row in store.runs_of("ada")] == [run] * listed
    if listed:
        row = store.get(run)
        assert (row.status, row.title, row.spec) == ("interrupted", "Mine", RunSpec().to_dict())
        assert "begun anew" in store.notice
        assert "without their curves: 1" in store.notice
    with pytest.raises(RunLost):
        held.record(run, [point(2)])
    with pytest.raises(RunLost):
        held.requested(run)
    store.record(store.create("ada", "", {}), [point(1)])
    if lose is overwritten:
        (aside,) = store.folder.glob("runs.damaged-*.sqlite")
        assert aside.read_bytes().startswith(b"something else entirely")
        assert aside.name in store.notice


def test_a_folder_tells_the_latest_of_its_run(store: RunStore) -> None:
    """Named, noted and taken over by another browser after it began."""
    run = store.create("ada", "Mine", RunSpec().to_dict())
    keep(store.run_folder(run), vars(store.get(run)))
    store.rename(run, "ada", "My best")
    store.annotate(run, "ada", "higher rate next")
    assert store.adopt("ada", "ada again") == 1
    deleted(store)
    (row,) = RunStore(store.folder).runs_of("ada again")
    assert (row.id, row.title, row.note) == (run, "My best", "higher rate next")
    assert row.number == 1


def test_a_worker_makes_no_record_of_its_own(store: RunStore, run: str) -> None:
    held = HeldStore(store.folder, run, store.hand_over(run))
    folder_removed(store)
    with pytest.raises(RunLost):
        held.record(run, [point(1)])
    assert not store.folder.exists()


def test_a_folder_that_tells_nonsense_is_passed_over(store: RunStore) -> None:
    for name, said in {"a": "{", "b": "[]", "c": "{}", "d": '{"owner": 1, "spec": 2}'}.items():
        store.run_folder(name).mkdir(parents=True)
        (store.run_folder(name) / "run.json").write_text(said)
    deleted(store)
    assert RunStore(store.folder).runs_with(ENDED) == []


def test_a_defect_is_no_full_disk(store: RunStore, run: str) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        store.update(run, status=None)


def test_the_newest_of_a_run_tells_all_that_it_has_shown_more_or_again(
    store: RunStore, run: str
) -> None:
    other = store.create("ada", "Another", {})
    seen = [store.newest(run)]
    events = [point(1), Evaluated(1, 10, "validation", 2.0, 10, True), Sampled(1, "a"), point(2)]
    for event in (*events, Probed(2, (1.0,)), point(2), Sampled(1, "b")):
        store.record(other, [event])
        assert store.newest(run) == seen[-1]
        store.record(run, [event])
        seen.append(store.newest(run))
    assert len(set(seen)) == len(seen)
    follower = store.join(run, "bob", "The same")
    assert store.newest(follower) == seen[-1]
