"""What a corpus is: text, pairs or labelled text in three splits, with its licence and source.

Its `kind` says what there is to learn, and its class how it is given:

    text       Corpus      running text: one document, or several (a speech each) in their order
    items      Corpus      short independent things (names); nothing reaches over into the next
    pairs      Pairs       a source and its target, the same said in another way
    classes    Labelled    a text and the class it belongs to
    values     Labelled    a text and a number

A new corpus is one file in this package: a loader under `@register(CorpusInfo(...), ...)`. The
entry's `build(progress)` gives one of the three, its `extra["info"]` the `CorpusInfo`.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from lm_core.codec import Bare, Codec
from lm_core.json_files import dumps
from lm_core.registry import Registry

if TYPE_CHECKING:
    from lm_core.split import Split  # which imports torch

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
    kind: str = "text"  # or "items", "pairs", "classes", "values", or what else a task names
    how: str = "embedded"  # or "download", "extra" (an optional package), "own"
    size: str = ""  # in words, "1.1 MB"
    split_rule: str = ""  # how the splits were made, a sentence
    form: str = "NFC"  # of Unicode: é is one character; "" where it may be two
    note: str = ""  # sentences for its owner on how a file was read
    about: str = ""  # what a label is and what it is not, a sentence or two
    may_be_passed_on: bool = False  # the licence lets anyone give the text to others
    cut: str = "char"  # the tokenizer that suits it, by name
    cut_target: str = ""  # and the one for the second side of pairs; "" is the same kind
    cut_size: int = 0  # how many tokens that one has at most; 0 is as usual


@dataclass(frozen=True)
class Splits:
    """What the three kinds have in common. A split may be empty."""

    info: CorpusInfo

    @cached_property
    def fingerprint(self) -> str:
        """Another one where the text, or a label, is another, whatever either is called: what is
        kept of a text is kept under it, for a file may change behind a name."""
        if self.info.how == "own":
            return self.info.name  # a hash already
        rest = [getattr(self, one.name) for one in fields(self) if one.name != "info"]
        content = dumps([self.info.kind, *rest], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()


@dataclass(frozen=True)
class Pairs(Splits):
    """Pairs in splits: `splits[name]` is a list of (source, target)."""

    splits: dict[str, list[tuple[str, str]]] = field(repr=False)
    sides: tuple[str, str]  # what the two are called: ("English", "French")


@dataclass(frozen=True)
class Labelled(Splits):
    """Labelled text in splits: `splits[name]` is a list of (text, class) or of (text, number)."""

    splits: dict[str, list[tuple[str, str]]] | dict[str, list[tuple[str, float]]] = field(
        repr=False
    )
    classes: list[str] = field(default_factory=list)  # in their order; none where it is a number
    unit: str = ""  # of the number: "year"


@dataclass(frozen=True)
class Numbers(Splits):
    """Examples that are numbers already: pictures, points, a series, a table. `given` is what they
    were made of, plain JSON, where it is somebody's own (`own_numbers.py`)."""

    splits: "dict[str, Split]" = field(repr=False)
    codec: Codec = field(default_factory=Bare)
    given: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Corpus(Splits):
    """Text in splits: `splits[name]` is a list of documents (or items)."""

    splits: dict[str, list[str]] = field(repr=False)
    labels: dict[str, list[str]] = field(default_factory=dict, repr=False)  # "1861 Lincoln"

    @property
    def items(self) -> bool:
        return self.info.kind == "items"

    def characters(self, split: str) -> int:
        """Characters of a split, counting the newline that ends each item or parts documents."""
        return sum(map(len, self.splits[split])) + self._newlines(split)

    def bytes(self, split: str) -> int:
        """UTF-8 bytes of a split, counted as `characters` are."""
        return sum(len(d.encode()) for d in self.splits[split]) + self._newlines(split)

    def _newlines(self, split: str) -> int:
        documents = self.splits[split]
        return len(documents) if self.items or len(documents) > 1 else 0


AnyCorpus = Corpus | Pairs | Labelled


class Source(Protocol):
    """A file, or a package, that a text is made from."""

    def find(self) -> Path | None:
        """Where it is on this machine, if it is there and right."""

    def identity(self) -> list[str | int]:
        """What changes when its content may have changed: a hash, or its version, place, size and
        time. Empty where it is not on this machine."""


def register(
    info: CorpusInfo,
    *,
    idea: str,
    order: int,
    sources: Callable[[], Sequence[Source]],
    as_given: Callable[[], list[str]] | None = None,
) -> Callable[[Any], Any]:
    """Decorator for a loader `(progress: Progress | None) -> Corpus | Pairs | Labelled`.

    `sources` gives the files it reads: by them it is known, without loading, whether the text is
    on this machine (`is_ready`), and whether what was made of it still holds (`origin`).
    `as_given` gives the items of a list with its doubles, in their order, where it has any.
    """
    return corpora.register(
        info.name,
        title=info.title,
        idea=idea,
        order=order,
        info=info,
        sources=sources,
        as_given=as_given,
    )


def of_kind(*kinds: str) -> list[str]:
    """The names of the registered corpora of these kinds, in their order."""
    return [entry.name for entry in corpora if entry.extra["info"].kind in kinds]


def stamp(path: Path) -> list[str | int]:
    """The identity of a file that no hash is known of: [place, bytes, nanoseconds]."""
    try:
        status = path.stat()
    except OSError:
        return []
    return [str(path), status.st_size, status.st_mtime_ns]
