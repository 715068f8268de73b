"""What is done to a text before it is cut into tokens, under More settings."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared.corpus_choice import CorpusChoice
from pages._ui.shared.settings import settings_widgets

if TYPE_CHECKING:
    from lm_core.cleaning import Cleaning


def rules(given: "Cleaning", corpus: CorpusChoice, key: str) -> "Cleaning":
    """The rules that this kind of text has a use for, as widgets that begin with `given`."""
    from lm_core.corpora.cleaning import comes_with_doubles

    unused = {"rarest"} if corpus.items else {"doubles"}
    if corpus.items and not comes_with_doubles(corpus.name):
        unused.add("doubles")
    st.markdown("## Cleaning")
    return settings_widgets(given, key=key, only=set(given.labels()) - unused)
