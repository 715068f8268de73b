"""The most that a visitor may have here, each with its reason; docs/limits.md has them as a table.

    the default     for a class of thirty on one laptop
    limits.json     in the lab's home folder: {"runs_at_once": 2, "keep_days": 30}
    environment     LM_LAB_RUNS_AT_ONCE=2: for this start of the lab, whatever the file says

What cannot be read changes nothing and is one sentence in the log when the lab starts.
"""

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lm_core.errors import BadCheckpoint, BadSettings, StoreUnavailable
from lm_core.home import home_folder
from lm_core.json_files import read_json
from lm_core.settings import Settings, setting

FILE = "limits.json"
ALONE = 60.0  # seconds of a turn from which a run has no shorter first one
MOST_BYTES = 100_000


@dataclass(frozen=True)
class Caps(Settings):
    """Limits of what is shared. Those of one run are for pages alone: the command line has wider
    ones of its own."""

    runs_at_once: int = setting(
        6,
        title="Runs at once",
        low=1,
        high=100,
        help="of one visitor that take turns, as each holds a model in memory; the rest waits",
    )
    runs_waiting: int = setting(
        5,
        title="Runs waiting",
        low=1,
        high=100,
        help="of one visitor, so that nobody fills the queue by pressing Start",
    )
    runs_waiting_in_all: int = setting(
        60,
        title="Runs waiting in all",
        low=1,
        high=10_000,
        help="of all, who may be one that comes without a cookie again and again",
    )
    run_seconds: float = setting(
        24 * 3600.0,
        title="Seconds of a run",
        low=1.0,
        high=240 * 3600.0,
        help="of computing, as the machine is shared and somebody may forget a run",
    )
    run_steps: int = setting(
        10_000_000,
        title="Steps of a run",
        low=1,
        high=100_000_000,
        help="as the seconds, for a budget of steps",
    )
    run_tokens: int = setting(
        10**11,
        title="Tokens of a run",
        low=1,
        high=10**13,
        help="as the seconds, for a budget of tokens",
    )
    run_parameters: int = setting(
        200_000_000,
        title="Parameters of a run",
        low=1_000,
        high=10**12,
        help="as a step is never cut: all others wait while a large model computes one",
    )
    runs_kept: int = setting(
        200,
        title="Runs kept",
        low=1,
        high=100_000,
        help="of one visitor that have ended: a year of lessons; the oldest go first",
    )
    runs_kept_in_all: int = setting(
        5_000,
        title="Runs kept in all",
        low=1,
        high=1_000_000,
        help="of all, so that pages that list runs stay quick",
    )
    texts_kept: int = setting(
        100,
        title="Texts kept",
        low=1,
        high=10_000,
        help="of one visitor: a list that one can still choose from",
    )
    disk: float = setting(
        20.0,
        title="Disk",
        low=0.001,
        high=100_000.0,
        unit="GB",
        help="gigabytes of runs and own texts together, a quarter of it at most for one visitor",
    )
    keep_days: float | None = setting(
        None,
        title="Days kept",
        low=0.01,
        high=3650.0,
        unit="days",
        help="days after which a run that ended, and a text nobody reads, go: what is not kept "
        "cannot get into wrong hands",
    )
    grace: float = setting(
        900.0,
        title="Grace",
        low=0.0,
        high=604_800.0,
        unit="s",
        help="seconds that a run goes on after its visitor's last page was closed, as a network "
        "may fail for a while and nobody watches after that",
    )
    turn: float = setting(
        0.5,
        title="Turn",
        low=0.1,
        high=86_400.0,
        unit="s",
        help="seconds that a run computes before the next one has its turn, so that all move; from "
        "a minute on a run has no shorter first turn, and runs go one after the other",
    )


def variable(name: str) -> str:
    """What a cap is called in the environment."""
    return f"LM_LAB_{name.upper()}"


def caps() -> Caps:
    """As they are now: a change of the file counts at once."""
    return _now()[0]


def complaints() -> tuple[str, ...]:
    """What was set and cannot be read, a sentence each."""
    return _now()[1]


def complain() -> None:
    """Write the complaints into the log."""
    for sentence in complaints():
        logging.getLogger(__name__).warning(sentence)


def _now() -> tuple[Caps, tuple[str, ...]]:
    given = tuple(os.environ.get(variable(name), "") for name in Caps.labels())
    try:
        path = home_folder() / FILE
        found = path.stat()
    except (OSError, StoreUnavailable):
        return _read(None, None, given)
    return _read(path, (found.st_mtime_ns, found.st_size), given)


@lru_cache(maxsize=4)
def _read(
    path: Path | None, version: object, given: tuple[str, ...]
) -> tuple[Caps, tuple[str, ...]]:
    """The file `path` of this version, and what the environment gave each."""
    values, wrong = {}, []
    try:
        said = {} if path is None else read_json(path, MOST_BYTES)
        if not isinstance(said, dict):
            raise BadCheckpoint("no object")
    except BadCheckpoint:
        said = {}
        wrong.append(
            f"{FILE} in the lab's home folder is not a JSON object of at most {MOST_BYTES:,} bytes "
            "and is left out: write it as in docs/limits.md."
        )

    known = Caps.labels()

    def tried(where: str, name: str, made: Callable[[], Caps]) -> None:
        try:
            values[name] = getattr(made(), name)
        except BadSettings as error:
            stays = f"It stays {values.get(name, getattr(Caps, name))}." if name in known else ""
            wrong.append(f"{where}: {error} {stays}".rstrip())

    for name, value in said.items():
        tried(FILE, name, lambda name=name, value=value: Caps.from_dict({name: value}))
    for name, text in zip(known, given, strict=True):
        if text:
            tried(
                variable(name), name, lambda name=name, text=text: Caps().with_texts({name: text})
            )
    return Caps(**values), tuple(wrong)
