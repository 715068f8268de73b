"""The pairs of a list of names: counted once for all visitors, and the table they give."""

from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from pages._ui.shared.corpus_choice import load_choice, pick_corpus

if TYPE_CHECKING:
    from torch import Tensor

    from lm_core.corpora import Corpus
    from lm_core.models.bigram import Bigram

MOST = 64  # different characters: more make no table to read
TOO_MANY = (
    "This list has {n:,} different characters, and a table of so many pairs cannot be read: choose "
    "a list of names in one alphabet."
)
# Added to every count, and the price of weights.
K = (0.0, 0.01, 0.1, 1.0, 3.0, 5.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
L2 = (0.0, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)


class Pairs(NamedTuple):
    """What was counted."""

    title: str
    fingerprint: str
    names: int  # that were counted
    counts: "Tensor"  # (V, V) int64: how often the column's token followed the row's
    held: "Tensor"  # the same of the names that were kept from it
    tokens: list[str]
    letters: list[str]  # the tokens as they are typed
    boundary: int

    @property
    def size(self) -> int:
        """V."""
        return len(self.tokens)


def pick(*, key: str) -> Pairs | None:
    """The list that is chosen here; None where there is nothing to count.

    Raises:
        BadText: a list that makes no table.
    """
    choice = pick_corpus(key=key, label="List", default="names", kinds=("items",))
    if not choice.ready:
        return None
    return counted(load_choice(choice))


def counted(corpus: "Corpus") -> Pairs:
    """Raises BadText where the table would be too large to read."""
    from lm_core.errors import BadText

    found = _counted(corpus.fingerprint, corpus)
    if isinstance(found, int):
        raise BadText(TOO_MANY.format(n=found))
    return found._replace(title=corpus.info.title)


@st.cache_resource(max_entries=4, show_spinner="Counting the pairs …")
def _counted(fingerprint: str, _corpus: "Corpus") -> Pairs | int:
    """The pairs, or how many different characters are too many."""
    from lm_core.encoded import encode_documents
    from lm_core.models.bigram import Bigram, BigramSettings
    from lm_core.tokenizers.char import CharTokenizer

    every = [name for split in _corpus.splits.values() for name in split]
    tokenizer = CharTokenizer.train(every, items=True, form=_corpus.info.form)
    V = tokenizer.vocab_size
    if V > MOST:
        return V
    tables = []
    for split in ("train", "validation"):
        names = _corpus.splits[split]
        model = Bigram(BigramSettings(k=0.0), V)
        if any(names):
            encoded = encode_documents(names, tokenizer, items=True)
            model.fit(encoded.ids, encoded.starts)
        tables.append(model.counts)
    return Pairs(
        title="",
        fingerprint=fingerprint,
        names=len(_corpus.splits["train"]),
        counts=tables[0],
        held=tables[1],
        tokens=[tokenizer.token_text(id) for id in range(V)],
        letters=[tokenizer.decode([id]) for id in range(V)],
        boundary=tokenizer.boundary_id,
    )


def smoothed(pairs: Pairs, k: float) -> "Bigram":
    """The counted bigram with k added to every count."""
    from lm_core.models.bigram import Bigram, BigramSettings

    model = Bigram(BigramSettings(k=k), pairs.size)
    model.counts, model.totals = pairs.counts, pairs.counts.sum(1)
    return model


def number(value: float) -> str:
    """One of K or L2 as a person writes it."""
    return f"{value:g}"
