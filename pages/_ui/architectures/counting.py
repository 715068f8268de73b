"""A family that counts, after it has read the names: what it stored, and what it makes of it."""

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from lm_core.corpora import Corpus
    from lm_core.encoded import Encoded
    from lm_core.models import LanguageModel
    from lm_core.tokenizers import Tokenizer

COUNTED_ON = "names"  # in characters: few enough to see every pair
LONGEST = 30  # letters of a name that is asked about


@dataclass(frozen=True)
class Stored:
    """What a model keeps after reading the names."""

    parts: list[tuple[str, int]]  # (length of run, different runs)
    numbers: int
    bytes: int
    names: int
    characters: int  # different ones, the end of a name included
    contexts: tuple[int, int] | None  # full contexts: met, possible


@dataclass(frozen=True)
class Pairs:
    """The table of a bigram, and how good it is with this smoothing."""

    counts: "np.ndarray"  # (V, V)
    probabilities: "np.ndarray"  # (V, V)
    tokens: list[str]
    train_nats: float  # per character, over all training names
    validation_nats: float
    written: list[str]  # names it makes up


def _names() -> tuple["Tokenizer", "Encoded", "Encoded"]:
    """Tokenizer, training names, validation names."""
    corpus = _corpus()
    return _encoded(corpus.fingerprint, corpus.splits)


def _corpus() -> "Corpus":
    from lm_core.corpora import load_corpus

    return load_corpus(COUNTED_ON)


@st.cache_resource(max_entries=2, show_spinner="Reading the names …")
def _encoded(text: str, _splits: dict[str, list[str]]) -> tuple["Tokenizer", "Encoded", "Encoded"]:
    from lm_core.encoded import encode_documents
    from lm_core.tokenizers import tokenizers

    every = [name for split in _splits.values() for name in split]
    tokenizer = tokenizers["char"].build.train(every, items=True)
    train, validation = (
        encode_documents(_splits[split], tokenizer, items=True) for split in ("train", "validation")
    )
    return tokenizer, train, validation


@st.cache_resource(max_entries=16, show_spinner="Counting the names …")
def _counted(text: str, name: str, settings: dict) -> "LanguageModel":
    from lm_core.models import models

    tokenizer, train, _ = _names()
    entry = models[name]
    model = entry.build(entry.settings.from_dict(settings), tokenizer.vocab_size)
    model.fit(train.ids, train.starts)
    return model


def stored(name: str, settings: dict) -> Stored:
    """A counting family after it has read the training names."""
    return _stored(_corpus().fingerprint, name, settings)


@st.cache_data(max_entries=64, show_spinner=False)
def _stored(text: str, name: str, settings: dict) -> Stored:
    from lm_core.inspection.shapes import memory_bytes, parameter_parts

    model, (_, train, _) = _counted(text, name, settings), _names()
    return Stored(
        parts=parameter_parts(model),
        numbers=model.n_parameters,
        bytes=memory_bytes(model),
        names=len(train.starts),
        characters=model.vocab_size,
        contexts=getattr(model, "contexts", None),
    )


def pairs(name: str, settings: dict) -> Pairs:
    """The table of pairs after the training names, and what it is worth."""
    return _pairs(_corpus().fingerprint, name, settings)


@st.cache_data(max_entries=64, show_spinner=False)
def _pairs(text: str, name: str, settings: dict) -> Pairs:
    from lm_core.evaluation import token_nats
    from lm_core.generation import write_text

    model, (tokenizer, train, validation) = _counted(text, name, settings), _names()
    written = write_text(model, tokenizer, max_tokens=LONGEST, samples=6, items=True)
    return Pairs(
        counts=model.counts.numpy(),
        probabilities=model.probabilities().numpy(),
        tokens=[tokenizer.token_text(id) for id in range(tokenizer.vocab_size)],
        train_nats=float(token_nats(model, train).double().mean()),
        validation_nats=float(token_nats(model, validation).double().mean()),
        written=[name.strip() for name in written],
    )


def spelled(name: str, settings: dict, text: str) -> tuple["pd.DataFrame", float]:
    """A name pair by pair, and its surprise in all, in nats (infinite where a pair never came and
    the counts alone are believed).

    Raises:
        BadText: a character that is in no name, or none at all.
    """
    import pandas as pd

    from lm_core.charts.words import nats as in_words
    from lm_core.charts.words import percent
    from lm_core.encoded import encode_documents
    from lm_core.evaluation import token_nats

    model = _counted(_corpus().fingerprint, name, settings)
    tokenizer, _, _ = _names()
    encoded = encode_documents([text.strip().lower()], tokenizer, items=True)
    nats = token_nats(model, encoded).double()
    ids = encoded.ids.tolist()
    rows = [
        (
            f"{tokenizer.token_text(one)} → {tokenizer.token_text(next)}",
            int(model.counts[one, next]),
            percent(float((-surprise).exp())),
            in_words(float(surprise)),
        )
        for (one, next), surprise in zip(pairwise(ids), nats, strict=True)
    ]
    table = pd.DataFrame(rows, columns=["pair", "count", "probability", "surprise (nats)"])
    return table, float(nats.sum())
