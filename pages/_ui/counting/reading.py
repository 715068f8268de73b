"""A text counted once, in characters or in words, and all that is asked of the counts after that.

What is made is kept for all visitors, by the text and how it is read; while it is made a bar shows
how far it is.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import streamlit as st

from pages._ui.shared.made_once import made_once

if TYPE_CHECKING:
    from lm_core.corpora import Corpus
    from lm_core.corpora.corpus import Progress
    from lm_core.encoded import Encoded
    from lm_core.models.ngram import Ngram
    from lm_core.models.ngram_counts import Counts, HeldOut
    from lm_core.tokenizers import Tokenizer

LONGEST = {"char": 8, "word": 5}  # order, by what is counted
UNITS = {"char": "Characters", "word": "Words"}
AMOUNTS = (200_000, 500_000, 1_000_000, 2_000_000, 5_000_000, 0)  # characters; 0 is all of them
USUAL = 2_000_000
HELD = 30_000  # tokens that are scored


class How(NamedTuple):
    """How a text is read: its name in all caches."""

    fingerprint: str
    unit: str
    amount: int


class Weighing(NamedTuple):
    """How counts become probabilities."""

    smoothing: str
    k: float = 1.0
    strength: float = 0.0


class Tried(NamedTuple):
    """An order on the text that was held out."""

    nats: float  # per token; infinite where one was impossible
    impossible: int  # tokens


@dataclass(frozen=True)
class Read:
    """A text, counted."""

    how: How
    tokenizer: "Tokenizer"
    counts: "Counts"
    tokens: int  # that were counted
    characters: int
    held: "Encoded"
    whole: bool  # all of the training part was counted

    @property
    def order(self) -> int:
        """The longest that was counted."""
        return self.counts.order

    @property
    def token(self) -> str:
        """What one is called."""
        return "character" if self.how.unit == "char" else "word"

    def text(self, token: int) -> str:
        """As a person sees it."""
        return self.tokenizer.token_text(token)


def read(corpus: "Corpus", unit: str, amount: int) -> Read:
    """Raises BadText where there is nothing to count or to score."""
    how = How(corpus.fingerprint, unit, amount)

    def make(progress: "Progress") -> Read:
        stages = 4
        tokenizer = _tokenizer(how, corpus)
        progress(1, stages)
        train = _encoded(how, corpus, tokenizer)
        progress(2, stages)
        counts = _counts(how, train, tokenizer.vocab_size)
        progress(3, stages)
        held = _held(how, corpus, tokenizer)
        whole = train.characters >= sum(map(len, corpus.splits["train"]))
        return Read(how, tokenizer, counts, train.predictions, train.characters, held, whole)

    return made_once("counting-read", how, make, "Counting the text")


def tried(found: Read, weighing: Weighing, *, prune: int = 0) -> list[Tried]:
    """The held-out text under the orders 1, 2, ..."""
    return _tried(found.how, weighing, prune, found)


def scored(found: Read, *, prune: int = 0) -> int:
    """Tokens of it."""
    return len(_ready(found.how, prune, found))


def model(found: Read, order: int, weighing: Weighing, *, prune: int = 0) -> "Ngram":
    """The n-gram itself, made of the counts."""
    return _model(found.how, order, weighing, prune, found)


@st.cache_data(max_entries=500, show_spinner=False)
def size(how: How, order: int, prune: int, _found: Read) -> tuple[int, int]:
    """Grams and bytes of an order."""
    return _found.counts.size(order, prune=prune)


@st.cache_resource(max_entries=6, show_spinner=False)
def _tokenizer(how: How, _corpus: "Corpus") -> "Tokenizer":
    from lm_core.tokenizers import tokenizers

    build: Any = tokenizers[how.unit].build
    said = {"items": _corpus.items, "form": _corpus.info.form}
    splits = _corpus.splits
    texts = (
        [d for split in splits.values() for d in split] if build.reads_all else _part(how, splits)
    )
    return build.train(texts, **said)


def _part(how: How, splits: dict[str, list[str]]) -> list[str]:
    from lm_core.corpora.part import evenly

    return evenly(splits["train"], how.amount) if how.amount else list(splits["train"])


@st.cache_resource(max_entries=3, show_spinner=False)
def _encoded(how: How, _corpus: "Corpus", _tokenizer: "Tokenizer") -> "Encoded":
    from lm_core.encoded import encode_documents

    return encode_documents(_part(how, _corpus.splits), _tokenizer, items=_corpus.items)


@st.cache_resource(max_entries=3, show_spinner=False)
def _counts(how: How, _train: "Encoded", _vocab_size: int) -> "Counts":
    from lm_core.models.ngram_counts import Counts

    return Counts.of(_train.ids, _train.starts, order=LONGEST[how.unit], vocab_size=_vocab_size)


@st.cache_resource(max_entries=6, show_spinner=False)
def _held(how: How, _corpus: "Corpus", _tokenizer: "Tokenizer") -> "Encoded":
    from lm_core.encoded import encode_documents, glimpse

    documents = _corpus.splits["validation"]
    encoded = encode_documents(documents, _tokenizer, items=_corpus.items, skip_unknown=True)
    return glimpse(encoded, HELD)


@st.cache_resource(max_entries=24, show_spinner=False)
def _ready(how: How, prune: int, _found: Read) -> "HeldOut":
    from lm_core.models.ngram_counts import HeldOut

    return HeldOut(_found.counts, _found.held.ids, prune=prune)


@st.cache_data(max_entries=2000, show_spinner=False)
def _tried(how: How, weighing: Weighing, prune: int, _found: Read) -> list[Tried]:
    import numpy as np

    nats = _ready(how, prune, _found).nats(
        weighing.smoothing, k=weighing.k, strength=weighing.strength
    )
    return [Tried(float(one.mean()), int(np.isinf(one).sum())) for one in nats]


@st.cache_resource(max_entries=6, show_spinner=False)
def _model(how: How, order: int, weighing: Weighing, prune: int, _found: Read) -> "Ngram":
    from lm_core.models.ngram import NgramSettings

    return _found.counts.model(NgramSettings(order=order, prune=prune, **weighing._asdict()))
