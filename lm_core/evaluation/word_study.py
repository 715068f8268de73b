"""The study in words, read: a network that sees four words, an LSTM and a Transformer after equal
text, and the 5-gram that counts.

    rows = read_words(path)
    [row.model for row in ranked(rows)]        # the lowest test loss first
    by_length(rows, "lstm")                    # its test loss by the length of the sentence

`tools/word_study.py` makes the table.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean

from lm_core.evaluation.standings import Result, Standing, standings
from lm_core.evaluation.study import read

TEST = "test_nats"
COUNTS = ("ngram",)  # no seed changes what it learns
REPORTED = {"mlp": 305.28, "lstm": 198.35, "transformer": 194.3}  # the course's, of another text
FIGURES = ("steps", "tokens", "parameters", "validation_nats", TEST, "cpu_seconds")

Row = Mapping[str, str]


def read_words(path: Path) -> list[Row]:
    """A row a run. Raises OSError, ValueError: there is none, or not of that kind."""
    rows = read(path)
    if not rows or not {"family", "seed", *FIGURES} <= rows[0].keys():
        raise ValueError(f"{path.name} is no study in words.")
    return rows


def ranked(rows: Sequence[Row]) -> list[Standing]:
    """The families, the lowest mean test loss first."""
    results = []
    for row in rows:
        figures = {name: float(row[name]) for name in FIGURES if row[name]}
        results.append(Result(row["family"], int(row["seed"]), figures))
    return standings(results, exact=COUNTS, by=TEST)


def curve(row: Row, split: str = "validation") -> list[tuple[float, float]]:
    """Passes through the text, and nats per token of a split after them."""
    found = (_beyond(row, f"{split}_") if row["family"] not in COUNTS else {}).items()
    return [(float(mark), nats) for mark, nats in found if mark != "nats"]


def by_length(rows: Sequence[Row], family: str) -> list[tuple[str, float, int]]:
    """Tokens of the longest sentence of each bin, mean test nats over the seeds, tokens scored."""
    runs = [row for row in rows if row["family"] == family]
    found = []
    for name in (k.removeprefix("nats_to_") for k in runs[0] if k.startswith("nats_to_")):
        if tokens := int(float(runs[0][f"tokens_to_{name}"])):
            nats = fmean(float(row[f"nats_to_{name}"]) for row in runs)
            found.append((name, nats, tokens))
    return found


def _beyond(row: Row, start: str) -> dict[str, float]:
    """The columns whose name begins so, without it, that hold a number."""
    named = {name.removeprefix(start): v for name, v in row.items() if name.startswith(start)}
    return {name: float(value) for name, value in named.items() if value}
