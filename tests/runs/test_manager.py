import dataclasses
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from lm_core.errors import BadSettings, LabError, RunNotFound, StoreUnavailable
from lm_core.models import models
from lm_core.runs import dispatch
from lm_core.runs import manager as module
from lm_core.runs import store as store_module
from lm_core.runs.caps import Caps, caps
from lm_core.runs.dispatch import CAN_GO_ON, COUNTED, DEATHS, KILLED, WENT_ON
from lm_core.runs.manager import LEFT, RunManager
from lm_core.runs.processes import WorkerDied
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.runs.store import RunStore
from lm_core.training import Budget, TrainSettings, estimate
from lm_core.training.events import Snapshot, Step
from tests.waiting import until

SPEC = RunSpec()
TURN = Caps().turn


class Bench(Executor):
    """A backend that does nothing by itself: the test says how each run goes."""

    def __init__(self, store: RunStore) -> None:
        self.store, self.tasks, self.closed = store, {}, False
        self.seconds: list[tuple[str, float]] = []  # of each turn

    def submit_to(self, place, fn, /, *args) -> Future:
        home, run, attempt, seconds = args
        assert (fn.__name__, home) == ("execute", str(self.store.folder))
        assert attempt == self.store.get(run).attempt > 0
        self.seconds.append((run, seconds))
        self.tasks[run] = Future()
        return self.tasks[run]

    def begin(self, run: str) -> None:
        assert self.tasks[run].set_running_or_notify_cancel()
        self.store.update(run, status="running", pid=None)

    def finish(self, run: str, status: str = "finished") -> None:
        self.store.update(run, status=status)
        self.tasks.pop(run).set_result(status)

    def turn(self, run: str, *, paused: bool = False, seconds: float = TURN) -> None:
        """A turn is over, and the run is not."""
        self.tasks.pop(run).set_result({"paused": paused, "seconds": seconds})

    def fail(self, run: str, error: Exception) -> None:
        self.tasks.pop(run).set_exception(error)

    def kill(self, future: Future) -> None:
        (run,) = [run for run, task in self.tasks.items() if task is future]
        self.fail(run, WorkerDied("The training process was ended from outside."))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.closed = True


