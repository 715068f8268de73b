"""The commands of the command line, one a file, each with `run(args) -> Answer`. See `cli.py`."""

import argparse
import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lm_core.corpora import corpora
from lm_core.corpora.corpus import Progress
from lm_core.corpora.own import open_file
from lm_core.corpora.own_kind import guess_kind
from lm_core.errors import BadSettings
from lm_core.home import typed_path
from lm_core.models import models
from lm_core.runs.spec import OWN_KINDS, CorpusSpec
from lm_core.tasks import tasks

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
    """What --corpus, --validation and --items together name; and what a file holds, which
    --task and --model decide together with its look.

    Raises:
        BadSettings: a validation file for a registered corpus, which has its own split.
    """
    if looks_like_file(args.corpus):
        held = args.validation or ""
        return CorpusSpec(
            name="file", file=args.corpus, validation=held, items=args.items, kind=_kind(args)
        )
    if args.validation:
        raise BadSettings("--validation goes with a file as --corpus.")
    return CorpusSpec(name=args.corpus)


def _kind(args: argparse.Namespace) -> str:
    """What a file holds beside text, of what the task, or any that the family learns, takes: as it
    looks, where there is a choice; "" for running text and lists."""
    task = getattr(args, "task", None)
    names = models[args.model].build.tasks if task is None else [task]
    kinds = [kind for name in names for kind in tasks[name].build.kinds]
    others = [kind for kind in kinds if kind in OWN_KINDS]
    if args.items or not others:
        return ""
    if "picture values" in others and typed_path(args.corpus).is_dir():
        return "picture values"
    found = guess_kind(open_file(args.corpus).text).kind
    if found not in kinds:
        return "" if "text" in kinds else others[0]
    return found if found in others else ""


def fetch(corpus: str) -> None:
    """Download a registered corpus that is not here yet, with a progress bar on standard error.

    Raises:
        CorpusUnavailable: as `load_corpus`.
    """
    from lm_core.corpora.load import load_corpus, to_be_fetched

    if to_be_fetched(corpus):
        with _bar(corpus) as show:
            load_corpus(corpus, progress=show)


def fetch_model(name: str) -> None:
    """Download a model of the hub that is not here yet, with a progress bar on standard error.

    Raises:
        LabError: as `hub.fetch`.
    """
    from lm_core.foreign import hub

    with _bar(name) as show:
        hub.fetch(name, progress=show)


@contextmanager
def _bar(title: str) -> Iterator[Progress]:
    from tqdm import tqdm

    shown = {"unit": "B", "unit_scale": True, "delay": 0.3, "leave": False}
    with tqdm(desc=title, file=sys.stderr, **shown) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total or None
            bar.update(done - bar.n)

        yield show
