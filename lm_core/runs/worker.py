"""What a worker process does: runs in turns, each from its spec to its end, with all it shows
kept.

Imports no streamlit. Steered through the store: a few times a second it looks at what the
owner asks for.
"""

import contextlib
import math
import os
import time
from collections.abc import Generator
from functools import partial
from pathlib import Path
from typing import Any

import torch

from lm_core.checkpoints import load_checkpoint
from lm_core.device import DeviceChoice, choose_device
from lm_core.errors import LabError, StoreUnavailable
from lm_core.runs import final_score, finish
from lm_core.runs.held import HeldStore, RunLost
from lm_core.runs.job import THREADS, StoreControl, facts_of, how_stopped, prepared_for
from lm_core.runs.keepsakes import keep
from lm_core.runs.prepare import Prepared, prepare
from lm_core.runs.reporting import Reporting
from lm_core.runs.snapshots import Snapshots
from lm_core.runs.spec import CorpusSpec
from lm_core.runs.store import Run, RunStore
from lm_core.runs.training_run import TrainingRun, has_checkpoint, how_it_ended
from lm_core.runs.turns import LEFT, Job, Work
from lm_core.training import Trainer
from lm_core.training.events import Event, Failed, Finished, Paused, Step

WRITE_SECONDS = 0.2
CPU = "cpu_seconds"  # among the facts of a run


def warm_up() -> None:
    """Pay for what the first step costs (kernels, thread pools, the text that a page opens on)
    before anyone waits for it."""
    from lm_core.runs.presets import default_spec
    from lm_core.training import Budget

    torch.set_num_threads(1)
    device = choose_device().device
    for name in ("transformer", "lstm"):
        try:
            ready = prepare(default_spec(CorpusSpec(name="names"), name, budget=Budget(steps=1)))
        except LabError:
            return  # whoever starts a run is told
        trainer = Trainer(
            ready.task,
            ready.model,
            ready.data,
            budget=ready.spec.budget,
            device=device,
            write=ready.writer(),
        )
        list(trainer.run())


JOBS: dict[tuple[str, str], tuple[int, Job]] = {}  # of this process, by home and run; with attempt


def execute(home: str, run: str, attempt: int, seconds: float | None = None) -> str | dict:
    """Work on `run` of the store in `home` until it ends, or for one turn of about `seconds`.

    Returns how it ended: "lost" where it is not this attempt's any more, see `HeldStore`; of a turn
    that left more to do whether it is `paused`, and the `seconds` it had, without those of getting
    ready: whoever is first reads the text for all.

    Bad input ends it as failed, with a sentence; a defect of ours surfaces as its exception.
    """
    whole = seconds is None
    begun, job = JOBS.pop((home, run), (attempt, None))
    if job is not None and begun != attempt:  # what an earlier attempt left here
        job.close()
        job = None
    try:
        job = job or Job(partial(_work, HeldStore(Path(home), run, attempt), run, waits=whole))
        before = job.clock()
        ended = job.turn(math.inf if whole else seconds)
    except RunLost:
        return "lost"
    if ended is None:
        JOBS[home, run] = attempt, job
        return {"paused": job.paused, "seconds": job.clock() - max(before, job.ready)}
    return ended


def put_away(home: str, run: str) -> bool:
    """Save a run as it stands and let go of what this process has of it; whether it has, so that
    another may go on with it. One that cannot be saved stays: it counts, which is soon done, it is
    an examination, or the disk is full."""
    attempt, job = JOBS.get((home, run), (0, None))
    if job is None:
        return True
    if not job.can_leave:
        return False
    del JOBS[home, run]
    job.leaves = True
    with contextlib.suppress(RunLost):
        while job.turn(0.0) is None:
            if job.paused:  # it could not be saved
                job.leaves = False
                JOBS[home, run] = attempt, job
                return False
    return True


def end_all() -> None:
    """The page's process is gone: each run saves itself and says so."""
    for (home, run), (attempt, _) in list(JOBS.items()):
        with contextlib.suppress(LabError):
            execute(home, run, attempt)


def _work(store: HeldStore, run: str, job: Job, *, waits: bool) -> Work:
    store.update(run, pid=os.getpid(), status="starting", started=time.time())
    row = store.get(run)
    keep(store.run_folder(run), vars(row))
    if row.kind == "doctor":
        from lm_core.runs.doctoring import examine

        return (yield from examine(store, run, job.clock))
    try:
        prepared = prepared_for(store, row)
        device = choose_device(most=THREADS)
        reporting = Reporting(store, run, prepared)
        training = training_of(store, run, prepared, device, reporting, job, waits=waits)
        job.ready = job.clock()
    except LabError as error:
        return store.finish("failed", str(error))
    store.update(
        run,
        status="running",
        message=_said(row.message, begun_after(store, run, training.trainer.step), prepared.begun),
        facts=facts_of(prepared, device) | reporting.facts | _of_a_race(row, prepared),
    )
    return (yield from recorded(store, run, training, reporting.snapshots, job))


def _of_a_race(row: Run, prepared: Prepared) -> dict[str, Any]:
    """What is known of a run's text that a race draws beside its curves."""
    if not row.race:
        return {}
    return {"baselines": prepared.task.baselines(prepared.model, prepared.data)}


