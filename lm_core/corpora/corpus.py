"""What a corpus is: documents in three splits, with its licence and source.

A corpus of `kind` "items" is a list of short independent things (names); nothing learned from one
reaches over into the next. One of kind "text" is running text: one document, or several (a speech
each) read one after the other.

A new corpus is one file in this package: a loader under `@register(CorpusInfo(...), ...)`. The
entry's `build(progress)` gives the `Corpus`, its `extra["info"]` the `CorpusInfo`.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from lm_core.json_files import dumps
from lm_core.registry import Registry

corpora = Registry("corpus", package="lm_core.corpora")

SPLITS = ("train", "validation", "test")

# How much so far, and in all (0 when unknown): bytes of a download, parts of what is computed.
Progress = Callable[[int, int], None]


def untold(so_far: int, total: int) -> None:
    """A Progress that nobody hears."""


@dataclass(frozen=True)
class CorpusInfo:
    """What is known of a corpus before its text is read."""

    name: str
    title: str
    licence: str
    source: str
    kind: str = "text"  # or "items"
    how: str = "embedded"  # or "download", or "own"
    size: str = ""  # in words, "1.1 MB"
    split_rule: str = ""  # how the splits were made, a sentence
    form: str = "NFC"  # of Unicode: é is one character; "" where it may be two
    note: str = ""  # sentences for its owner on how a file was read
    may_be_passed_on: bool = False  # the licence lets anyone give the text to others


@dataclass(frozen=True)
class Corpus:
    """Text in splits. `splits[name]` is a list of documents (or items); a split may be empty."""

    info: CorpusInfo
    splits: dict[str, list[str]] = field(repr=False)
    labels: dict[str, list[str]] = field(default_factory=dict, repr=False)  # "1861 Lincoln"

    @property
    def items(self) -> bool:
        return self.info.kind == "items"

    @cached_property
    def fingerprint(self) -> str:
        """Another one where the text, or a label, is another, whatever either is called: what is
        kept of a text is kept under it, for a file may change behind a name."""
        if self.info.how == "own":
            return self.info.name  # a hash already
        content = dumps([self.info.kind, self.splits, self.labels], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()

    def characters(self, split: str) -> int:
        """Characters of a split, counting the newline that ends each item or parts documents."""
        return sum(map(len, self.splits[split])) + self._newlines(split)

    def bytes(self, split: str) -> int:
        """The same in UTF-8 bytes."""
        return sum(len(d.encode()) for d in self.splits[split]) + self._newlines(split)

    def _newlines(self, split: str) -> int:
        documents = self.splits[split]
        return len(documents) if self.items or len(documents) > 1 else 0


class Source(Protocol):
    """A file that a text is made from."""

    def find(self) -> Path | None:
        """Where it is on this machine, if it is there and right."""

    def identity(self) -> list[str | int]:
        """What changes when its content may have changed: a hash, or its version, place, size and
        time. Empty where it is not on this machine."""


def register(
    info: CorpusInfo, *, idea: str, order: int, sources: Callable[[], Sequence[Source]]
) -> Callable[[Any], Any]:
    """Decorator for a loader `(progress: Progress | None) -> Corpus`.

    `sources` gives the files it reads: by them it is known, without loading, whether the text is
    on this machine (`is_ready`), and whether what was made of it still holds (`origin`).
    """
    return corpora.register(
        info.name, title=info.title, idea=idea, order=order, info=info, sources=sources
    )


def stamp(path: Path) -> list[str | int]:
    """The identity of a file that no hash is known of: [place, bytes, nanoseconds]."""
    try:
        status = path.stat()
    except OSError:
        return []
    return [str(path), status.st_size, status.st_mtime_ns]
