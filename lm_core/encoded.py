"""A corpus as ids: one tensor a split, ready to be cut into batches by index.

Layout of the stream, b the boundary token: items and several documents are `b d1 b d2 b ... dn b`;
a single running text is just its tokens. `starts` holds where each sequence begins; a model's
context never reaches back over a start. Items are one sequence each (from b to b); running text is
one sequence from beginning to end.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from lm_core.corpora.corpus import Corpus
from lm_core.errors import BadText
from lm_core.split import Split
from lm_core.tokenizers.tokenizer import Tokenizer

_SIZES = ("characters", "bytes", "unknown", "skipped_characters", "skipped_bytes")


@dataclass(frozen=True)
class Encoded(Split):
    """One split as ids, with the size of the text it came from, and how much of it the ids do not
    tell (see `extent.py`)."""

    ids: Tensor  # (N,) int64
    starts: Tensor  # (S,) int64, where each sequence begins
    items: bool
    characters: int
    bytes: int
    unknown: int = 0  # tokens that are <unk>, or characters that had to be skipped
    skipped_characters: int = 0  # of `characters`
    skipped_bytes: int = 0  # of `bytes`

    @property
    def predictions(self) -> int:
        """Tokens that have something before them to be predicted from."""
        return max(0, len(self.ids) - 1)

    def counts(self) -> dict[str, int]:
        """How much it is, for cards and records."""
        return {
            "tokens": self.predictions,
            "characters": self.characters,
            "bytes": self.bytes,
            "skipped_characters": self.skipped_characters,
            "skipped_bytes": self.skipped_bytes,
        }


def glimpse(encoded: Encoded, tokens: int) -> Encoded:
    """A fixed part of about so many tokens that any model can score whole, whatever its context:
    items that are evenly spread, or one piece from the middle of a running text. How much text it
    is, is the same share of the whole."""
    if encoded.predictions <= tokens:
        return encoded
    if encoded.items:
        ends = torch.cat([encoded.starts[1:], torch.tensor([len(encoded.ids) - 1])])
        each = encoded.predictions / len(encoded.starts)
        few = max(1, round(tokens / each))
        chosen = torch.linspace(0, len(encoded.starts) - 1, few).round().long()
        # An item goes from its boundary to just before the next one; the last one is closed.
        pieces = [encoded.ids[encoded.starts[k] : ends[k]] for k in chosen.tolist()]
        lengths = torch.tensor([len(piece) for piece in pieces])
        starts = lengths.cumsum(0) - lengths
        ids = torch.cat([*pieces, encoded.ids[-1:]])
    else:
        begin = (len(encoded.ids) - tokens - 1) // 2
        ids, starts = encoded.ids[begin : begin + tokens + 1], torch.zeros(1, dtype=torch.int64)
    share = (len(ids) - 1) / encoded.predictions
    sizes = {name: round(getattr(encoded, name) * share) for name in _SIZES}
    return replace(encoded, ids=ids, starts=starts, **sizes)


def encode_documents(
    documents: Sequence[str], tokenizer: Tokenizer, *, items: bool, skip_unknown: bool = False
) -> Encoded:
    """Encode documents into one stream (see the top of this file).

    Raises:
        BadText: a character the tokenizer does not know, unless `skip_unknown`; or no text.
    """
    if not documents or not any(documents):
        raise BadText("There is no text here: choose another split, or give some text.")
    documents = tokenizer.read_many(documents)  # its size is counted as read
    pieces = tokenizer.encode_many(documents, skip_unknown=skip_unknown)
    apart = items or len(documents) > 1
    if apart:
        boundary = np.array([tokenizer.boundary_id], dtype=np.int64)
        stream = [boundary]
        for piece in pieces:
            stream += [piece, boundary]
        ids = np.concatenate(stream)
    else:
        ids = pieces[0]
    starts = np.zeros(1, dtype=np.int64)
    if items:
        lengths = np.array([len(piece) + 1 for piece in pieces[:-1]], dtype=np.int64)
        starts = np.concatenate([starts, lengths.cumsum()])
    newlines = len(documents) if apart else 0
    skipped, unknown = tokenizer.untold_in(documents, pieces), 0
    if tokenizer.unknown_id is not None:
        unknown = int((ids == tokenizer.unknown_id).sum())
    elif skip_unknown and skipped:
        unknown = sum(map(tokenizer.count_unknown, documents))
    return Encoded(
        ids=torch.from_numpy(ids),
        starts=torch.from_numpy(starts),
        items=items,
        characters=sum(map(len, documents)) + newlines,
        bytes=sum(len(d.encode("utf-8", "replace")) for d in documents) + newlines,
        unknown=unknown,
        skipped_characters=skipped.total(),
        skipped_bytes=sum(len(c.encode("utf-8", "replace")) * n for c, n in skipped.items()),
    )


def encode_corpus(
    corpus: Corpus, tokenizer: Tokenizer, *, skip_unknown: bool = False
) -> dict[str, Encoded]:
    """Every split of the corpus that holds text; `skip_unknown` as for `encode_documents`."""
    return {
        split: encode_documents(documents, tokenizer, items=corpus.items, skip_unknown=skip_unknown)
        for split, documents in corpus.splits.items()
        if documents
    }