@pytest.fixture(autouse=True)
def nobody_joins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here everyone has a run of their own; `test_joined` has the others."""
    monkeypatch.setattr(module, "joinable", lambda *given: None)


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "home")


@pytest.fixture
def make(store: RunStore) -> Iterator[Callable[..., RunManager]]:
    made: list[RunManager] = []

    def manager(slots: int = 1, **options) -> RunManager:
        made.append(RunManager(store, Bench(store), slots=slots, **options))
        return made[-1]

    yield manager
    for one in made:
        if not one._closing.is_set():
            one.close()


@pytest.fixture
def manager(make: Callable[..., RunManager]) -> RunManager:
    return make()


def status(manager: RunManager, run: str) -> str:
    return manager.store.get(run).status


# The queue ----------------------------------------------------------------------------------------


def test_a_run_goes_to_a_worker_at_once_when_one_is_free(manager: RunManager) -> None:
    run = manager.start(SPEC, "ada", title="Mine")
    assert list(manager.backend.tasks) == [run]
    assert status(manager, run) == "starting"
    assert manager.queue_position(run) is None
    row = manager.store.get(run, "ada")
    assert (row.title, RunSpec.from_dict(row.spec)) == ("Mine", SPEC)


def test_the_rest_waits_and_sees_its_place(make) -> None:
    manager = make(slots=2)
    runs = [manager.start(SPEC, owner) for owner in ("ada", "bob", "cleo", "dan")]
    assert set(manager.backend.tasks) == set(runs[:2])
    assert [manager.queue_position(run) for run in runs] == [None, None, 1, 2]
    manager.backend.finish(runs[1])
    assert [manager.queue_position(run) for run in runs] == [None, None, None, 1]
    assert set(manager.backend.tasks) == {runs[0], runs[2]}


def test_who_has_fewest_runs_going_comes_first(make) -> None:
    """Ada asks for five runs before Bob and Cleo ask for one; they do not wait for all of hers."""
    manager = make(slots=1)
    ada = [manager.start(SPEC, "ada") for _ in range(5)]
    bob, cleo = manager.start(SPEC, "bob"), manager.start(SPEC, "cleo")
    assert [manager.queue_position(run) for run in (bob, cleo, *ada[1:])] == [1, 2, 3, 4, 5, 6]
    order = []
    while manager.backend.tasks:
        (run,) = manager.backend.tasks
        order.append(run)
        manager.backend.finish(run)
    assert order == [ada[0], bob, cleo, *ada[1:]]
    assert all(status(manager, run) == "finished" for run in order)


def test_a_first_turn_shows_something_and_is_over_and_then_come_whole_ones(manager) -> None:
    ada, bob = manager.start(SPEC, "ada"), manager.start(SPEC, "bob")
    for _ in range(4):
        (run,) = manager.backend.tasks
        manager.backend.turn(run)
    assert manager.backend.seconds[:4] == [(ada, 0.0), (bob, 0.0), (ada, TURN), (bob, TURN)]


def test_turns_as_long_as_a_run_let_runs_go_one_after_the_other(manager, monkeypatch) -> None:
    monkeypatch.setenv("LM_LAB_TURN", "600")
    manager.start(SPEC, "ada"), manager.start(SPEC, "bob")
    order = []
    while manager.backend.tasks:
        (run,) = manager.backend.tasks
        order.append(run)
        manager.backend.finish(run)
    assert manager.backend.seconds == [(run, 600.0) for run in order]


def test_what_counts_waits_for_nobody_and_is_done_in_its_first_turn(manager) -> None:
    counting = RunSpec(model_name="ngram", model=models["ngram"].settings())
    runs = [manager.start(SPEC, owner) for owner in ("ada", "bob", "cleo")]
    counted = manager.start(counting, "ada")  # who has one going already
    assert [manager.queue_position(run) for run in (counted, *runs[1:])] == [1, 2, 3]
    manager.backend.turn(runs[0])
    assert manager.backend.seconds == [(runs[0], 0.0), (counted, COUNTED)]


def test_two_slots_are_shared_between_two_visitors(make) -> None:
    manager = make(slots=2)
    ada = [manager.start(SPEC, "ada") for _ in range(4)]
    bob = [manager.start(SPEC, "bob") for _ in range(2)]
    assert set(manager.backend.tasks) == {ada[0], ada[1]}
    manager.backend.finish(ada[0])
    assert set(manager.backend.tasks) == {ada[1], bob[0]}  # not a third one of Ada's
    manager.backend.finish(ada[1])
    assert set(manager.backend.tasks) == {bob[0], ada[2]}


def test_a_visitor_may_have_so_many_waiting_and_no_more(manager: RunManager) -> None:
    runs = [
        manager.start(SPEC, "ada") for _ in range(caps().runs_waiting + 1)
    ]  # one of them is going
    with pytest.raises(LabError, match="let one finish or stop one"):
        manager.start(SPEC, "ada")
    manager.start(SPEC, "bob")
    manager.stop(runs[1], "ada")
    manager.start(SPEC, "ada")
    with pytest.raises(LabError, match="waiting already"):
        manager.resume(runs[1], "ada")


def test_all_together_may_have_so_many_waiting(
    manager: RunManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever sends no cookie is another visitor each time."""
    monkeypatch.setenv("LM_LAB_RUNS_WAITING_IN_ALL", "3")
    runs = [manager.start(SPEC, f"visitor {k}") for k in range(4)]  # one of them is going
    with pytest.raises(LabError, match="3 runs are waiting for a worker here"):
        manager.start(SPEC, "one more")
    manager.stop(runs[2], "visitor 2")
    manager.start(SPEC, "one more")


def test_a_backend_that_runs_at_once_runs_each_once(store: RunStore) -> None:
    class AtOnce(Executor):
        def __init__(self) -> None:
            self.ran: list[str] = []

        def submit_to(self, place, fn, /, *args) -> Future:
            self.ran.append(args[1])
            store.update(args[1], status="finished")
            future: Future = Future()
            future.set_result("finished")
            return future

        def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
            pass

    backend = AtOnce()
    manager = RunManager(store, backend, slots=1)
    with manager._lock:  # several wait before the first is handed over
        manager._closing.set()
        runs = [manager.start(SPEC, "ada") for _ in range(4)]
        manager._closing.clear()
    manager._dispatch()
    assert sorted(backend.ran) == sorted(runs)
    manager.close()


