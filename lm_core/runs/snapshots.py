"""Snapshots: the weights as they were at a few steps of a run, to look back at.

Early steps change most, so snapshots lie evenly on the logarithm of the progress p (the share of
the budget that is spent): the first after one step, the last at the end,

    p_k = p_1^(1 - k / (n - 1)),    k = 0 ... n - 1,    p_1 the progress that one step makes

which is the same for budgets of steps, tokens and seconds, and found again by a run that is
resumed. Each is one file in the run's folder, in half precision where the model is large; it can be
read while the run goes on.
"""

import math
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import save
from torch import Tensor

from lm_core.checkpoints import CODEC, MOST_CODEC_BYTES, Checkpoint, codec_file, said
from lm_core.codecs import load_codec
from lm_core.errors import BadCheckpoint, StoreUnavailable
from lm_core.home import unwritable
from lm_core.json_files import dumps, read_json
from lm_core.models.building import blueprint, build_model
from lm_core.models.contract import Model
from lm_core.models.weights import fits, shapes_in, sound, stored, weights_in
from lm_core.runs.prepare import Prepared
from lm_core.runs.spec import RunSpec
from lm_core.runs.store import RunStore
from lm_core.training import Trainer
from lm_core.training.callbacks import Callback
from lm_core.training.events import Snapshot

PLANNED, MOST = 16, 20  # of a run; in all, as each stop adds one
MOST_BYTES = 200_000_000  # of all that a run keeps
SHARE, FREE = 0.005, 0.3  # of the training time, and seconds at the start, that they may take
FOLDER, CARD = "snapshots", "card.json"
MOST_CARD_BYTES = 1_000_000


class Snapshots(Callback):
    """Writes the snapshots of one run. `taken` are the steps there are, `spent` the seconds that
    writing them took."""

    part = "A snapshot of the weights"

    def __init__(self, store: RunStore, run: str, prepared: Prepared) -> None:
        self.taken: list[int] = []
        self.spent, self._cost = 0.0, 0.0
        self._store, self._run, self._prepared = store, run, prepared
        self._folder = store.run_folder(run) / FOLDER
        self._begun_at: int | None = None  # the step this life of the run began after
        self._plan: list[float] | None = None  # progress of those that are still to come

    def __repr__(self) -> str:
        return f"Snapshots({len(self.taken)} taken)"

    def wants(self, trainer: Trainer) -> bool:
        self._begin(trainer.step)
        return self._plan is None or bool(self._plan)

    def after(self, trainer: Trainer) -> Iterator[Snapshot]:
        progress = trainer.budget.progress(trainer.step, trainer.tokens, trainer.seconds)
        if self._plan is None:
            first = max(progress / trainer.step, 1e-9)
            done = first * self._begun_at
            count = min(PLANNED, fitting(light(trainer.model)))
            self._plan = [p for p in plan(first, count) if p > done]
        if not self._plan or progress < self._plan[0]:
            return
        if self.spent + self._cost > FREE + SHARE * trainer.seconds:
            return  # its turn comes when there is time for it
        self._plan = [p for p in self._plan if p > progress]
        yield from self.take(trainer)

    def take(self, trainer: Trainer) -> Iterator[Snapshot]:
        """The weights that would be judged now; nothing where they are there already, are not all
        numbers, or take too much space.

        Raises:
            StoreUnavailable: a full disk.
        """
        began, step = time.perf_counter(), trainer.step
        self._begin(step - 1)
        if step in self.taken:
            return
        with trainer.weights.shown():  # the tensors are those of the model itself
            path = self._write(step, light(trainer.model))
        if path is None:
            return
        self.taken.append(step)
        self._cost = time.perf_counter() - began
        self.spent += self._cost
        yield Snapshot(step, str(path))

    def _begin(self, step: int) -> None:
        """Look at what an earlier life of the run left, and forget what is done again."""
        if self._begun_at is None:
            self._begun_at, self.taken = step, snapshot_steps(self._store, self._run)
            self._drop([taken for taken in self.taken if taken > step])

    def _drop(self, steps: list[int]) -> None:
        for step in steps:
            self.taken.remove(step)
            _file(self._folder, step).unlink(missing_ok=True)
        self._store.forget(Snapshot, self._run, steps)

    def _write(self, step: int, tensors: dict[str, Tensor]) -> Path | None:
        most = fitting(tensors)
        if most < 2 or not all(map(sound, tensors.values())):
            return None
        while len(self.taken) >= most:
            self._drop([most_crowded(self.taken)])
        try:
            if not (self._folder / CARD).exists():
                self._folder.mkdir(parents=True, exist_ok=True)
                codec = dumps(self._prepared.codec.to_dict())
                _replace(self._folder / CODEC, codec.encode())
                _replace(self._folder / CARD, dumps(self._prepared.card()).encode())
            return _replace(_file(self._folder, step), save(tensors))
        except (OSError, SafetensorError) as error:
            raise StoreUnavailable(unwritable(error, self._folder)) from None


