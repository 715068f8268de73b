"""A race in a file: what was raced, where, by which command, and all that was measured.

`python -m lm_core race` writes it, `checkpoints/races/` holds those that ship, the Compare screen
reads it. It is never trusted: a file may come from anywhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lm_core.errors import BadCheckpoint, LabError
from lm_core.evaluation.standings import JUDGE, Point, Result
from lm_core.json_files import dumps, numbers, read_json
from lm_core.machine import this_machine
from lm_core.runs.race import MOST_MODELS, MOST_SEEDS, Race

FORMAT, MOST_BYTES = 1, 4_000_000
MOST_POINTS = 400  # of a curve
FIGURES = (
    JUDGE,
    "test_nats",
    "test_tokens",
    "perplexity",
    "bits_per_character",
    "parameters",
    "steps",
    "tokens",
    "seconds",
    "cpu_seconds",
    "tokens_per_second",
    "memory",
    "writes_per_second",
    "sample",
)


@dataclass(frozen=True)
class RaceFile:
    """A race with its results so far. `baselines`: nats of guessing without a model, by name."""

    race: Race
    unit: str
    baselines: dict[str, float]
    results: tuple[Result, ...] = ()
    command: str = ""
    machine: dict[str, Any] | None = None

    def has(self, model: str, seed: int) -> bool:
        return any((one.model, one.seed) == (model, seed) for one in self.results)

    def with_result(self, result: Result) -> "RaceFile":
        return replace(self, results=(*self.results, result))

    def write(self, path: Path) -> None:
        """Raises OSError where it cannot be written."""
        results = [
            {"model": one.model, "seed": one.seed, **one.figures, "curve": _thinned(one.curve)}
            for one in self.results
        ]
        whole = {
            "format": FORMAT,
            "race": self.race.to_dict(),
            "unit": self.unit,
            "baselines": self.baselines,
            "command": self.command,
            "machine": self.machine or this_machine(),
        }
        # A line a run, so that a change of one is a change of one line.
        lines = ",\n".join(dumps(one, separators=(",", ":")) for one in results)
        head = dumps(whole, indent=1)[:-2]
        path.write_text(f'{head},\n "results": [\n{lines}\n]}}\n', encoding="utf-8")


def read_race(path: Path) -> RaceFile:
    """Raises BadCheckpoint: it is no file of a race, damaged, or of another version."""
    found = read_json(path, MOST_BYTES)
    try:
        if found["format"] != FORMAT:
            raise BadCheckpoint(f"{path.name} is a race of another version: run it again.")
        results = found["results"]
        if len(results) > MOST_MODELS * MOST_SEEDS:
            raise ValueError
        return RaceFile(
            Race.from_dict(found["race"]),
            str(found["unit"]),
            {str(k): float(v) for k, v in found["baselines"].items()},
            tuple(map(_result, results)),
            str(found["command"]),
            dict(found["machine"]),
        )
    except BadCheckpoint:
        raise
    except (LabError, LookupError, TypeError, ValueError, AttributeError):
        raise BadCheckpoint(
            f"{path.name} is no file of a race, or damaged: run it again."
        ) from None


def _result(row: dict[str, Any]) -> Result:
    figures = {name: row.get(name) for name in FIGURES}
    sample = figures.pop("sample")
    figures = {k: None if v is None else float(numbers(v)) for k, v in figures.items()}
    curve = tuple(
        Point(int(step), int(tokens), float(seconds), float(numbers(nats)))
        for step, tokens, seconds, nats in row["curve"][:MOST_POINTS]
    )
    return Result(str(row["model"]), int(row["seed"]), figures | {"sample": str(sample)}, curve)


def _thinned(curve: Iterable[Point]) -> list[list[float]]:
    """Every second point, or every fourth ..., and the last."""
    points = list(curve)
    every = 1
    while len(points) > every * (MOST_POINTS - 1):
        every *= 2
    kept = points[::every] + (points[-1:] if (len(points) - 1) % every else [])
    return [[p.step, p.tokens, round(p.seconds, 3), round(p.nats, 5)] for p in kept]
