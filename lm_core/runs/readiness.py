"""Whether a machine is ready for a class, without a network: each thing looked at is a line, good
or with a sentence that says how to mend it.

    for line in lines(store.folder): print(line.good, line.said)
    spec = short_training()         # ten seconds; `trained(run's last figure)` judges it
"""

import math
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lm_core.errors import LabError
from lm_core.machine import cores, free_memory
from lm_core.runs.caps import caps
from lm_core.runs.dispatch import NEEDED
from lm_core.runs.presets import default_spec
from lm_core.runs.quota import FREE
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.training import Budget

SECONDS = 10.0
NOT_HERE = ("download", "extra", "own")  # how texts come that do not ship


@dataclass(frozen=True)
class Line:
    """One thing that was looked at: `good` None is worth knowing, and no fault."""

    name: str
    good: bool | None
    said: str


def lines(home: Path, shipped: Path, workers: int | None = None) -> Iterator[Line]:
    """Texts, models, memory and disk, one after the other, as each is looked at.

    Args:
        home: where runs are kept.
        shipped: the folder of the models that ship.
        workers: processes that train at once; None for one each core, at most 8.
    """
    yield texts()
    yield models(shipped)
    yield memory(free_memory(), workers or min(8, cores()))
    yield disk(home)


def texts() -> Line:
    """The texts that ship are there, and can be read."""
    from lm_core.corpora import corpora
    from lm_core.corpora.load import load_corpus

    wrong, read = [], 0
    for entry in corpora:
        if entry.extra["info"].how in NOT_HERE:
            continue
        try:
            load_corpus(entry.name)
            read += 1
        except LabError as error:
            wrong.append(f"{entry.title}: {error}")
    if wrong:
        return Line("Texts", False, f"{' '.join(wrong)} Install the lab again: make .venv.")
    return Line("Texts", True, f"All {read} texts that ship are there and were read.")


def models(shipped: Path) -> Line:
    """The models that ship load."""
    from lm_core.checkpoints import load_checkpoint

    wrong, read = [], 0
    for card in sorted(shipped.glob("*/meta.json")):
        try:
            load_checkpoint(card.parent)
            read += 1
        except LabError as error:
            wrong.append(str(error))
    if wrong:
        return Line("Models", False, f"{' '.join(wrong)} Get the lab's folder checkpoints again.")
    if not read:
        return Line("Models", False, f"None is in {shipped}: get the lab's folder checkpoints.")
    return Line("Models", True, f"All {read} models that ship were loaded.")


def memory(free: int | None, workers: int) -> Line:
    """What is free for so many runs at once; beside others a run begins only where NEEDED is."""
    need = NEEDED * workers
    if free is None:
        return Line("Memory", None, "This system does not say how much memory is free.")
    said = f"{free / 1e9:.1f} GB are free; {workers} runs at once need {need / 1e9:.1f} GB"
    if free >= need:
        return Line("Memory", True, f"{said}.")
    return Line("Memory", False, f"{said}: close other programs, or set LM_LAB_WORKERS lower.")


def disk(home: Path) -> Line:
    """What is free for runs; none begins where less than FREE is."""
    free, most = shutil.disk_usage(home).free, caps().disk * 1e9
    said = f"{free / 1e9:.1f} GB are free for runs"
    if free < FREE:
        what = f"{said}, and a run needs {FREE / 1e9:.1f} GB"
        return Line("Disk", False, f"{what}: free some space, or set LM_LAB_HOME elsewhere.")
    if free < most:
        return Line("Disk", None, f"{said}, and the lab may fill {most / 1e9:g} GB.")
    return Line("Disk", True, f"{said}; the lab fills {most / 1e9:g} GB at most.")


def short_training() -> RunSpec:
    """Ten seconds of an LSTM on names."""
    return default_spec(CorpusSpec(name="names"), "lstm", budget=Budget(seconds=SECONDS))


def trained(nats: float | None, letters: int, steps: int, message: str = "") -> Line:
    """What came of it: its validation loss lies below that of guessing blindly, ln letters."""
    name = "Training"
    if nats is None or not math.isfinite(nats):
        why = f" {message}" if message else ""
        return Line(name, False, f"It came to no figure.{why} Restart the lab and check again.")
    blind = math.log(letters)
    said = f"{nats:.2f} nats per letter after {steps:,} steps; guessing blindly is {blind:.2f}"
    if nats < blind:
        return Line(name, True, f"{said}.")
    return Line(name, False, f"{said}: end other programs that compute, and check again.")
