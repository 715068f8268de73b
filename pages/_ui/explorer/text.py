"""A text, or a list: its size, a sample, how often its tokens come, and closer looks."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.explorer import figures, overview, views

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from lm_core.corpora import Corpus


def show(corpus: "Corpus", numbers: "DeltaGenerator") -> Callable:
    """All of it; the function that found what is on the screen.

    Args:
        numbers: a place for the sizes.
    """
    from lm_core.corpora import splitting, statistics
    from lm_core.tokenizers import word

    sizes, info = figures.sizes(corpus), corpus.info
    with numbers:
        overview.size(corpus, sizes)
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True, height="stretch"):
        overview.sample(corpus)
        st.caption(f"Source: {info.source} Licence: {info.licence}")
    with right, st.container(border=True, height="stretch"):
        usual = "Characters" if figures.spells(corpus) else "Words"
        unit = st.segmented_control(
            "Count", list(figures.UNITS), default=usual, required=True, key=f"explorer-unit-{usual}"
        )
        what = figures.UNITS[unit]
        table = figures.counts(corpus, unit)
        overview.rank_and_frequency(table, what)
    overview.notice(table, what)
    dates = figures.dated(corpus)
    looks = ["Most frequent", "Lengths", "Splits", "Search", "Phrases"]
    looks += ["By year"] if dates is not None else []
    look = st.segmented_control(
        "Look closer",
        looks,
        default=looks[0],
        required=True,
        key="explorer-look",
        bind="query-params",
    )
    if look == "Most frequent":
        views.frequent(table, what)
    elif look == "Lengths":
        views.lengths(corpus)
    elif look == "Splits":
        views.splits(corpus, sizes)
    elif look == "Search":
        views.search(corpus)
    elif look == "Phrases":
        views.phrases(corpus)
    elif dates is not None:
        views.years(dates, corpus)
    behind = {
        "Lengths": statistics.pieces,
        "Splits": splitting.split_items if corpus.items else splitting.split_text,
        "Search": statistics.search,
        "Phrases": word.phrases,
    }
    return behind.get(look, statistics.rank_frequency)
