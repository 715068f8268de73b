"""The models that can be quantized, and text that was kept from them."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared import models

if TYPE_CHECKING:
    from lm_core.encoded import Encoded


def networks() -> list[models.Choice]:
    """Models of one text that have weights, and not counts, as they were trained; somebody else's
    are left out, as the text that was kept from them is not here."""
    from lm_core.models import models as families

    return [
        choice
        for choice in models.that_read()
        if families[choice.family].build.learns_by == "gradient"
        and "quantized" not in choice.card
        and not choice.foreign
    ]


@st.cache_resource(max_entries=16, show_spinner="Reading what was kept from it …")
def _kept(folder: str, stamp: float, tokens: int, _choice: models.Choice) -> "Encoded":
    from lm_core.encoded import encode_documents, glimpse
    from lm_core.runs.prepare import load_text
    from lm_core.runs.spec import text_of

    corpus = load_text(text_of(_choice.card))
    saved = models.load(_choice)
    split = corpus.splits["validation"] or corpus.splits["train"]
    whole = encode_documents(split, saved.tokenizer, items=corpus.items, skip_unknown=True)
    return glimpse(whole, tokens)


def kept_from(choice: models.Choice, tokens: int) -> "Encoded":
    """About so many tokens that it has not learned.

    Raises:
        LabError: its text is not here.
    """
    return _kept(str(choice.folder), models.stamp(choice), tokens, choice)


def is_here(choice: models.Choice) -> bool:
    """Whether its text is on this machine, as a text that has to be downloaded may not be."""
    from lm_core.corpora import to_be_fetched

    return not to_be_fetched(choice.corpus)
