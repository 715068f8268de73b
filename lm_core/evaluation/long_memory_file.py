"""What was measured of long memory, in a file: who learned what, where, by which command, and the
share of right answers at each delay.

`make memory` writes it, `checkpoints/memory/` holds the one that ships, the Memory screen reads it.
It is never trusted: a file may come from anywhere.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lm_core.errors import BadCheckpoint
from lm_core.json_files import dumps, read_json

FORMAT, MOST_BYTES = 1, 1_000_000


@dataclass(frozen=True)
class Remembered:
    """One family and seed on one made text, a model for each delay that learned that one alone: the
    share of right answers (0 to 1) by delay. `cpu_seconds` are of all of them."""

    task: str
    family: str
    seed: int
    parameters: int
    cpu_seconds: float
    shares: dict[int, float]


@dataclass(frozen=True)
class LongMemoryFile:
    """All of them. `guessing`: the share of who always gives the commonest answer, by task; `asked`
    how many prompts by task and delay; `how` the settings that all have learned with."""

    command: str
    machine: dict[str, Any]
    how: dict[str, Any]
    asked: dict[str, dict[int, int]]
    guessing: dict[str, float]
    results: tuple[Remembered, ...] = field(repr=False)

    @property
    def tasks(self) -> list[str]:
        return list(dict.fromkeys(one.task for one in self.results))

    def of(self, task: str) -> list[Remembered]:
        return [one for one in self.results if one.task == task]

    def write(self, path: Path) -> None:
        """Raises OSError where it cannot be written."""
        whole = {
            "format": FORMAT,
            "command": self.command,
            "machine": self.machine,
            "how": self.how,
            "asked": self.asked,
            "guessing": self.guessing,
        }
        # A line a model, so that a change of one is a change of one line.
        lines = ",\n".join(dumps(vars(one), separators=(",", ":")) for one in self.results)
        path.write_text(f'{dumps(whole, indent=1)[:-2]},\n "results": [\n{lines}\n]}}\n', "utf-8")


def read_long_memory(path: Path) -> LongMemoryFile:
    """Raises BadCheckpoint: it is no such file, damaged, or of another version."""
    found = read_json(path, MOST_BYTES)
    try:
        if found["format"] != FORMAT:
            raise BadCheckpoint(f"{path.name} is of another version: run make memory again.")
        return LongMemoryFile(
            str(found["command"]),
            dict(found["machine"]),
            dict(found["how"]),
            {str(k): _by_delay(v, int) for k, v in found["asked"].items()},
            {str(k): _share(v) for k, v in found["guessing"].items()},
            tuple(map(_result, found["results"])),
        )
    except BadCheckpoint:
        raise
    except (LookupError, TypeError, ValueError, AttributeError):
        raise BadCheckpoint(
            f"{path.name} is no file of long memory, or damaged: run make memory again."
        ) from None


def _result(row: dict[str, Any]) -> Remembered:
    return Remembered(
        str(row["task"]),
        str(row["family"]),
        int(row["seed"]),
        int(row["parameters"]),
        float(row["cpu_seconds"]),
        _by_delay(row["shares"], _share),
    )


def _by_delay(found: dict[str, Any], read: Any) -> dict[int, Any]:
    return {int(delay): read(value) for delay, value in found.items()}


def _share(value: Any) -> float:
    share = float(value)
    if not (math.isfinite(share) and 0 <= share <= 1):
        raise ValueError("no share")
    return share


def spread(results: Sequence[Remembered]) -> dict[int, tuple[float, float, float]]:
    """Of the seeds of one family: (lowest, mean, highest) share by delay."""
    found = {}
    for delay in results[0].shares:
        each = [one.shares[delay] for one in results]
        found[delay] = (min(each), sum(each) / len(each), max(each))
    return found
