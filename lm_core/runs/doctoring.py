"""A doctor's job in a worker: the five steps, kept as they grow; each cell of the grid is a run.

The row of the job holds the spec of the patient and the plan as its options. A cell is a child of
the job: its curve can be opened like that of any run.
"""

import time
from dataclasses import replace
from functools import partial

from lm_core.device import DeviceChoice, choose_device
from lm_core.doctor.faults import trainer_with
from lm_core.doctor.grid import Child
from lm_core.doctor.patient import Patient
from lm_core.doctor.plan import Plan
from lm_core.doctor.steps import examining
from lm_core.errors import LabError
from lm_core.runs.held import HeldStore
from lm_core.runs.job import THREADS, StoreControl, facts_of, how_stopped, prepared_for
from lm_core.runs.prepare import Prepared
from lm_core.runs.spec import RunSpec
from lm_core.runs.store import RunStore
from lm_core.runs.turns import Work
from lm_core.training import Budget, TrainSettings
from lm_core.training.clock import Seconds
from lm_core.training.events import Checkpointed, Event, Failed


def patient_of(prepared: Prepared, device: DeviceChoice) -> Patient:
    """What is examined, trained as the spec says, with its fault where it has one."""
    spec = prepared.spec
    return Patient(
        family=spec.model_name,
        settings=spec.model,
        sizes=prepared.codec.sizes,
        data=prepared.data,
        train=spec.train,
        seed=spec.seed,
        device=device.device,
        threads=device.most,
        make=trainer_with(spec.fault),
        task=prepared.task,
    )


def examine(store: HeldStore, run: str, clock: Seconds) -> Work:
    """Take the steps of the job `run`; how it ended: finished, stopped, interrupted or failed.

    Args:
        clock: the seconds of the plan; it stands still while other runs have their turn.
    """
    row = store.get(run)
    try:
        plan = Plan.from_dict(row.options)
        prepared = prepared_for(store, row)
        device = choose_device(most=THREADS)
        facts = facts_of(prepared, device)
        store.update(run, status="running", facts=facts)
        control = StoreControl(store, run)
        for cell in store.children_of(run):  # of a process that ended
            if cell.active:
                store.update(cell.id, status="interrupted")
        cells = _Cells(store, run, prepared.spec, facts)
        patient = patient_of(prepared, device)
        stop = partial(_stopped, control)
        for event in examining(patient, plan, stop=stop, opens=cells, clock=clock):
            if event is not None:
                store.record(run, [event])
            yield event
    except LabError as error:
        return store.finish("failed", str(error))
    if _stopped(control):
        return store.finish(*how_stopped(store, run))
    return store.finish("finished")


def _stopped(control: StoreControl) -> bool:
    return control.look() == "stop"


class _Cells:
    """Makes a child run of each cell that begins."""

    def __init__(self, store: RunStore, run: str, spec: RunSpec, facts: dict) -> None:
        self.store, self.parent, self.spec, self.facts = store, store.get(run), spec, facts

    def __call__(self, train: TrainSettings, budget: Budget) -> Child:
        spec = replace(self.spec, train=train, budget=budget)
        row = self.parent
        title = f"{row.title}: rate {train.lr:.3g}, decay {train.weight_decay:.3g}"
        child = self.store.create(
            row.owner, title, spec.to_dict(), server=row.server or 0, parent=row.id
        )
        self.store.update(child, status="running", started=time.time(), facts=self.facts)
        return _Kept(self.store, child)


class _Kept(Child):
    """A cell whose training is kept in the store; a few writes a second."""

    def __init__(self, store: RunStore, run: str) -> None:
        self.run = run
        self.store, self._waiting, self._written = store, [], 0.0

    def record(self, event: Event) -> None:
        if isinstance(event, Failed):
            self.store.update(self.run, message=event.reason)
        elif not isinstance(event, Checkpointed):
            self._waiting.append(event)
        if time.perf_counter() - self._written > 0.2:
            self._write()

    def end(self, status: str) -> None:
        self._write()
        self.store.update(self.run, status=status, ended=time.time())

    def _write(self) -> None:
        self.store.record(self.run, self._waiting)
        self._waiting, self._written = [], time.perf_counter()
