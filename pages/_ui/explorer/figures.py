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
    from lm_core.corpora.indexed import Indexed

UNITS = {"Characters": "character", "Words": "word", "Pieces (BPE)": "piece"}
YEAR = re.compile(r"(\d{4})\b")

F = TypeVar("F", bound=Callable)


KINDS = ("Corpus", "Pairs", "Labelled")
BY = {f"lm_core.corpora.corpus.{kind}": attrgetter("fingerprint") for kind in KINDS}


def kept(most: int, meanwhile: str) -> Callable[[F], F]:
    """Decorator: so many answers are kept; what is said while one is found."""
    return st.cache_data(max_entries=most, show_spinner=meanwhile, hash_funcs=BY)


@st.cache_resource(max_entries=4, show_spinner="Cutting into words …", hash_funcs=BY)
def index(corpus: "Corpus | Examples", place: int = 0) -> "dict[str, Indexed]":
    """Every split as numbers of its words, or of the letters of items that are single words; of
    pairs those of one side. Nobody changes it."""
    from lm_core.corpora.indexed import indexed
    from lm_core.corpora.statistics import filled_splits
    from lm_core.tokenizers.word import split_words

    texts = {split: corpus.splits[split] for split in filled_splits(corpus)}
    if corpus.info.kind not in ("text", "items"):
        texts = {split: [row[place] for row in rows] for split, rows in texts.items()}
        return indexed(texts, split_words)
    return indexed(texts, list if spells(corpus) else split_words)


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs=BY)
def whole(corpus: "Corpus | Examples") -> "Indexed":
    """All splits of `index` as one, in their order."""
    from lm_core.corpora.indexed import joined

    return joined(index(corpus).values())


def unit(corpus: "Corpus | Examples") -> str:
    """What `index` cuts it into, in the singular."""
    return "letter" if corpus.info.kind == "items" and spells(corpus) else "word"


@kept(16, "Counting words …")
def sizes(corpus: "Corpus") -> "pd.DataFrame":
    """`statistics.summary` with words."""
    from lm_core.corpora.statistics import summary

    if spells(corpus):
        from lm_core.tokenizers.word import split_words

        return summary(corpus, split_words)
    table, parts = summary(corpus), index(corpus)  # cut once for all that is counted here
    words = {split: len(part.ids) for split, part in parts.items()}
    different = {split: int((part.counts > 0).sum()) for split, part in parts.items()}
    words["all"], different["all"] = sum(words.values()), len(next(iter(parts.values())).types)
    return table.assign(words=words, **{"distinct words": different})


@kept(24, "Counting …")
def counts(corpus: "Corpus", unit: str) -> "pd.DataFrame":
    """`statistics.token_counts` of the training split in one of UNITS."""
    from lm_core.corpora.statistics import ranked, token_counts

    documents = corpus.splits["train"]
    if UNITS[unit] == "character":
        letters: Counter[str] = Counter()
        for document in documents:
            letters.update(document)
        return token_counts(letters.elements())
    if UNITS[unit] == "word" and not spells(corpus):
        part = index(corpus)["train"]
        return ranked(part.types, part.counts)
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


@kept(24, "Measuring …")
def lengths(corpus: "Corpus", split: str, unit: str) -> list[int]:
    """Length of every item, document or line of a split, in "characters" or "words"."""
    from lm_core.corpora.statistics import pieces
    from lm_core.tokenizers.word import split_words

    if unit == "characters":
        return [len(piece) for piece in pieces(corpus, split)]
    if not corpus.items and len(corpus.splits[split]) > 1:
        return index(corpus)[split].lengths.tolist()
    return [len(split_words(piece)) for piece in pieces(corpus, split)]


@kept(24, "Measuring …")
def line_count(corpus: "Corpus") -> int:
    """Filled lines of one running text, all splits together."""
    from lm_core.corpora.statistics import filled_splits, pieces

    return sum(len(pieces(corpus, split)) for split in filled_splits(corpus))


@kept(8, "Measuring …")
def dated(corpus: "Corpus") -> "pd.DataFrame | None":
    """`year`, `label`, `split`, `words` of each document, where every label begins with a year."""
    import pandas as pd

    if corpus.items or not corpus.labels:
        return None
    rows, parts = [], index(corpus)
    for split, part in parts.items():
        for label, words in zip(corpus.labels.get(split, ()), part.lengths, strict=True):
            match = YEAR.match(label)
            if match is None:
                return None
            rows.append((int(match[1]), label, split, int(words)))
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


@kept(16, "Counting words …")
def sizes_of(corpus: "Examples") -> "pd.DataFrame":
    """`examples.sizes` with words."""
    from lm_core.corpora.examples import sizes
    from lm_core.tokenizers.word import split_words

    return sizes(corpus, split_words)


@kept(24, "Measuring …")
def lengths_of(corpus: "Examples", split: str, place: int, unit: str) -> list[int]:
    """Length of a side of every pair, or of every text, in "characters" or "words"."""
    from lm_core.tokenizers.word import split_words

    texts = [example[place] for example in corpus.splits[split]]
    return [len(text) if unit == "characters" else len(split_words(text)) for text in texts]


@kept(16, "Counting words …")
def words_of(corpus: "Examples", place: int) -> "pd.DataFrame":
    """`statistics.token_counts` of the words of a side, or of the texts, of the training split."""
    from lm_core.corpora.statistics import token_counts
    from lm_core.tokenizers.word import split_words

    texts = (example[place] for example in corpus.splits["train"])
    return token_counts(word for text in texts for word in split_words(text))


@kept(8, "Counting …")
def told_otherwise(corpus: "Pairs") -> tuple[int, int]:
    """As in `examples`."""
    from lm_core.corpora.examples import told_otherwise as count

    return count(corpus)


@kept(8, "Counting …")
def label_counts(corpus: "Labelled") -> "pd.DataFrame":
    """As in `examples`."""
    from lm_core.corpora.examples import label_counts as count

    return count(corpus)


@kept(8, "Counting …")
def value_table(corpus: "Labelled") -> "pd.DataFrame":
    """Every value with how many texts have it, all splits together, in order."""
    import pandas as pd

    counts = Counter(value for rows in corpus.splits.values() for _, value in rows)
    return pd.DataFrame(sorted(counts.items()), columns=["value", "texts"])


@kept(8, "Looking for what leaked …")
def overlaps(corpus: "Examples") -> dict[str, dict[str, list[int]]]:
    """`examples.overlap` by rule: as it is, and with the same examples drawn by lot into parts of
    the same sizes."""
    from dataclasses import replace

    from lm_core.corpora.examples import overlap
    from lm_core.corpora.splitting import shuffled

    drawn = iter(shuffled([row for rows in corpus.splits.values() for row in rows]))
    lot = {split: [next(drawn) for _ in rows] for split, rows in corpus.splits.items()}
    return {"as it is": overlap(corpus), "drawn by lot": overlap(replace(corpus, splits=lot))}