def test_a_run_knows_how_it_shares_and_about_when_it_is_done(make) -> None:
    """Estimated from the budgets of all that have turns, and from how far each is."""
    manager = make(slots=2)
    minute = RunSpec(budget=Budget(seconds=60))
    runs = [manager.start(minute, owner) for owner in ("ada", "bob")]
    for run, seconds in zip(runs, (45.0, 20.0), strict=True):
        manager.backend.begin(run)
        manager.store.record(run, [Step(100, 1000, seconds, 3.0)])
        manager.backend.turn(run)
    assert manager.seconds_left(runs[0], "ada") == 15
    assert [vars(manager.outlook(run)) for run in runs] == [
        {"sharing": 2, "every": TURN, "done": 15},
        {"sharing": 2, "every": TURN, "done": 40},
    ]
    assert manager.outlook("no-such-run") is None
    assert manager.done_in(60) == pytest.approx(67.5)  # three on two until 22.5, then each alone


def test_a_paused_run_shares_nothing_and_takes_any_time(make) -> None:
    manager = make(slots=1)
    runs = [manager.start(RunSpec(budget=Budget(seconds=60)), owner) for owner in ("ada", "bob")]
    manager.backend.begin(runs[0])
    manager.backend.turn(runs[0], paused=True)
    assert list(manager.backend.tasks) == [runs[1]]
    manager.backend.turn(runs[1])
    assert list(manager.backend.tasks) == [runs[1]]  # alone
    assert manager.outlook(runs[0]) is None
    assert manager.outlook(runs[1]).sharing == 1
    manager.resume(runs[0], "ada")
    manager.backend.turn(runs[1])
    assert list(manager.backend.tasks) == [runs[0]]  # heard at once


def test_a_budget_of_steps_is_an_estimate_once_it_is_known_how_fast_they_are(make) -> None:
    manager = make(slots=1)
    run = manager.start(RunSpec(budget=Budget(steps=400)), "ada")
    assert manager.outlook(run).done is None
    manager.store.record(run, [Step(100, 1000, 20.0, 3.0)])
    assert manager.seconds_left(run, "ada") == pytest.approx(60)
    manager.store.record(run, [Step(400, 4000, 80.0, 3.0)])
    assert manager.seconds_left(run, "ada") == 0


def test_a_doctors_job_takes_the_seconds_it_was_given(make) -> None:
    manager = make(slots=1)
    job = manager.start(SPEC, "ada", kind="doctor", options={"seconds": 75})
    assert 0 < manager.seconds_left(job, "ada") <= 75
    manager.backend.begin(job)
    manager.store.update(job, started=time.time() - 50)
    assert 0 <= manager.seconds_left(job, "ada") <= 25
    manager.store.update(job, started=time.time() - 500)
    assert manager.seconds_left(job, "ada") == 0


# Whose run it is ----------------------------------------------------------------------------------


CALLS = {
    **dict.fromkeys(["pause", "resume", "single_step", "stop", "delete", "reset"], ()),
    "seconds_left": (),
    "set_rate": (1e-3,),
    "rename": ("Mine",),
    "annotate": ("Mine.",),
    "pause_at": (5,),
}


@pytest.mark.parametrize("call", CALLS)
def test_nobody_touches_the_run_of_another(manager: RunManager, call: str) -> None:
    run = manager.start(SPEC, "ada")
    manager.backend.begin(run)
    before = manager.store.get(run)
    for name, owner in [(run, "bob"), (run, ""), ("no-such-run", "ada")]:
        with pytest.raises(RunNotFound):
            getattr(manager, call)(name, owner, *CALLS[call])
    assert manager.store.get(run) == before


def test_runs_change_hands_once(manager: RunManager) -> None:
    job = manager.start(SPEC, "old", kind="doctor")
    cell = manager.store.create("old", "", SPEC.to_dict(), parent=job)
    others = manager.start(SPEC, "bob")
    assert manager.adopt("old", "ada") == 2
    assert manager.adopt("old", "eve") == 0
    assert {run.id for run in manager.store.runs_of("ada", children=True)} == {job, cell}
    assert [run.id for run in manager.store.runs_of("bob")] == [others]
    with pytest.raises(RunNotFound):
        manager.stop(job, "old")


def test_files_of_the_machine_are_refused(manager: RunManager) -> None:
    spec = RunSpec(data=CorpusSpec(name="file", file="secret.txt"))
    with pytest.raises(BadSettings, match="command line only"):
        manager.start(spec, "ada")
    assert manager.store.runs_of("ada") == []


@pytest.mark.parametrize(
    ("budget", "said"),
    [
        (
            {"seconds": 86_401},
            "at most 86,400 seconds, and this one would take 86,401",
        ),
        ({"steps": 10_000_001}, "at most 10,000,000 steps"),
        ({"tokens": 10**12}, "at most 100,000,000,000 tokens"),
    ],
)
def test_a_run_that_takes_for_ever_is_refused(manager: RunManager, budget: dict, said: str) -> None:
    with pytest.raises(BadSettings, match=said):
        manager.start(RunSpec(budget=Budget(**budget)), "ada")
    assert manager.store.runs_of("ada") == []
    manager.start(RunSpec(budget=Budget(seconds=86_400)), "ada")


