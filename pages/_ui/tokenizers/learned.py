"""The tokenizers of this screen: those that learn from the chosen text, and GPT-2's own. All are
kept for all visitors; while one learns, a bar shows how far it is."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared.made_once import made_once

if TYPE_CHECKING:
    from lm_core.corpora import Corpus
    from lm_core.corpora.corpus import Progress
    from lm_core.tokenizers import Tokenizer

READ = 500_000  # characters that are learned from: a second or two for each kind, at most
GPT2 = "gpt2"  # in the place of a registry's name
SIZES = (600, 1024, 2048, 4096, 8192)  # of the vocabulary, for those that can be told
NOTHING = "There are no words here: none comes twice in this text."
LONGEST = 2000  # characters of a visitor's text


def names() -> list[str]:
    """All kinds, and GPT-2's own."""
    from lm_core.tokenizers import tokenizers

    return [*tokenizers.names(), GPT2]


def title(name: str) -> str:
    """What one is called on the screen."""
    from lm_core.tokenizers import tokenizers

    return "GPT-2's own (BPE)" if name == GPT2 else tokenizers[name].title


def idea(name: str) -> str:
    """What it is, in a sentence."""
    from lm_core.tokenizers import tokenizers

    if name == GPT2:
        return "The byte pairs that OpenAI learned in 2019 from 40 GB of web pages."
    return tokenizers[name].idea


def made(corpus: "Corpus", kinds: Sequence[str], size: int) -> "dict[str, Tokenizer]":
    """Each of these by its name, without those that the text has nothing for."""

    def make(progress: "Progress") -> "dict[str, Tokenizer]":
        found = {}
        for done, kind in enumerate(kinds):
            progress(done, len(kinds))
            found[kind] = one(corpus, kind, size)
        return {kind: tokenizer for kind, tokenizer in found.items() if tokenizer is not None}

    source = (corpus.fingerprint, size)
    return made_once(f"tokenizers-{'-'.join(kinds)}", source, make, "Learning the tokens")


def one(corpus: "Corpus", kind: str, size: int) -> "Tokenizer | None":
    """One that learns; None where the text has nothing for it."""
    return _learned(corpus.fingerprint, kind, size, corpus)


def texts(corpus: "Corpus") -> list[str]:
    """What is learned from: the training part, up to READ characters."""
    found, left = [], READ
    for document in corpus.splits["train"]:
        found.append(document[:left])
        left -= len(found[-1])
        if left <= 0:
            break
    return found


@st.cache_resource(max_entries=40, show_spinner=False)
def _learned(fingerprint: str, kind: str, size: int, _corpus: "Corpus") -> "Tokenizer | None":
    from lm_core.errors import BadText
    from lm_core.tokenizers import tokenizers

    entry = tokenizers[kind]
    # Words have no pieces to choose a number of: all that come often enough have a token.
    sized = entry.build.lossless and "vocab_size" in entry.settings.labels()
    settings = entry.settings(vocab_size=size) if sized else entry.settings()
    said = {"items": _corpus.items, "form": _corpus.info.form}
    try:
        return entry.build.train(texts(_corpus), settings, **said)
    except BadText:
        return None
