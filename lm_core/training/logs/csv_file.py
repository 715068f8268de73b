"""`log.csv`: the curve as a table, one row a step.

A cell is empty where nothing was measured at that step; `nan`, `inf` and `-inf` are numbers. A
number is written with all its digits, so that reading gives the same one.
"""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from lm_core.training.events import KEPT_AS, Checkpointed, Evaluated, Event, Step
from lm_core.training.logs.log import Log

Row = dict[str, int | float | None]

NAME = "log.csv"
COLUMNS = {  # and what they mean
    "step": "optimizer steps done; looks at the text for a model that counts",
    "tokens": "tokens read since the run began",
    "seconds": "of training since the run began, pauses left out",
    "nats": "mean surprise of the batch in nats per token, before the step changed anything",
    "lr": "learning rate of the step",
    "grad_norm": "length of the gradient before clipping",
    "tokens_per_second": "speed since the run began",
    "validation_nats": "mean surprise in nats per token on a fixed part of the validation text",
    "validation_tokens": "tokens in that part",
    "train_nats": "the same on a part of the text it learned from, where that was scored",
    "train_tokens": "tokens in that part",
    "test_nats": "the same on the test text",
    "test_tokens": "tokens in that part",
}
_STEP = ("step", "tokens", "seconds", "loss", "lr", "grad_norm", "tokens_per_second")


class Rows:
    """Events -> rows. A row is given when another step begins: until then it may grow, because an
    evaluation comes after the step it belongs to. The last evaluation of a split counts."""

    def __init__(self, begun: Row | None = None) -> None:
        self.row: Row = begun or {}

    def take(self, event: Event) -> Iterator[Row]:
        cells = _cells(event)
        if cells and self.row and cells["step"] != self.row["step"]:
            yield self.row
            self.row = {}
        self.row |= cells

    def rest(self) -> Iterator[Row]:
        """The row that nothing will be added to any more."""
        if self.row:
            yield self.row
        self.row = {}


def _cells(event: Event) -> Row:
    match event:
        case Step():
            return {KEPT_AS[Step].get(name, name): getattr(event, name) for name in _STEP}
        case Evaluated(split=split) if f"{split}_nats" in COLUMNS:
            scored = {f"{split}_nats": event.loss, f"{split}_tokens": event.scored_tokens}
            return {"step": event.step, **scored}
    return {}


def line(row: Row) -> str:
    """One line of the file, with its end."""
    cells = (row.get(name) for name in COLUMNS)
    return ",".join("" if cell is None else str(cell) for cell in cells) + "\n"


HEAD = ",".join(COLUMNS) + "\n"


def write_csv(events: Iterable[Event]) -> str:
    """A whole file of events that are there already."""
    rows, lines = Rows(), [HEAD]
    for event in events:
        lines += map(line, rows.take(event))
    return "".join([*lines, *map(line, rows.rest())])


def read_csv(text: str) -> list[Row]:
    """Rows of a `log.csv`; None where nothing was measured."""
    return [{k: _number(v) for k, v in row.items()} for row in csv.DictReader(text.splitlines())]


def _number(cell: str | None) -> int | float | None:
    if not cell:
        return None
    try:
        return int(cell)
    except ValueError:
        return float(cell)


class CsvFile(Log):
    """Writes each row when it is complete."""

    def __init__(self, folder: Path, spec: dict[str, Any], *, name: str, after: int) -> None:
        path = folder / NAME
        kept = read_csv(path.read_text()) if after and path.exists() else []
        kept = [row for row in kept if row["step"] <= after]
        self.rows = Rows(kept.pop() if kept else None)
        self.early: int | None = None  # where a row begins that was written before its time
        # A line at a time: who looks sees whole rows, and a killed process has lost one.
        self.file = path.open("w", buffering=1, encoding="utf-8", newline="")
        self.file.write("".join([HEAD, *map(line, kept)]))
        self._write_early()

    def take(self, event: Event) -> None:
        self._write(self.rows.take(event))
        if isinstance(event, Checkpointed):
            self._write_early()

    def _write_early(self) -> None:
        """Who goes on from a checkpoint needs its row, which may still grow."""
        if self.rows.row and self.early is None:
            self.early = self.file.tell()
            self.file.write(line(self.rows.row))

    def _write(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if self.early is not None:
                self.file.seek(self.early)
                self.file.truncate()
                self.early = None
            self.file.write(line(row))

    def close(self) -> None:
        self._write(self.rows.rest())
        self.file.close()
