"""Where a run stands that should go on, in words; also where nothing shows that it does."""

import time
from typing import TYPE_CHECKING

from pages._ui.shared import session

if TYPE_CHECKING:
    from lm_core.runs.store import Run

SILENT_SECONDS = 10.0  # without a sign of going on, beyond which that is said
PREPARING = "Reading the text and building the model"


def standing(run: "Run", doing: str, sign: str) -> str:
    """Of a run that a worker has.

    What is seen is said and nothing more: a large step, an evaluation or a busy machine is no
    fault, and looks the same as a process that was halted.

    Args:
        doing: what it does, as a sentence.
        sign: what shows that it goes on: a step, a finding.
    """
    from lm_core.charts.words import how_long

    begun = run.started or run.created
    silent = time.time() - max(begun, run.moved or begun)
    if silent <= SILENT_SECONDS:
        return f"{PREPARING} …" if run.status == "starting" else doing
    if run.status == "starting":
        return f"{PREPARING}, for {how_long(silent)} now."
    return f"No {sign} for {how_long(silent)}. Stop ends it in any case."


def waiting(run: "Run") -> str:
    """The place in the queue, and about how long it takes."""
    from lm_core.charts.words import duration

    runs = session.manager()
    place = runs.queue_position(run.id)
    if place is None:
        return "Waiting for a free worker."
    seconds = runs.waiting_seconds(run.id)
    about = f", about {duration(seconds)} from now" if seconds is not None else ""
    return f"Waiting for a free worker: number {place} in the queue{about}."
