"""What is counted of a text, kept between reruns. Texts are told apart by their content."""

import re
from collections import Counter
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

import streamlit as st

if TYPE_CHECKING:
    import pandas as pd

    from lm_core.corpora import Corpus, Labelled, Pairs
    from lm_core.corpora.examples import Examples

UNITS = {"Characters": "character", "Words": "word", "Pieces (BPE)": "piece"}
TOP_PHRASES = 200
YEAR = re.compile(r"(\d{4})\b")

F = TypeVar("F", bound=Callable)


def _kept(most: int, meanwhile: str) -> Callable[[F], F]:
    """Decorator: so many answers are kept; what is said while one is found."""
    kinds = ("Corpus", "Pairs", "Labelled")
    by = {f"lm_core.corpora.corpus.{kind}": attrgetter("fingerprint") for kind in kinds}
    return st.cache_data(max_entries=most, show_spinner=meanwhile, hash_funcs=by)


@_kept(16, "Counting words …")
def sizes(corpus: "Corpus") -> "pd.DataFrame":
    """`statistics.summary` with words."""
    from lm_core.corpora.statistics import summary
    from lm_core.tokenizers.word import split_words

    return summary(corpus, split_words)


@_kept(24, "Counting …")
def counts(corpus: "Corpus", unit: str) -> "pd.DataFrame":
    """`statistics.token_counts` of the training split in one of UNITS."""
    from lm_core.corpora.statistics import token_counts

    documents = corpus.splits["train"]
    if UNITS[unit] == "character":
        letters: Counter[str] = Counter()
        for document in documents:
            letters.update(document)
        return token_counts(letters.elements())
    if UNITS[unit] == "word":
        from lm_core.tokenizers.word import split_words

        return token_counts(word for document in documents for word in split_words(document))
    from lm_core.tokenizers import tokenizers

    entry = tokenizers["bpe"]
    tokenizer = entry.build.train(documents, entry.settings(), items=corpus.items)
    times: Counter[int] = Counter()
    for ids in tokenizer.encode_many(documents):
        times.update(ids.tolist())
    # Two pieces may look alike (halves of a letter outside ASCII): their counts are not merged.
    texts = {id: tokenizer.decode([id]) for id in times}
    shown = {
        id: text if "\ufffd" not in text else tokenizer.token_text(id) for id, text in texts.items()
    }
    return token_counts(shown[id] for id in times.elements())


@_kept(24, "Measuring …")
def lengths(corpus: "Corpus", split: str, unit: str) -> list[int]:
    """Length of every item, document or line of a split, in "characters" or "words"."""
    from lm_core.corpora.statistics import pieces
    from lm_core.tokenizers.word import split_words

    if unit == "characters":
        return [len(piece) for piece in pieces(corpus, split)]
    return [len(split_words(piece)) for piece in pieces(corpus, split)]


@_kept(24, "Measuring …")
def line_count(corpus: "Corpus") -> int:
    """Filled lines of one running text, all splits together."""
    from lm_core.corpora.statistics import filled_splits, pieces

    return sum(len(pieces(corpus, split)) for split in filled_splits(corpus))


@_kept(12, "Counting phrases …")
def phrase_counts(corpus: "Corpus", n: int) -> "tuple[pd.DataFrame, int]":
    """The most frequent runs of exactly `n` words of the training split (of letters, where the
    items are single words), and how many different ones there are."""
    import pandas as pd

    from lm_core.tokenizers.word import phrases, split_words

    letters = spells(corpus)
    found: Counter[str] = Counter()
    for document in corpus.splits["train"]:
        parts = list(document) if letters else split_words(document)
        found.update(phrase for phrase in phrases(parts, n) if phrase.count(" ") == n - 1)
    rows = [(p.replace(" ", "") if letters else p, k) for p, k in found.most_common(TOP_PHRASES)]
    return pd.DataFrame(rows, columns=["phrase", "times"]), len(found)


@_kept(8, "Measuring …")
def dated(corpus: "Corpus") -> "pd.DataFrame | None":
    """`year`, `label`, `split`, `words` of each document, where every label begins with a year."""
    import pandas as pd

    from lm_core.tokenizers.word import split_words

    rows = []
    for split, labels in corpus.labels.items():
        for label, document in zip(labels, corpus.splits[split], strict=True):
            match = YEAR.match(label)
            if match is None:
                return None
            rows.append((int(match[1]), label, split, len(split_words(document))))
    return pd.DataFrame(rows, columns=["year", "label", "split", "words"]) if rows else None


def spells(corpus: "Corpus") -> bool:
    """Whether its items are single words, so that letters are what there is to look at."""
    sample = corpus.splits["train"][:200]
    return corpus.items and sum(" " in item for item in sample) < len(sample) / 10


def things(corpus: "Corpus") -> str:
    """What `statistics.pieces` are called."""
    if corpus.items:
        return "items"
    return "documents" if len(corpus.splits["train"]) > 1 else "lines"


@_kept(16, "Counting words …")
def sizes_of(corpus: "Examples") -> "pd.DataFrame":
    """`examples.sizes` with words."""
    from lm_core.corpora.examples import sizes
    from lm_core.tokenizers.word import split_words

    return sizes(corpus, split_words)


@_kept(24, "Measuring …")
def lengths_of(corpus: "Examples", split: str, place: int, unit: str) -> list[int]:
    """Length of a side of every pair, or of every text, in "characters" or "words"."""
    from lm_core.tokenizers.word import split_words

    texts = [example[place] for example in corpus.splits[split]]
    return [len(text) if unit == "characters" else len(split_words(text)) for text in texts]


@_kept(16, "Counting words …")
def words_of(corpus: "Examples", place: int) -> "pd.DataFrame":
    """`statistics.token_counts` of the words of a side, or of the texts, of the training split."""
    from lm_core.corpora.statistics import token_counts
    from lm_core.tokenizers.word import split_words

    texts = (example[place] for example in corpus.splits["train"])
    return token_counts(word for text in texts for word in split_words(text))


@_kept(8, "Counting …")
def told_otherwise(corpus: "Pairs") -> tuple[int, int]:
    """As in `examples`."""
    from lm_core.corpora.examples import told_otherwise as count

    return count(corpus)


@_kept(8, "Counting …")
def label_counts(corpus: "Labelled") -> "pd.DataFrame":
    """As in `examples`."""
    from lm_core.corpora.examples import label_counts as count

    return count(corpus)


@_kept(8, "Counting …")
def value_table(corpus: "Labelled") -> "pd.DataFrame":
    """Every value with how many texts have it, all splits together, in order."""
    import pandas as pd

    counts = Counter(value for rows in corpus.splits.values() for _, value in rows)
    return pd.DataFrame(sorted(counts.items()), columns=["value", "texts"])
