"""Step 4, learning rate times weight decay: a fresh model in every cell, judged by validation.

The training loss would always choose no decay at all; what held-out text says is what counts. Every
cell gets the same number of steps with the schedule that is set. Random search stands beside the
grid: where one of two settings hardly matters, n random points try n values of the other, a grid of
n cells only sqrt(n) (Bergstra and Bengio 2012, "Random Search for Hyper-Parameter Optimization").

Cells come one after the other, so that a heatmap fills in while the next one trains.
"""

import csv
import io
import math
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from lm_core.doctor.patient import Patient, Stop, Until, never
from lm_core.doctor.rates import within
from lm_core.doctor.verdicts import ALARM, NOTE, OK, Verdict, out_of_time
from lm_core.errors import BadSettings
from lm_core.training import Budget, TrainSettings
from lm_core.training.events import Event, Failed, Finished

MOST_CELLS = 64  # grid and random points together
AROUND = (1 / 3, 1.0, 3.0)  # rates of a grid that was not asked for, times the suggested one
DECAYS = (0.0, 0.05, 0.5)
RANDOM_DECAYS = (1e-3, 1.0)
EVALUATIONS = 3  # along a cell
LOOKS = EVALUATIONS + 2  # and one of each split at its end
SAME = 0.01  # nats per token: cells no further apart are alike
COLUMNS = ("kind", "lr", "weight_decay", "validation_nats", "train_nats", "steps", "run")


@dataclass(frozen=True)
class Cell:
    """One model. Figures are nats per token of a fixed part of each split; None where the model
    diverged. `run` is where its curve can be seen, "" where it was not kept."""

    lr: float
    weight_decay: float
    validation_nats: float | None = None
    train_nats: float | None = None
    steps: int = 0
    run: str = ""
    kind: str = "grid"  # or "random"

    def data(self) -> dict[str, Any]:
        """Plain JSON."""
        return {k: v for k, v in asdict(self).items() if k != "kind"}


class Child:
    """Who keeps what a cell shows. This one keeps nothing."""

    run = ""

    def record(self, event: Event) -> None:
        """Everything the cell's training says."""

    def end(self, status: str) -> None:
        """finished, stopped or failed."""


Opens = Callable[[TrainSettings, Budget], Child]


def nobody(train: TrainSettings, budget: Budget) -> Child:
    """Cells that are not kept."""
    return Child()


