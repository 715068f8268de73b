"""A race in rows and in sentences: for the command line and the Compare screen alike."""

from collections.abc import Mapping, Sequence
from typing import Any

from lm_core.evaluation.standings import (
    JUDGE,
    Result,
    Standing,
    crossing,
    expected,
    ladder,
    standings,
)
from lm_core.figures import significant
from lm_core.models import models
from lm_core.runs.race import counts
from lm_core.runs.race_file import RaceFile

EXACT = 1e-4  # nats that counting may differ by on another machine
WATTS = 10.0  # of one busy core of a laptop: an assumption, which the screen states
# Figures by column; how many digits are told.
COLUMNS = {
    "Validation": (JUDGE, 4),
    "Test": ("test_nats", 4),
    "Test perplexity": ("perplexity", 4),
    "Test, bits per character": ("bits_per_character", 4),
    "Parameters": ("parameters", 3),
    "Steps": ("steps", 3),
    "Tokens read": ("tokens", 3),
    "Training, s": ("seconds", 3),
    "Processor, s": ("cpu_seconds", 3),
    "Energy, Wh": ("energy", 2),
    "Reads, tokens/s": ("tokens_per_second", 3),
    "Writes, tokens/s": ("writes_per_second", 3),
    "Memory, MB": ("megabytes", 3),
}

# And those that a terminal has room for.
TOLD = ("Family", "Validation", "Its seeds", "Test", "Test perplexity", "Parameters", "Training, s")


def ranked(results: Sequence[Result]) -> list[Standing]:
    """The families, the best mean first."""
    return standings(results, exact={one.model for one in results if counts(one.model)})


def derived(figures: Mapping[str, Any]) -> dict[str, Any]:
    """The figures with what follows from them: watt-hours at WATTS a core, megabytes."""
    seconds, size = figures.get("cpu_seconds"), figures.get("memory")
    more = {} if seconds is None else {"energy": seconds * WATTS / 3600}
    return dict(figures) | more | ({} if size is None else {"megabytes": size / 1e6})


def rows(table: Sequence[Standing]) -> list[dict[str, Any]]:
    """A row a family: the mean over its seeds of each figure, None where there is none yet; of the
    validation loss also the lowest and the highest."""
    found = []
    for row in table:
        whole = Standing(
            row.model,
            tuple(Result(one.model, one.seed, derived(one.figures)) for one in row.results),
            row.exact,
        )
        low, high = whole.spread(JUDGE) or (None, None)
        cells: dict[str, Any] = {"Family": models[row.model].title}
        for title, (name, digits) in COLUMNS.items():
            mean = whole.mean(name)
            cells[title] = None if mean is None else float(significant(mean, digits))
            if name == JUDGE:
                apart = "–" if low is None else f"{low:.3f} to {high:.3f}"
                cells["Its seeds"] = "one run is all there is" if row.exact else apart
        found.append(cells)
    return found


def order(table: Sequence[Standing]) -> str:
    """Who is ahead, as far as that can be said."""
    rungs = ladder(table)
    if not rungs:
        return "Nobody has reached the finish yet."
    waiting = [models[row.model].title for row in table if row.mean(JUDGE) is None]
    said = "; then ".join(_rung(rung) for rung in rungs)
    text = f"From the lowest validation loss up: {said}."
    if any(len(rung) > 1 for rung in rungs):
        text += (
            " Those named together cannot be told apart: their seeds overlap, or one of them has "
        )
        text += "run with one seed only."
    if waiting:
        text += f" Still under way: {_listed(waiting)}."
    return text


def _rung(rung: Sequence[Standing]) -> str:
    return _listed([f"{models[row.model].title} ({row.mean(JUDGE):.3f})" for row in rung])


def _listed(words: Sequence[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last


def counting_beside(table: Sequence[Standing], axis: str = "seconds") -> list[str]:
    """Of each network when it went below the best of what only counts, and of all others that they
    have not. By the evaluations along the way, which are all of the same part of the text."""
    counted = [(row, _last(row)) for row in table if row.exact and _last(row) is not None]
    if not counted:
        return []
    best, loss = min(counted, key=lambda one: one[1])
    title, said, above = models[best.model].title, [], []
    for row in table:
        if row.exact or not any(len(one.curve) > 1 for one in row.results):
            continue
        name, place = models[row.model].title, crossing(loss, row, axis)
        if place is None:
            above.append(name)
        else:
            said.append(f"{name} is below the {title} ({loss:.3f}) after {_span(place, axis)}.")
    if above:
        listed, below = _listed(above), f"{title} ({loss:.3f})"
        said.append(
            f"{listed} has not come below the {below} with every seed."
            if len(above) == 1
            else f"{listed} have not come below the {below} with every seed."
        )
    return said


def landed(again: Sequence[Standing], before: Sequence[Standing]) -> tuple[list[str], list[str]]:
    """Of a race that was run again the families whose mean is where one more run would be expected,
    19 times in 20, by the runs of before; and those whose is not."""
    inside, outside = [], []
    known = {row.model: expected(row) for row in before}
    for row in again:
        mean, where = row.mean(JUDGE), known.get(row.model)
        if mean is None or where is None:
            continue
        low, high = where
        (inside if low - EXACT <= mean <= high + EXACT else outside).append(row.model)
    return inside, outside


def _last(row: Standing) -> float | None:
    return next((one.curve[-1].nats for one in row.results if one.curve), None)


def _span(place: tuple[float, float], axis: str) -> str:
    unit = {"seconds": "s", "tokens": "tokens", "step": "steps"}[axis]
    low, high = (significant(value, 3) for value in place)
    return f"{low} {unit}" if low == high else f"{low} to {high} {unit}"


def in_words(race: RaceFile) -> list[str]:
    """For a terminal."""
    table = ranked(race.results)
    found = [{title: row[title] for title in TOLD} for row in rows(table)]
    cells = [list(TOLD), *([_cell(value) for value in row.values()] for row in found)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) for row in cells]
    lines = [f"In {race.unit}, means over the seeds:", *(line.rstrip() for line in lines)]
    lines += [f"Guessing by {name}: {nats:.3f}." for name, nats in race.baselines.items()]
    return [*lines, order(table), *counting_beside(table)]


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    return value if isinstance(value, str) else f"{value:,.10g}"
