"""What a tokenizer does to the loss, in a file: one small model under several of them after an
equal amount of text, by which commands and where.

`make tokenizers` writes it, `checkpoints/studies/` holds the one that ships, the Tokenizers screen
reads it. It is never trusted: a file may come from anywhere.

A result goes by the name of its tokenizer in the place of a family's. Nats and perplexities are per
token, so those of two tokenizers are no figures of one thing; bits per byte are, and are withheld
where the tokens do not tell the text (see `extent.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lm_core.errors import BadCheckpoint
from lm_core.evaluation.standings import Point, Result, Standing, standings
from lm_core.json_files import dumps, numbers, read_json

FORMAT, MOST_BYTES, MOST_RESULTS, MOST_POINTS = 1, 1_000_000, 100, 100
BITS, PERPLEXITY, OWN = "bits_per_byte", "perplexity", "evaluated"
FIGURES = (
    "vocab_size",
    "parameters",
    "vocabulary_parameters",  # of these: a row of numbers for each token that is read or guessed
    "steps",
    "tokens",
    "bytes_per_token",  # of the training text
    "operations_per_token",  # of learning
    "cpu_seconds",  # of learning, on one thread
    "nats",  # per token of the text that all are scored by
    PERPLEXITY,
    BITS,  # None: withheld
    "untold",  # share of its characters that the tokens do not tell
    OWN,  # nats per token by the run's own last evaluation
    "curve_tokens_per_byte",  # of the text that the curve is of; None where bits are withheld
)


@dataclass(frozen=True)
class Cut:
    """A tokenizer of the study; `spec` is a `RunSpec` as plain JSON, with seed 0."""

    name: str
    title: str
    spec: dict[str, Any] = field(repr=False)
    command: str


@dataclass(frozen=True)
class TokenizerStudy:
    """All of them. `bytes`: of the training text that each has read, as near as whole steps come;
    `scored`: of the text that all are scored by in the end."""

    command: str
    machine: dict[str, Any]
    bytes: int
    scored: int
    cuts: tuple[Cut, ...]
    results: tuple[Result, ...] = field(default=(), repr=False)

    def has(self, name: str, seed: int) -> bool:
        return any((one.model, one.seed) == (name, seed) for one in self.results)

    def title(self, name: str) -> str:
        return next(cut.title for cut in self.cuts if cut.name == name)

    def ranked(self, by: str = BITS) -> list[Standing]:
        """The tokenizers, the lowest mean first; those that have no such figure last."""
        return standings(self.results, by=by)

    def write(self, path: Path) -> None:
        """Raises OSError where it cannot be written."""
        whole = {
            "format": FORMAT,
            "command": self.command,
            "machine": self.machine,
            "bytes": self.bytes,
            "scored": self.scored,
        }
        results = [
            {"model": one.model, "seed": one.seed, **one.figures, "curve": one.curve}
            for one in self.results
        ]
        text = dumps(whole, indent=1)[:-2]
        # A line a run, so that a change of one is a change of one line.
        for name, rows in (("cuts", [vars(cut) for cut in self.cuts]), ("results", results)):
            lines = ",\n".join(dumps(row, separators=(",", ":")) for row in rows)
            text += f',\n "{name}": [\n{lines}\n]'
        path.write_text(f"{text}}}\n", "utf-8")


def read_study(path: Path) -> TokenizerStudy:
    """Raises BadCheckpoint: it is no such file, damaged, or of another version."""
    found = read_json(path, MOST_BYTES)
    try:
        if found["format"] != FORMAT:
            raise BadCheckpoint(f"{path.name} is of another version: run make tokenizers again.")
        cuts = tuple(_cut(row) for row in found["cuts"][:MOST_RESULTS])
        results = tuple(_result(row) for row in found["results"][:MOST_RESULTS])
        if not {one.model for one in results} <= {cut.name for cut in cuts}:
            raise ValueError
        return TokenizerStudy(
            str(found["command"]),
            dict(found["machine"]),
            int(found["bytes"]),
            int(found["scored"]),
            cuts,
            results,
        )
    except BadCheckpoint:
        raise
    except (LookupError, TypeError, ValueError, AttributeError):
        raise BadCheckpoint(
            f"{path.name} is no study of tokenizers, or damaged: run make tokenizers again."
        ) from None


def _cut(row: dict[str, Any]) -> Cut:
    return Cut(str(row["name"]), str(row["title"]), dict(row["spec"]), str(row["command"]))


def _result(row: dict[str, Any]) -> Result:
    figures = {name: row[name] for name in FIGURES}
    figures = {k: None if v is None else float(numbers(v)) for k, v in figures.items()}
    curve = tuple(
        Point(int(step), int(tokens), float(seconds), float(numbers(nats)))
        for step, tokens, seconds, nats in row["curve"][:MOST_POINTS]
    )
    return Result(str(row["model"]), int(row["seed"]), figures, curve)


def swapped(rows: Sequence[Standing]) -> list[tuple[Standing, Standing]]:
    """Pairs that bits per byte and perplexity put in opposite orders, each the better by bits
    first; those with the furthest perplexities first."""
    known = [row for row in rows if row.mean(BITS) is not None]
    found = [
        (a, b)
        for a in known
        for b in known
        if a.mean(BITS) < b.mean(BITS) and a.mean(PERPLEXITY) > b.mean(PERPLEXITY)
    ]
    return sorted(found, key=lambda p: p[1].mean(PERPLEXITY) / p[0].mean(PERPLEXITY))