@dataclass(frozen=True)
class Grid:
    """All cells that were trained so far."""

    lrs: tuple[float, ...]
    decays: tuple[float, ...]
    steps: int  # of each cell
    cells: tuple[Cell, ...] = ()
    random: tuple[Cell, ...] = ()
    points: int = 0  # random ones that were asked for
    done: bool = False
    unit: str = "nats per token"

    @property
    def best(self) -> Cell | None:
        """The cell with the lowest validation loss."""
        sound = [c for c in (*self.cells, *self.random) if c.validation_nats is not None]
        return min(sound, key=lambda cell: cell.validation_nats, default=None)

    def data(self) -> dict[str, Any]:
        """Plain JSON, for a heatmap."""
        return {
            "lrs": list(self.lrs),
            "decays": list(self.decays),
            "steps": self.steps,
            "cells": [cell.data() for cell in self.cells],
            "random": [cell.data() for cell in self.random],
            "best": self.best.data() if self.best else None,
            "done": self.done,
        }

    def csv(self) -> str:
        """A table with a line for each cell; an empty field where the model diverged."""
        lines = io.StringIO()
        table = csv.DictWriter(lines, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(asdict(cell) for cell in (*self.cells, *self.random))
        return lines.getvalue()

    def verdict(self) -> Verdict:
        """grid_ok, grid_edge, grid_alone, grid_diverged or out_of_time."""
        best, n = self.best, len(self.cells) + len(self.random)
        asked = len(self.lrs) * len(self.decays) + self.points
        if n == 0:
            return out_of_time("Time was up before the first cell of the grid was trained.")
        if best is None:
            text = f"All of the {n} cells that were trained diverged."
            return Verdict("grid_diverged", ALARM, text, "Take lower learning rates.", "train.lr")
        found = [c.validation_nats for c in self.cells + self.random if c.validation_nats]
        if asked == 1:
            text = f"The one cell has a validation loss of {best.validation_nats:.3f} {self.unit}"
            return Verdict("grid_alone", NOTE, f"{text}: there is nothing to compare it with.")
        said = (
            f"Of {n} cells of {self.steps:,} steps, rate {best.lr:.2g} with weight decay "
            f"{best.weight_decay:.2g} has the lowest validation loss, {best.validation_nats:.3f} "
            f"{self.unit}; the worst has {max(found):.3f}"
        )
        if n < asked:
            return out_of_time(f"{said}. Time was up before the other {asked - n} were trained.")
        if max(found) - best.validation_nats <= SAME:
            return Verdict("grid_ok", OK, f"{said}: no real difference, {SAME} is the limit.")
        if best in self.cells and len(self.lrs) > 1 and best.lr in (min(self.lrs), max(self.lrs)):
            side = "lowest" if best.lr == min(self.lrs) else "highest"
            return Verdict(
                "grid_edge",
                NOTE,
                f"{said}. It is the {side} rate of the grid, so a better one may lie beyond.",
                "Move the grid so that its best cell has neighbours on both sides.",
                "train.lr",
            )
        cure = f"Train long with rate {best.lr:.2g} and weight decay {best.weight_decay:.2g}."
        return Verdict("grid_ok", OK, f"{said}.", cure, "train.lr")


def search(
    patient: Patient,
    *,
    lrs: Sequence[float],
    decays: Sequence[float] = DECAYS,
    random: int = 0,
    steps: int,
    stop: Stop = never,
    opens: Opens = nobody,
) -> Generator[dict[str, Any], None, Grid]:
    """Train every cell of the grid, then so many random points. Yields `Grid.data` after each, and
    {} now and then while one trains.

    Raises:
        BadSettings: a rate or decay that cannot be set, no cells, too many, no steps; or there is
            no validation split to judge by.
    """
    check(lrs, decays, random)
    Budget(steps=steps)
    if "validation" not in patient.data:
        raise BadSettings("The grid is judged by validation text, and there is none: give more.")
    found = Grid(
        tuple(sorted(set(lrs))),
        tuple(sorted(set(decays))),
        steps,
        points=random,
        unit=patient.unit,
    )
    yield found.data()
    for lr, decay in product(found.lrs, found.decays):
        cell = yield from train_cell(patient, Cell(lr, decay), steps=steps, stop=stop, opens=opens)
        if cell is None:
            break
        found = replace(found, cells=(*found.cells, cell))
        yield found.data()
    for lr, decay in random_points(random, patient.seed, lrs=found.lrs):
        point = Cell(lr, decay, kind="random")
        cell = yield from train_cell(patient, point, steps=steps, stop=stop, opens=opens)
        if cell is None:
            break
        found = replace(found, random=(*found.random, cell))
        yield found.data()
    found = replace(found, done=True)
    yield found.data()
    return found


def train_cell(
    patient: Patient, cell: Cell, *, steps: int, stop: Stop = never, opens: Opens = nobody
) -> Generator[dict[str, Any], None, Cell | None]:
    """A fresh model with the cell's rate and decay; None where it was stopped on the way. Yields {}
    as often as its training says something."""
    if stop():
        return None
    train = replace(
        patient.train,
        lr=cell.lr,
        weight_decay=cell.weight_decay,
        eval_every=max(1, math.ceil(steps / EVALUATIONS)),
        patience=0,
    )
    child = opens(train, Budget(steps=steps))
    trainer = patient.trainer(train, steps=steps, control=Until(stop))
    done, status = replace(cell, run=child.run), "failed"
    for event in trainer.run():
        child.record(event)
        yield {}
        if isinstance(event, Finished | Failed):
            done = replace(done, steps=event.step)
        if isinstance(event, Finished):
            status = "stopped" if event.reason == "stopped" else "finished"
    if status == "finished":
        found = [trainer.evaluate(split).loss for split in ("validation", "train")]
        if all(map(math.isfinite, found)):
            done = replace(done, validation_nats=found[0], train_nats=found[1])
    child.end(status)
    return None if status == "stopped" else done


def around(lr: float) -> tuple[float, ...]:
    """Rates of a grid with this one in its middle."""
    return tuple(sorted({within(lr * factor) for factor in AROUND}))


def random_points(n: int, seed: int, *, lrs: Sequence[float]) -> Iterator[tuple[float, float]]:
    """So many pairs of rate and decay, each evenly spread over its logarithm: rates from a third
    of the lowest of `lrs` to three times the highest."""
    rng = np.random.default_rng((seed, 4))
    low, high = within(min(lrs) / 3), within(max(lrs) * 3)
    for _ in range(n):
        yield _log_uniform(rng, low, high), _log_uniform(rng, *RANDOM_DECAYS)


def _log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return float(math.exp(rng.uniform(math.log(low), math.log(high))))


def check(lrs: Sequence[float], decays: Sequence[float], random: int = 0) -> None:
    """Raises BadSettings, with the value that is wrong and what it could be."""
    if not lrs or not decays:
        said = "The grid is empty: give at least one learning rate and one decay."
        raise BadSettings(said, "decays" if lrs else "lrs")
    cells = len(lrs) * len(decays) + random
    if random < 0 or cells > MOST_CELLS:
        raise BadSettings(
            f"{len(lrs)} rates times {len(decays)} decays and {random} random points are "
            f"{cells:,} cells; from 1 to {MOST_CELLS} can be trained: leave some out.",
            "random",
        )
    for lr in lrs:
        TrainSettings(lr=lr)
    for decay in decays:
        TrainSettings(weight_decay=decay)
