"""What is counted of a text, kept between reruns. Corpora are told apart by their `info.name`,
which for a visitor's own text is the hash of its content."""

import re
from collections import Counter
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    import pandas as pd

    from lm_core.corpora import Corpus

UNITS = {"Characters": "character", "Words": "word", "Pieces (BPE)": "piece"}
TOP_PHRASES = 200
YEAR = re.compile(r"(\d{4})\b")


@st.cache_data(max_entries=16, show_spinner="Counting words …")
def sizes(name: str, _corpus: "Corpus") -> "pd.DataFrame":
    """`statistics.summary` with words."""
    from lm_core.corpora.statistics import summary
    from lm_core.tokenizers.word import split_words

    return summary(_corpus, split_words)


@st.cache_data(max_entries=24, show_spinner="Counting …")
def counts(name: str, _corpus: "Corpus", unit: str) -> "pd.DataFrame":
    """`statistics.token_counts` of the training split in one of UNITS."""
    from lm_core.corpora.statistics import token_counts

    documents = _corpus.splits["train"]
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
    tokenizer = entry.build.train(documents, entry.settings(), items=_corpus.items)
    times: Counter[int] = Counter()
    for ids in tokenizer.encode_many(documents):
        times.update(ids.tolist())
    # Two pieces may look alike (halves of a letter outside ASCII): their counts are not merged.
    texts = {id: tokenizer.decode([id]) for id in times}
    shown = {
        id: text if "\ufffd" not in text else tokenizer.token_text(id) for id, text in texts.items()
    }
    return token_counts(shown[id] for id in times.elements())


@st.cache_data(max_entries=24, show_spinner="Measuring …")
def lengths(name: str, _corpus: "Corpus", split: str, unit: str) -> list[int]:
    """Length of every item, document or line of a split, in "characters" or "words"."""
    from lm_core.corpora.statistics import pieces
    from lm_core.tokenizers.word import split_words

    if unit == "characters":
        return [len(piece) for piece in pieces(_corpus, split)]
    return [len(split_words(piece)) for piece in pieces(_corpus, split)]


@st.cache_data(max_entries=24, show_spinner="Measuring …")
def line_count(name: str, _corpus: "Corpus") -> int:
    """Filled lines of one running text, all splits together."""
    from lm_core.corpora.statistics import filled_splits, pieces

    return sum(len(pieces(_corpus, split)) for split in filled_splits(_corpus))


@st.cache_data(max_entries=12, show_spinner="Counting phrases …")
def phrase_counts(name: str, _corpus: "Corpus", n: int) -> "tuple[pd.DataFrame, int]":
    """The most frequent runs of exactly `n` words of the training split (of letters, where the
    items are single words), and how many different ones there are."""
    import pandas as pd

    from lm_core.tokenizers.word import phrases, split_words

    letters = spells(_corpus)
    found: Counter[str] = Counter()
    for document in _corpus.splits["train"]:
        parts = list(document) if letters else split_words(document)
        found.update(phrase for phrase in phrases(parts, n) if phrase.count(" ") == n - 1)
    rows = [(p.replace(" ", "") if letters else p, k) for p, k in found.most_common(TOP_PHRASES)]
    return pd.DataFrame(rows, columns=["phrase", "times"]), len(found)


@st.cache_data(max_entries=8, show_spinner="Measuring …")
def dated(name: str, _corpus: "Corpus") -> "pd.DataFrame | None":
    """`year`, `label`, `split`, `words` of each document, where every label begins with a year."""
    import pandas as pd

    from lm_core.tokenizers.word import split_words

    rows = []
    for split, labels in _corpus.labels.items():
        for label, document in zip(labels, _corpus.splits[split], strict=True):
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
