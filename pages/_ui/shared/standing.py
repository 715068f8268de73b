"""Where a run stands that should go on, in words; also where nothing shows that it does."""

import time
from typing import TYPE_CHECKING

from pages._ui.shared import session

if TYPE_CHECKING:
    from lm_core.runs.store import Run

SEEN_SECONDS = 2.0  # from one turn of a run to its next, below which nobody sees them
MOST = 4.0  # seconds between two looks, in the largest crowd
LOOKS = 3  # from one turn of a run to its next
SILENT_SECONDS = 10.0  # without a sign of going on, beyond which that is said
PREPARING = "Reading the text and building the model"


def paced(seconds: float, most: float = MOST) -> float:
    """Seconds between two looks of a page: more of them while many runs take turns, of which each
    moves less often, and every look takes time from all.

    Args:
        seconds: where nobody waits for another.
        most: whatever the crowd.
    """
    every = session.manager().every / LOOKS
    return max(seconds, *(step for step in (0.0, 1.0, 2.0, 4.0) if step <= min(every, most)))


def standing(run: "Run", doing: str, sign: str, every: float = 0.0) -> str:
    """Of a run that a worker has.

    What is seen is said and nothing more: a large step, an evaluation or a busy machine is no
    fault, and looks the same as a process that was halted.

    Args:
        doing: what it does, as a sentence.
        sign: what shows that it goes on: a step, a finding.
        every: seconds from one of its turns to the next.
    """
    from lm_core.charts.words import how_long

    if session.manager().held:
        return "The teacher has paused everything: this goes on by itself, exactly where it is."
    begun = run.started or run.created
    silent = time.time() - max(begun, run.moved or begun)
    if silent <= SILENT_SECONDS + every:
        return f"{PREPARING} …" if run.status == "starting" else doing
    if run.status == "starting":
        return f"{PREPARING}, for {how_long(silent)} now."
    return f"No {sign} for {how_long(silent)}. Stop ends it in any case."


def waiting(run: "Run") -> str:
    """The place among those who wait for their first turn."""
    place = session.manager().queue_position(run.id)
    number = "" if place is None else f": number {place} in the queue"
    return f"Waiting for its first turn{number}."


def sharing(run: "Run") -> str:
    """With how many a run shares this machine, and what that means for it; "" where none waits for
    another."""
    from lm_core.charts.words import duration, how_long
    from lm_core.figures import count

    outlook = session.manager().outlook(run.id)
    if outlook is None or outlook.every < SEEN_SECONDS:
        return ""
    turns = f"{count(outlook.sharing, 'run')} take turns on this machine"
    done = "" if outlook.done is None else f", and is done in about {duration(outlook.done)}"
    return f"{turns}: this one moves about every {how_long(outlook.every)}{done}."


def watching(run: "Run") -> str:
    """That others watch the same run, and how to have one of one's own; "" where nobody does."""
    watchers = len(session.manager().store.watchers(run.id)) if run.active else 1
    if watchers < 2:
        return ""
    return (
        f"{watchers} of you watch this run, as the same settings give the same run: pause or "
        "change it, or start with another seed, to have your own."
    )