def plan(first: float, count: int) -> list[float]:
    """The progress at which each of `count` snapshots is due, see the top of this file."""
    return [first ** (1 - k / (count - 1)) for k in range(count)] if count > 1 else []


def fitting(tensors: dict[str, Tensor]) -> int:
    """How many snapshots of this size a run may keep."""
    return min(MOST, MOST_BYTES // max(1, _bytes(tensors)))


def _bytes(tensors: dict[str, Tensor]) -> int:
    return sum(t.nbytes for t in tensors.values())


def light(model: Model) -> dict[str, Tensor]:
    """What of a model is written: its numbers on the CPU, the weights of a large one in half
    precision (bfloat16 where one of them is out of its range)."""
    tensors = stored(model)
    if _bytes(tensors) * PLANNED <= MOST_BYTES:
        return tensors
    learned = {name for name, _ in model.named_parameters()}
    return {name: _half(t) if name in learned else t for name, t in tensors.items()}


def _half(tensor: Tensor) -> Tensor:
    half = tensor.to(torch.float16)
    return half if half.isfinite().all() else tensor.to(torch.bfloat16)


def most_crowded(steps: list[int]) -> int:
    """Of these steps the one that is missed least: between the first and the last, with its
    neighbours nearest on the logarithm."""
    steps = sorted(steps)
    spans = {b: math.log(c / a) for a, b, c in zip(steps, steps[1:], steps[2:], strict=False)}
    return min(spans, key=spans.__getitem__) if spans else steps[0]


# Reading ------------------------------------------------------------------------------------------


def snapshot_steps(store: RunStore, run: str) -> list[int]:
    """The steps that can be looked back at, in order. Ask for the run with its owner first."""
    folder = store.run_folder(run) / FOLDER
    steps = [row["step"] for row in store.since(Snapshot, run)]
    return [step for step in steps if _file(folder, step).exists()]


def load_snapshot(store: RunStore, run: str, step: int) -> Model:
    """The model as it was after that step, in eval mode, on the CPU; also while the run goes on.

    Raises:
        BadCheckpoint: there is none of that step, or it is damaged.
    """
    return snapshot_checkpoint(store, run, step).model


def snapshot_checkpoint(store: RunStore, run: str, step: int) -> Checkpoint:
    """As `load_snapshot`, with the codec and a card, as a checkpoint has them."""
    folder = store.run_folder(run) / FOLDER
    if step not in snapshot_steps(store, run):
        raise BadCheckpoint(f"Step {step} of this run was not kept: choose another step.")
    spec = RunSpec.from_dict(store.get(run).spec, trusted=True)
    codec = load_codec(read_json(codec_file(folder), MOST_CODEC_BYTES))
    meta = read_json(folder / CARD, MOST_CARD_BYTES)
    if not isinstance(meta, dict):
        raise BadCheckpoint(f"{CARD} of this run is damaged: start the run again.")
    model = _load(_file(folder, step), spec, codec.sizes)
    meta = said(meta | {"spec": spec.to_dict()}) | {"step": step, "sizes": codec.sizes}
    meta |= {"model": {"name": spec.model_name, **spec.model.to_dict()}}
    meta |= {"task": {"name": spec.task_name, **spec.task.to_dict()}}
    return Checkpoint(model.eval(), codec, meta, folder)


def _load(path: Path, spec: RunSpec, sizes: dict[str, int]) -> Model:
    name, settings, make = spec.model_name, spec.model.to_dict(), spec.learned.build
    damaged = BadCheckpoint(f"The snapshot {path.stem} is damaged or gone: choose another step.")
    try:
        if path.stat().st_size > MOST_BYTES:
            raise damaged
        if not fits(blueprint(name, settings, sizes, make), shapes_in(path)):
            raise damaged
        model = build_model(name, settings, sizes, make=make)
        if model.load_state_dict(weights_in(path), strict=False).unexpected_keys:
            raise damaged
    except (OSError, SafetensorError, RuntimeError, ValueError, KeyError, TypeError):
        raise damaged from None
    if not all(map(sound, model.state_dict().values())):
        raise damaged
    return model


def _file(folder: Path, step: int) -> Path:
    return folder / f"step-{step:09}.safetensors"


def _replace(path: Path, content: bytes) -> Path:
    """Write a file; it appears whole or not at all."""
    number, fresh = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
        os.replace(fresh, path)
    except BaseException:
        Path(fresh).unlink(missing_ok=True)
        raise
    return path
