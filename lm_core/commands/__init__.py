"""The commands of the command line, one a file, each with `run(args) -> Answer`. See `cli.py`."""

import sys
from pathlib import Path
from typing import Any

from lm_core.corpora import corpora

Answer = tuple[dict[str, Any], list[str]]  # for --json, and the lines for people


def say(text: str) -> None:
    """Progress, for people."""
    print(text, file=sys.stderr, flush=True)


def looks_like_file(corpus: str) -> bool:
    """A path, rather than the name of a corpus."""
    if corpus in corpora:  # even where a file has the same name: ./names names it
        return False
    return Path(corpus).exists() or any(mark in corpus for mark in "/\\.")
