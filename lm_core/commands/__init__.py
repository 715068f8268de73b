"""The commands of the command line, one a file, each with `run(args) -> Answer`. See `cli.py`."""

import argparse
import math
import sys
from typing import Any

from lm_core.corpora import corpora
from lm_core.errors import BadSettings
from lm_core.home import typed_path
from lm_core.runs.spec import CorpusSpec

Answer = tuple[dict[str, Any], list[str]]  # for --json, and the lines for people


def say(text: str) -> None:
    """Progress, for people."""
    print(text, file=sys.stderr, flush=True)


def in_lines(answer: dict[str, Any]) -> list[str]:
    """An answer for people, a line a key."""
    return [f"{key}: {_in_words(value)}" for key, value in answer.items()]


def _in_words(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, float) and not math.isfinite(value):
        return "not a number" if math.isnan(value) else "infinite" if value > 0 else "-infinite"
    return str(value)


def tell(note: str) -> None:
    """How a file was read, for its owner: a guess that nobody sees garbles a text in silence."""
    if note:
        say(note)


def looks_like_file(corpus: str) -> bool:
    """A path, rather than the name of a corpus."""
    if corpus in corpora:  # even where a file has the same name: ./names names it
        return False
    return any(mark in corpus for mark in "/\\.~") or typed_path(corpus).exists()


def file_or_name(args: argparse.Namespace) -> CorpusSpec:
    """What --corpus, --validation and --items together name.

    Raises:
        BadSettings: a validation file for a registered corpus, which has its own split.
    """
    if looks_like_file(args.corpus):
        return CorpusSpec(
            name="file", file=args.corpus, validation=args.validation or "", items=args.items
        )
    if args.validation:
        raise BadSettings("--validation goes with a file as --corpus.")
    return CorpusSpec(name=args.corpus)


def fetch(corpus: str) -> None:
    """Download a registered corpus that is not here yet, with a progress bar on standard error.

    Raises:
        CorpusUnavailable: as `load_corpus`.
    """
    from tqdm import tqdm

    from lm_core.corpora.load import is_ready, load_corpus

    if corpus not in corpora or is_ready(corpus):
        return
    shown = {"unit": "B", "unit_scale": True, "delay": 0.3, "leave": False}
    with tqdm(desc=corpus, file=sys.stderr, **shown) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total or None
            bar.update(done - bar.n)

        load_corpus(corpus, progress=show)
