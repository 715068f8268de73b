"""What a corpus is made of: sizes, lengths, frequencies, coverage, overlap, search.

Nothing here knows a tokenizer: what needs words takes a function that splits text, or tokens.
Tables come back as pandas data frames, imported where they are made, because a training worker
imports this package and has no use for pandas.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lm_core.corpora.corpus import SPLITS, AnyCorpus, Corpus
from lm_core.errors import BadText
from lm_core.texts import in_form

if TYPE_CHECKING:
    import pandas as pd


def summary(
    corpus: Corpus, split_words: Callable[[str], list[str]] | None = None
) -> "pd.DataFrame":
    """One row a split: documents, characters, bytes, and with `split_words` words and how many
    are different. Empty splits are left out; a last row "all" adds them up."""
    import pandas as pd

    rows: dict[str, dict[str, int]] = {}
    seen: Counter[str] = Counter()
    for split in filled_splits(corpus):
        documents = corpus.splits[split]
        row = {
            "documents": len(documents),
            "characters": corpus.characters(split),
            "bytes": corpus.bytes(split),
        }
        if split_words is not None:
            words: Counter[str] = Counter()
            for document in documents:
                words.update(split_words(document))
            row |= {"words": words.total(), "distinct words": len(words)}
            seen += words
        rows[split] = row
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.loc["all"] = table.sum()
    if split_words is not None:
        table.loc["all", "distinct words"] = len(seen)
    return table


def filled_splits(corpus: AnyCorpus) -> list[str]:
    """The splits that hold text, in their order."""
    return [split for split in SPLITS if corpus.splits.get(split)]


def pieces(corpus: Corpus, split: str) -> list[str]:
    """What a length is counted of: items, documents, or the filled lines of one running text."""
    documents = corpus.splits[split]
    if corpus.items or len(documents) != 1:
        return documents
    return [line for line in documents[0].split("\n") if line.strip()]


def token_counts(tokens: Iterable[str]) -> "pd.DataFrame":
    """How often each token occurs, the most frequent first, equals by alphabet.

    Returns:
        columns `token`, `count`, `share` (of all tokens).
    """
    counts = Counter(tokens)
    return ranked(list(counts), list(counts.values()))


def ranked(tokens: Sequence[str], counts: Sequence[int]) -> "pd.DataFrame":
    """The table of tokens that were counted already; those that came never are left out."""
    import pandas as pd

    came = [(token, int(n)) for token, n in zip(tokens, counts, strict=True) if n]
    came.sort(key=lambda pair: (-pair[1], pair[0]))
    table = pd.DataFrame(came, columns=["token", "count"])
    total = table["count"].sum()
    return table.assign(share=table["count"] / max(1, total))


@dataclass(frozen=True)
class RankFrequency:
    """Counts by rank, and Zipf's line through them: log count = intercept + slope log rank."""

    rank: np.ndarray  # (V,) int64, 1 is the most frequent
    count: np.ndarray  # (V,) int64
    slope: float  # near -1 for words of ordinary text; NaN with fewer than two tokens
    intercept: float

    def line(self, rank: np.ndarray) -> np.ndarray:
        """Counts that Zipf's law gives at these ranks."""
        return np.exp(self.intercept + self.slope * np.log(rank))


def rank_frequency(counts: Sequence[int]) -> RankFrequency:
    """Zipf's law (1949) fitted to token counts in any order.

    Least squares in log-log, at ranks spaced evenly in the logarithm: at every rank, the long
    tail of words seen once would decide alone.
    """
    count = np.sort(np.asarray(counts, dtype=np.int64))[::-1]
    count = count[count > 0]
    rank = np.arange(1, len(count) + 1)
    if len(count) < 2:
        return RankFrequency(rank, count, float("nan"), float("nan"))
    at = np.unique(np.geomspace(1, len(count), 50).round().astype(np.int64)) - 1
    slope, intercept = np.polyfit(np.log(rank[at]), np.log(count[at]), 1)
    return RankFrequency(rank, count, float(slope), float(intercept))


def coverage(counts: Sequence[int]) -> np.ndarray:
    """(V,) float: share of the text that the k most frequent tokens cover, k from 1 to V."""
    count = np.sort(np.asarray(counts, dtype=np.int64))[::-1]
    return count.cumsum() / max(1, count.sum())


def overlap(corpus: Corpus) -> dict[str, float]:
    """Share of the items or documents of each held-out split that also stand in train (leakage).

    0 for every corpus of this lab; a validation text of your own may have some.
    """
    train = set(corpus.splits["train"])
    return {
        split: sum(d in train for d in corpus.splits[split]) / len(corpus.splits[split])
        for split in filled_splits(corpus)
        if split != "train"
    }


@dataclass(frozen=True)
class Hit:
    """One place where a text was found. `before` and `after` are what stands around it."""

    document: int  # which document (or item) of the split, from 0
    label: str  # its label, "" where the corpus has none
    position: int  # characters from the beginning of the document
    before: str
    match: str
    after: str


@dataclass(frozen=True)
class Found:
    """Result of a search: the first hits, and how many there are in all."""

    total: int
    documents: int  # documents with at least one
    hits: list[Hit]


def search(
    corpus: Corpus,
    text: str,
    split: str = "train",
    limit: int = 20,
    *,
    around: int = 60,
    match_case: bool = False,
) -> Found:
    """Where `text` occurs in a split, in reading order.

    Args:
        limit: hits returned at most; all are counted.
        around: characters of snippet to either side, cut at the line's ends.

    Raises:
        BadText: there is nothing to look for.
    """
    if not text:
        raise BadText("Type a word or a few letters to look for.")
    text = in_form(text, corpus.info.form)
    wanted = text if match_case else folded(text)
    labels = corpus.labels.get(split, [])
    hits: list[Hit] = []
    total = documents = 0
    for i, document in enumerate(corpus.splits[split]):
        searched = document if match_case else folded(document)
        here = searched.count(wanted)
        end = 0
        for _ in range(min(here, limit - len(hits))):
            start = searched.index(wanted, end)
            end = start + len(wanted)
            before = document[max(0, start - around) : start].rpartition("\n")[2]
            after = document[end : end + around].partition("\n")[0]
            label = labels[i] if labels else ""
            hits.append(Hit(i, label, start, before, document[start:end], after))
        total += here
        documents += here > 0
    return Found(total, documents, hits)


def folded(text: str) -> str:
    """Text in small letters, each in its place: `İ` alone would become two, and `Σ` ends a word
    otherwise than it stands within. Found so, in time that grows with the text alone; a regular
    expression that ignores case looks at all of what is wanted at every place."""
    return text.replace("İ", "i").lower().replace("ς", "σ")