@pytest.mark.parametrize("kind", ["train", "doctor"])
def test_a_run_that_no_memory_holds_is_refused_before_it_is_queued(
    manager: RunManager, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(estimate, "free_memory", lambda: 16 * 10**9)
    giant = models["transformer"].settings(n_layer=48, n_embd=4096, n_head=32)
    with pytest.raises(
        BadSettings, match=r"about \d+\.\d GB of memory, .* lower n_layer \(now 48\)"
    ):
        manager.start(RunSpec(model=giant), "ada", kind=kind)
    assert manager.store.runs_of("ada") == []


def test_a_text_that_nobody_has_read_yet_is_taken_for_a_kind_one(
    manager: RunManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names are short, whatever the context: the worker, who reads them, asks once more."""
    monkeypatch.setattr(estimate, "free_memory", lambda: 10**9)
    spec = RunSpec(
        model=models["transformer"].settings(block_size=1024), train=TrainSettings(batch_size=512)
    )
    manager.start(spec, "ada")
    with pytest.raises(BadSettings, match="lower batch_size"):
        manager.start(dataclasses.replace(spec, data=CorpusSpec(name="speeches")), "ada")


# Steering -----------------------------------------------------------------------------------------


def test_requests_are_written_down_for_the_worker(manager: RunManager) -> None:
    run = manager.start(SPEC, "ada")
    manager.backend.begin(run)
    manager.pause(run, "ada")
    assert manager.store.requested(run) == ("pause", 0, 1.0, None)
    manager.resume(run, "ada")
    assert manager.store.requested(run) == ("run", 0, 1.0, None)
    manager.single_step(run, "ada")
    manager.single_step(run, "ada")
    assert manager.store.requested(run) == ("pause", 2, 1.0, None)
    manager.stop(run, "ada")
    assert manager.store.requested(run) == ("stop", 2, 1.0, None)
    assert status(manager, run) == "running"  # the worker says when it has stopped


def test_a_waiting_run_stops_at_once(manager: RunManager) -> None:
    going, waiting = manager.start(SPEC, "ada"), manager.start(SPEC, "ada")
    manager.stop(waiting, "ada")
    assert status(manager, waiting) == "stopped"
    manager.backend.finish(going)
    assert manager.backend.tasks == {}


def test_a_run_that_no_worker_has_taken_yet_stops_at_once(manager: RunManager) -> None:
    """The workers are still importing torch: nobody waits for them only to stop."""
    first, second = manager.start(SPEC, "ada"), manager.start(SPEC, "ada")
    manager.stop(first, "ada")
    assert status(manager, first) == "stopped"
    assert status(manager, second) == "starting"


def test_stopping_what_has_ended_changes_nothing(manager: RunManager) -> None:
    run = manager.start(SPEC, "ada")
    manager.backend.finish(run)
    before = manager.store.get(run)
    manager.stop(run, "ada")
    assert manager.store.get(run) == before


def test_a_run_that_ended_queues_again(manager: RunManager) -> None:
    run = manager.start(SPEC, "ada")
    manager.stop(run, "ada")
    manager.store.update(run, pid=12345, message="Stopped.")
    manager.resume(run, "ada")
    row = manager.store.get(run)
    assert (row.status, row.requested, row.message, row.ended) == ("starting", "run", "", None)
    assert row.pid is None  # of the process that had it before, which may do something else now
    assert run in manager.backend.tasks


def test_a_run_is_forgotten_with_all_its_files(manager: RunManager) -> None:
    run = manager.start(SPEC, "ada")
    folder = manager.store.run_folder(run)
    (folder / "checkpoint").mkdir(parents=True)
    manager.backend.begin(run)
    with pytest.raises(LabError, match="stop it first"):
        manager.delete(run, "ada")
    manager.backend.finish(run)
    manager.delete(run, "ada")
    assert not folder.exists()
    assert manager.store.runs_of("ada") == []


def test_a_run_that_no_worker_has_begun_leaves_the_queue_when_it_is_deleted(make) -> None:
    manager = make(slots=1)
    first, second, third = (manager.start(SPEC, "ada") for _ in range(3))
    manager.delete(second, "ada")  # waits for a worker
    manager.delete(first, "ada")  # was given to one that has not begun
    assert [run.id for run in manager.store.runs_of("ada")] == [third]
    assert status(manager, third) == "starting"
    manager.backend.begin(third)
    with pytest.raises(LabError, match="stop it first"):
        manager.delete(third, "ada")
    assert [run.number for run in manager.store.runs_of("ada")] == [3]


def test_a_run_goes_back_to_step_0_and_keeps_its_name(manager: RunManager) -> None:
    run = manager.start(SPEC, "ada", title="Mine")
    manager.annotate(run, "ada", "Slow.")
    with pytest.raises(LabError, match="stop it first"):
        manager.reset(run, "ada")
    manager.store.record(run, [Step(1, 10, 0.1, 3.0), Snapshot(1, "x")])
    (manager.store.run_folder(run) / "checkpoint").mkdir(parents=True)
    manager.set_rate(run, "ada", 1e-3)
    manager.pause_at(run, "ada", 70)
    manager.backend.finish(run, "failed")
    manager.reset(run, "ada")
    row = manager.store.get(run)
    assert (row.status, row.title, row.note, row.lr_scale) == ("stopped", "Mine", "Slow.", 1.0)
    assert (row.pause_at, row.message) == (None, "")
    assert manager.store.since(Step, run) == manager.store.since(Snapshot, run) == []
    assert not manager.store.run_folder(run).exists()
    manager.resume(run, "ada")
    assert status(manager, run) == "starting"


# What a visitor may say ---------------------------------------------------------------------------


def test_the_learning_rate_is_set_while_it_runs(manager: RunManager) -> None:
    run = manager.start(SPEC, "ada")
    manager.backend.begin(run)
    manager.set_rate(run, "ada", SPEC.train.lr / 4)
    assert manager.store.requested(run).lr_scale == pytest.approx(0.25)
    manager.set_rate(run, "ada", 1)  # a whole number is a number too
    assert manager.store.requested(run).lr_scale * SPEC.train.lr == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        (0, "lr must be from 1e-07 to 10.0, not 0.0"),
        (-1, "lr must be from 1e-07 to 10.0, not -1.0"),
        (1e9, "lr must be from 1e-07 to 10.0, not 1000000000.0"),
        (float("nan"), "lr must be a finite number, not nan"),
        (float("inf"), "lr must be a finite number, not inf"),
        ("fast", "lr must be a number, not 'fast'"),
        (None, "lr must be a number, not None"),
    ],
)
def test_a_rate_out_of_bounds_is_one_sentence_and_changes_nothing(
    manager: RunManager, rate: object, said: str
) -> None:
    run = manager.start(SPEC, "ada")
    with pytest.raises(BadSettings) as error:
        manager.set_rate(run, "ada", rate)
    assert said in str(error.value)
    assert manager.store.requested(run).lr_scale == 1.0


def test_a_step_to_pause_at(manager: RunManager) -> None:
    run = manager.start(SPEC, "ada")
    manager.pause_at(run, "ada", 70)
    assert manager.store.requested(run).pause_at == 70
    for step in (0, -1, 1.5, "70", True, 10**9):
        with pytest.raises(BadSettings, match="a whole number from 1"):
            manager.pause_at(run, "ada", step)
    assert manager.store.requested(run).pause_at == 70
    manager.pause_at(run, "ada", None)
    assert manager.store.requested(run).pause_at is None


def test_a_name_is_one_line_and_a_note_is_not_too_long(manager: RunManager) -> None:
    run = manager.start(SPEC, "ada", title=" Mine\nown ")
    assert manager.store.get(run).title == "Mine own"
    manager.rename(run, "ada", "  A\tbetter   one\n")
    manager.annotate(run, "ada", "  Two lines\nof it.  ")
    row = manager.store.get(run)
    assert (row.title, row.note) == ("A better one", "Two lines\nof it.")
    with pytest.raises(BadSettings, match="at most 80 characters, and this one has 81"):
        manager.rename(run, "ada", "x" * 81)
    with pytest.raises(BadSettings, match="at most 2000 characters"):
        manager.annotate(run, "ada", "x" * 2001)
    assert manager.store.get(run) == row


# The doctor's jobs --------------------------------------------------------------------------------


def test_a_doctors_job_is_a_run_of_its_kind(manager: RunManager) -> None:
    job = manager.start(SPEC, "ada", kind="doctor", options={"steps": ["init"], "seconds": 5})
    row = manager.store.get(job, "ada")
    assert (row.kind, row.options) == ("doctor", {"steps": ["init"], "seconds": 5})
    assert job in manager.backend.tasks


@pytest.mark.parametrize(
    ("kind", "options", "said"),
    [
        ("nurse", {}, "one of train, doctor"),
        ("doctor", {"seconds": float("nan")}, "plain numbers"),
        ("doctor", {"lrs": {1, 2}}, "plain numbers"),
        ("doctor", {"lrs": [0.001] * 10_000}, "too many"),
    ],
)
def test_a_job_that_cannot_be_kept_is_one_sentence(
    manager: RunManager, kind: str, options: dict, said: str
) -> None:
    with pytest.raises(BadSettings, match=said):
        manager.start(SPEC, "ada", kind=kind, options=options)
    assert manager.store.runs_of("ada") == []


def test_an_examination_hears_nothing_but_a_stop(manager: RunManager) -> None:
    job = manager.start(SPEC, "ada", kind="doctor")
    manager.backend.begin(job)
    for call in ("pause", "single_step", "set_rate", "pause_at"):
        with pytest.raises(LabError, match="let it end, or stop it"):
            getattr(manager, call)(job, "ada", *CALLS[call])
    manager.stop(job, "ada")
    assert manager.store.requested(job).state == "stop"


def test_children_are_their_parents_alone(manager: RunManager) -> None:
    """A cell of a grid is going while its parent is: it takes no slot, and nobody interrupts it."""
    job = manager.start(SPEC, "ada", kind="doctor")
    manager.backend.begin(job)
    cells = [manager.store.create("ada", "", SPEC.to_dict(), parent=job) for _ in range(2)]
    manager.store.update(cells[0], status="running")
    for cell in cells:
        manager.store.run_folder(cell).mkdir(parents=True)
    manager._dispatch()
    manager._recover()
    assert [status(manager, cell) for cell in cells] == ["running", "queued"]
    assert list(manager.backend.tasks) == [job]
    manager.backend.fail(job, WorkerDied("It died."))
    assert [status(manager, cell) for cell in cells] == ["interrupted", "interrupted"]
    for call in set(CALLS) - {"seconds_left", "rename", "annotate"}:  # nobody would hear them
        before = manager.store.get(cells[0])
        with pytest.raises(LabError, match="part of an examination"):
            getattr(manager, call)(cells[0], "ada", *CALLS[call])
        assert manager.store.get(cells[0]) == before
    manager.delete(job, "ada")
    assert manager.store.runs_of("ada", children=True) == []
    assert not any(manager.store.run_folder(cell).exists() for cell in cells)


# How runs end -------------------------------------------------------------------------------------


def test_a_run_whose_worker_died_goes_on_by_itself_once(manager: RunManager) -> None:
    """It may have been the machine; where it is the run itself, nobody's worker dies for ever."""
    run, waiting = manager.start(SPEC, "ada"), manager.start(SPEC, "bob")
    manager.backend.begin(run)
    manager.backend.fail(run, WorkerDied("The training process was ended from outside."))
    row = manager.store.get(run)
    assert (row.active, row.message) == (
        True,
        f"The training process was ended from outside. {WENT_ON}",
    )
    assert list(manager.backend.tasks) == [waiting]  # a fresh one first
    manager.backend.turn(waiting)
    assert list(manager.backend.tasks) == [run]
    manager.backend.fail(run, WorkerDied("It died again."))
    row = manager.store.get(run)
    assert (row.status, row.active) == ("interrupted", False)
    assert row.message.endswith(f"It died again. {CAN_GO_ON}")
    assert list(manager.backend.tasks) == [waiting]


def test_others_of_a_worker_that_died_begin_again_from_what_they_saved(make) -> None:
    manager = make(slots=1)
    first, second = manager.start(SPEC, "ada"), manager.start(SPEC, "bob")
    for _ in range(3):  # whoever else's fault it is
        while first not in manager.backend.tasks:
            manager.backend.turn(*manager.backend.tasks)
        manager.backend.fail(first, WorkerDied("It died."))
        manager.resume(first, "ada")
    assert manager.store.get(second).attempt == 1
    assert manager.store.get(second).message == ""


def test_what_a_person_can_mend_is_said_as_it_is(manager: RunManager) -> None:
    run = manager.start(SPEC, "ada")
    manager.backend.begin(run)
    manager.backend.fail(run, LabError("The disk is full: free some space."))
    row = manager.store.get(run)
    assert (row.status, row.message) == ("failed", "The disk is full: free some space.")


def test_a_defect_is_called_one(manager: RunManager) -> None:
    run = manager.start(SPEC, "ada")
    manager.backend.begin(run)
    manager.backend.fail(run, RuntimeError("KeyError: 'x'"))
    row = manager.store.get(run)
    assert row.status == "failed"
    assert "defect of the lab" in row.message
    assert "KeyError" in row.message


def test_a_run_that_does_not_stop_is_ended(
    manager: RunManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = manager.start(SPEC, "ada")
    manager.backend.begin(run)
    manager.stop(run, "ada")
    manager.look_after()
    assert manager.store.get(run).active
    monkeypatch.setattr(dispatch, "STOP_SECONDS", -1.0)
    until(lambda: not manager.store.get(run).active)
    row = manager.store.get(run)
    assert (row.status, row.message) == ("stopped", KILLED)  # as was asked for


def test_why_it_was_to_stop_stays_said_when_it_does_not(
    manager: RunManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = manager.start(SPEC, "ada")
    manager.backend.begin(run)
    manager.store.update(
        run, requested="stop", message=f"Stopped as its page was closed. {CAN_GO_ON}"
    )
    until(lambda: not manager.store.get(run).active)
    assert manager.store.get(run).message == f"Stopped as its page was closed. {KILLED}"


def test_a_worker_that_dies_while_it_was_to_stop_is_told_as_it_was(manager: RunManager) -> None:
    run = manager.start(SPEC, "ada")
    manager.backend.begin(run)
    manager.stop(run, "ada")
    manager.backend.fail(run, WorkerDied("The machine ran out of memory."))
    row = manager.store.get(run)
    assert row.status == "interrupted"
    assert row.message == f"The machine ran out of memory. {CAN_GO_ON}"


ENDS = {
    "died": (WorkerDied("It died."), "interrupted", f"It died. {CAN_GO_ON}"),
    "bad": (LabError("The disk is full."), "failed", "The disk is full."),
    "defect": (KeyError("x"), "failed", "A defect of the lab ended this run ('x')."),
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("closed", [False, True])
def test_a_reason_that_cannot_be_written_is_told_and_written_later(
    manager: RunManager, monkeypatch: pytest.MonkeyPatch, end: str, closed: bool
) -> None:
    """However often it was tried: the true reason, and not that the lab was closed."""
    error, status_then, reason = ENDS[end]
    run = manager.start(SPEC, "ada")
    manager._turns.going[run].deaths = DEATHS
    manager.backend.begin(run)

    def full(*_, **__):
        raise StoreUnavailable("The disk is full: free some space.")

    with monkeypatch.context() as patch:
        for name in ("update", "end"):
            patch.setattr(manager.store, name, full)
        manager.backend.fail(run, error)
        for _ in range(3):
            with pytest.raises(StoreUnavailable):
                manager.look_after()
            assert manager.trouble(run) == reason
            assert status(manager, run) == "running"
    if closed:
        manager.close()
    until(lambda: status(manager, run) == status_then)
    assert manager.store.get(run).message == reason
    until(lambda: closed or manager.trouble(run) == "")


def test_an_end_comes_too_late_for_a_run_that_goes_on_elsewhere(
    make: Callable[..., RunManager],
) -> None:
    """What was read of a run before its owner started it again ends nothing."""
    one = make()
    run = one.start(SPEC, "ada")
    read = one.store.get(run)
    one.backend.finish(run, "stopped")
    one.resume(run, "ada")
    one.store.end(read, "interrupted", "It was left.")
    assert one.store.get(run).active
    assert one.store.get(run).message == ""


def test_a_run_that_its_worker_has_left_says_so(manager: RunManager) -> None:
    run = manager.start(SPEC, "ada")
    manager.backend.begin(run)
    manager.backend.tasks.pop(run).set_result("lost")
    until(lambda: status(manager, run) == "interrupted")
    assert manager.store.get(run).message == LEFT


# Pages that were closed, servers that were restarted ----------------------------------------------


def test_a_run_whose_page_is_closed_is_stopped_and_can_go_on(
    manager: RunManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = manager.start(SPEC, "ada")
    manager.backend.begin(left)
    monkeypatch.setenv("LM_LAB_GRACE", "0.2")
    until(lambda: manager.store.requested(left)[0] == "stop")
    assert "its page was closed" in manager.store.get(left).message
    assert manager.store.get(left).message.endswith(CAN_GO_ON)
    manager.backend.finish(left, "stopped")
    monkeypatch.setenv("LM_LAB_GRACE", "60")
    manager.resume(left, "ada")
    assert status(manager, left) == "starting"


def test_a_visit_keeps_a_run_going(manager: RunManager, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    for one in (module, store_module):  # hours pass as the test says
        monkeypatch.setattr(
            one, "time", SimpleNamespace(time=lambda: now[0], monotonic=lambda: now[0])
        )
    run = manager.start(SPEC, "ada")
    manager.backend.begin(run)
    for away in [60.0] + [0.8 * caps().grace] * 15:  # a network that is cut for a minute, and more
        now[0] += away
        manager.look_after()
        assert manager.store.requested(run)[0] == "run"
        manager.store.visit("ada")
    now[0] += 1.1 * caps().grace
    manager.look_after()
    assert manager.store.requested(run)[0] == "stop"


def test_an_open_page_keeps_a_run_going_whatever_it_shows(
    make, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LM_LAB_GRACE", "0")
    here = {"ada"}
    manager = make(present=lambda owner: owner in here)
    run = manager.start(SPEC, "ada")
    manager.backend.begin(run)
    long_ago = replace(store.get(run), created=0.0, started=0.0)
    assert manager._watched(long_ago)
    manager.look_after()
    assert store.requested(run)[0] == "run"
    here.clear()
    manager.look_after()
    assert store.requested(run)[0] == "stop"


def test_the_grace_counts_from_the_last_visit_or_the_start(
    manager: RunManager, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LM_LAB_GRACE", "1000")
    now = time.time()
    run = replace(store.get(store.create("ada", "", SPEC.to_dict())), created=now - 5000)
    assert not manager._watched(run)
    assert manager._watched(replace(run, started=now - 500))
    assert not manager._watched(replace(run, started=now - 1500))
    store.visit("ada")  # it waited for a worker, or was resumed
    assert manager._watched(replace(run, started=now - 1500))


def test_what_an_open_page_is_seen_by_is_noted_for_when_it_is_closed(
    make, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = make(present=lambda owner: True)
    run = store.get(store.create("ada", "", SPEC.to_dict()))
    assert manager._watched(run)
    noted = store.last_visit("ada")
    assert noted
    assert manager._watched(run)
    assert store.last_visit("ada") == noted  # not at every look
    monkeypatch.setattr(module, "SEEN_EVERY", 0.0)
    assert manager._watched(run)
    assert store.last_visit("ada") > noted


def test_a_run_that_waited_begins_its_grace_when_it_begins(
    manager: RunManager, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = manager.start(SPEC, "ada"), manager.start(SPEC, "bob")
    manager.backend.begin(first)
    assert store.get(second).started is None
    manager.backend.finish(first)
    assert store.get(second).started >= store.get(first).started


def test_what_a_dead_server_left_behind_can_be_resumed(make, store: RunStore) -> None:
    """It was killed: nobody closed anything, and another process may have its number by now."""
    runs = {}
    for name in ("queued", "starting", "running", "paused", "finished", "failed"):
        runs[name] = store.create("ada", "", SPEC.to_dict(), server=123456789)
        store.update(runs[name], status=name)
    manager = make(slots=2)
    for name in ("queued", "starting", "running", "paused"):
        row = store.get(runs[name])
        assert row.status == "interrupted"
        assert row.message.endswith(CAN_GO_ON)
    assert status(manager, runs["finished"]) == "finished"
    assert status(manager, runs["failed"]) == "failed"
    manager.resume(runs["running"], "ada")
    assert runs["running"] in manager.backend.tasks


def test_two_servers_on_one_home_leave_each_others_runs_alone(make) -> None:
    one, other = make(), make()
    run, waiting = one.start(SPEC, "ada"), one.start(SPEC, "ada")
    one.backend.begin(run)
    other.look_after()
    assert status(other, run) == "running"
    assert status(other, waiting) == "queued"
    assert other.backend.tasks == {}
    one.close()
    assert status(other, run) == "interrupted"
    other.resume(run, "ada")
    assert run in other.backend.tasks


def test_closing_ends_the_workers_and_says_so(manager: RunManager) -> None:
    going, waiting = manager.start(SPEC, "ada"), manager.start(SPEC, "ada")
    manager.backend.begin(going)
    manager.close()
    assert manager.backend.closed
    for run in (going, waiting):
        row = manager.store.get(run)
        assert row.status == "interrupted"
        assert "The lab was closed" in row.message


def test_a_home_that_cannot_be_written_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path / "file"))
    with pytest.raises(StoreUnavailable):
        RunManager(RunStore())
