"""The models that have a vector for each token, their tables, and text kept from them."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.memory.reading import corpus_of, kept_from
from pages._ui.shared import models
from pages._ui.shared.numbered import choose
from pages._ui.shared.plain import plain

if TYPE_CHECKING:
    from torch import Tensor

    from lm_core.inspection.embeddings import TokenTable

TABLE, TOKEN = "layers-table", "layers-token"
BIND = "query-params"
LONGEST = 512  # tokens that are read at once
COUNTED = 20_000  # tokens in which is counted how often each comes
OFFERED = 3_000  # tokens of a vocabulary that are drawn and offered, the first ones
LIKED = (" the", "the", "a", "e")  # tokens to begin with, the first that there is


def with_vectors() -> list[models.Choice]:
    """Models that have a vector for each token: those that read a text first, then translators."""
    known = (one for one in models.shipped() + models.own() if one.of_text)
    found = [one for one in known if _embeds(one.card["model"])]
    return sorted(found, key=lambda one: (one.of_pairs, one.label.startswith("Yours")))


@st.cache_data(max_entries=256, show_spinner=False)
def _embeds(model: dict) -> bool:
    """Whether a model with these settings, as a card has them, has any."""
    from lm_core.errors import LabError
    from lm_core.inspection.embeddings import embeds
    from lm_core.models.building import blueprint

    settings = {name: value for name, value in model.items() if name != "name"}
    try:
        return embeds(blueprint(model["name"], settings, 8))
    except LabError:
        return False  # the card of a model that cannot be built


def pick_table(choice: models.Choice) -> "TokenTable":
    """The vectors to look at; of a translator one side's.

    Raises:
        BadCheckpoint: the model's folder is damaged or gone.
    """
    found = tables(str(choice.folder), models.stamp(choice), choice)
    titles = [table.title for table in found]
    at = 0
    if len(found) > 1:
        at = choose("Side", titles, key=TABLE)
    return found[at]


@st.cache_resource(max_entries=8, show_spinner=False)
def tables(folder: str, stamp: float, _choice: models.Choice) -> "list[TokenTable]":
    from lm_core.inspection.embeddings import token_tables

    checkpoint = models.load(_choice)
    return token_tables(checkpoint.model, checkpoint.codec)


def labels_of(table: "TokenTable") -> list[str]:
    """What to call the tokens that are offered, no two alike."""
    from lm_core.charts.words import unique_labels

    return unique_labels(table.labels[:OFFERED])


def pick_token(table: "TokenTable", label: str, key: str = TOKEN, begin: int | None = None) -> int:
    """One of them, kept in the address."""
    names = labels_of(table)
    if begin is None:
        begin = usual(table)
    return choose(label, names, key=key, default=min(begin, len(names) - 1))


def usual(table: "TokenTable") -> int:
    """A token to begin with."""
    known = {text: i for i, text in enumerate(table.texts[:OFFERED])}
    return next((known[text] for text in LIKED if text in known), len(known) // 2)


@st.cache_data(max_entries=16, show_spinner="Counting its text …")
def times(folder: str, stamp: float, _choice: models.Choice) -> list[int]:
    """How often each token comes in COUNTED of a text that was kept from it.

    Raises:
        LabError: its text is not here.
    """
    import torch

    ids = torch.cat(kept_from(_choice, COUNTED))
    vocabulary = models.load(_choice).tokenizer.vocab_size
    return torch.bincount(ids, minlength=vocabulary).tolist()


def rows_of(choice: models.Choice, tokens: int) -> "list[Tensor]":
    """Texts that it has not learned, about so many tokens, none longer than its context.

    Raises:
        LabError: its text is not here.
    """
    size = min(models.load(choice).model.context_size, LONGEST)
    texts = kept_from(choice, tokens)
    if choice.items:  # the next begins where it ends
        texts = [text[:-1] for text in texts]
    return [part for text in texts for part in text.split(size)]


def where_from(choice: models.Choice) -> str:
    """Which text that is, for a sentence of markdown."""
    corpus = corpus_of(choice)
    kept = bool(corpus.splits["validation"])
    said = "kept from it while it learned" if kept else "which it learned: none was kept from it"
    return f"“{plain(corpus.info.title)}”, {said}"