def _said(message: str, *more: str) -> str:
    """What is said of a run already, as why its last process ended, and what is new."""
    return " ".join(filter(None, (message, *(one for one in more if one not in message))))


def begun_after(store: RunStore, run: str, step: int) -> str:
    """Forget what an earlier life of the run showed after the step that it goes on from, so that
    no two curves mix; in words, where that is anything."""
    if not store.rewind(run, step):
        return ""
    if not step:
        return "It began anew: nothing of it had been saved."
    return f"It went on from step {step:,}, the last that had been saved."


def training_of(
    store: HeldStore,
    run: str,
    prepared: Prepared,
    device: DeviceChoice,
    reporting: Reporting,
    job: Job | None = None,
    *,
    waits: bool = True,
) -> TrainingRun:
    """The run, fresh or put where its last checkpoint was.

    Args:
        job: what has turns with others; None: it is alone.
        waits: whether a pause is waited out here, and not in turns of others.
    """
    folder = store.run_folder(run) / "checkpoint"
    control = StoreControl(store, run, job, waits=waits)
    training = TrainingRun(
        prepared,
        folder,
        device,
        begun=load_checkpoint(folder) if has_checkpoint(folder) else None,
        check=store.check,  # a later attempt may have saved to this folder already
        control=control,
        write=prepared.writer(prepared.spec.seed),
        callbacks=reporting.callbacks,
        aside=reporting.aside,
        compared=bool(store.get(run).race),
        **({} if job is None else {"clock": job.clock}),
    )
    control.trainer = training.trainer
    if job is not None:
        job.can_leave = training.trainer.course is None
    return training


def recorded(
    store: HeldStore,
    run: str,
    training: TrainingRun,
    snapshots: Snapshots,
    job: Job | None = None,
) -> Generator[Event | None, None, str]:
    """The run's events, which are kept on the way, steps a few times a second; and at the end how
    it ended, which is returned."""
    trainer, row = training.trainer, store.get(run)
    spent = row.facts.get(CPU, 0.0)  # before, in other processes
    waiting: list[Event] = []
    written, status, message, facts = -math.inf, "failed", "", {}  # when a step was last written
    counting = trainer.model.learns_by == "counting"  # each of its few steps is worth keeping
    try:
        for event in training:
            match event:
                case Step():
                    waiting.append(event)
                    if counting:
                        waiting += snapshots.take(trainer)
                    if time.perf_counter() - written < WRITE_SECONDS:
                        yield event
                        continue
                case Paused() if trainer.control.leaves:
                    with contextlib.suppress(StoreUnavailable):  # then it stays as it is
                        if training.leave():
                            store.record(run, waiting)
                            store.update(run, facts={CPU: _computed(spent, job)})
                            return LEFT
                    yield event
                    continue
                case Paused():
                    pass
                case Finished():
                    waiting += snapshots.take(trainer)
                    status, message, facts = ended(store, run, event, trainer.task.judge)
                    facts[CPU] = _computed(spent, job)
                case Failed(reason=reason):
                    message = reason
                case _:
                    waiting.append(event)
            store.record(run, waiting)
            # The first step is shown at once, and the first after a pause.
            if isinstance(event, Paused):
                written = -math.inf
            elif any(isinstance(one, Step) for one in waiting):
                written = time.perf_counter()
            waiting.clear()
            if isinstance(event, Paused):  # said once all it came to is there
                store.update(run, status="paused")
            elif isinstance(event, Step) and store.get(run).status != "running":
                store.update(run, status="running")
            yield event
        store.record(run, waiting)
        if row.race and status == "finished":
            facts |= yield from finished(store, run, training, facts[CPU])
    except BaseException:  # what it has shown is kept; what broke it is what is told
        with contextlib.suppress(StoreUnavailable, RunLost):
            store.record(run, waiting)
        raise
    return store.finish(status, message, facts=facts | {"device": str(training.device.settled())})


def finished(
    store: HeldStore, run: str, training: TrainingRun, cpu_seconds: float
) -> Generator[None, None, dict[str, Any]]:
    """What is measured of a run of a race that has come to its end; nothing where it is to stop
    before all was. The score of the test split is kept with the run, as it is looked at once."""
    measured = finish.Finish(training, cpu_seconds=cpu_seconds)
    for _ in measured.measure():
        yield
        if training.trainer.control.look() == "stop":
            return {}
    figures = measured.figures
    if figures["test_nats"] is not None:
        answer = {
            "nats_per_token": figures["test_nats"],
            "tokens": figures["test_tokens"],
            "bits_per_character": figures["bits_per_character"],
        }
        final_score.keep(store, store.get(run), answer)
    return {finish.FACT: figures}


def _computed(before: float, job: Job | None) -> float:
    """Seconds of processor time that a run has taken in all."""
    return before + (job.cpu() if job else 0.0)


def ended(store: RunStore, run: str, end: Finished, judge: str) -> tuple[str, str, dict[str, Any]]:
    """Status, message and facts of a run that ended as it was asked to."""
    stopped = end.reason == "stopped"
    status, why = how_stopped(store, run) if stopped else ("finished", "")
    told = " ".join(filter(None, (why, how_it_ended(end, judge))))
    return status, told, {"kept": end.kept, "early": end.reason == "early"}
