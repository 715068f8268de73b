"""A text, or a list: its size, a sample, how often its tokens come, and closer looks."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.explorer import (
    cleaning,
    figures,
    model_sees,
    overview,
    phrases,
    searching,
    splits,
    typical,
    views,
    vocabulary,
)
from pages._ui.shared.corpus_choice import CorpusChoice

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from lm_core.corpora import Corpus


def show(corpus: "Corpus", numbers: "DeltaGenerator", choice: CorpusChoice) -> Callable:
    """All of it; the function that found what is on the screen.

    Args:
        choice: by which the corpus was chosen.
        numbers: a place for the sizes.
    """
    from lm_core import contexts
    from lm_core.corpora import cleaning as rules
    from lm_core.corpora import log_odds, ngram_counts, splitting, statistics, vocabulary_growth

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
            "Count",
            list(figures.UNITS),
            default=usual,
            required=True,
            key=f"explorer-unit-{usual}",
            bind="query-params",
        )
        what = figures.UNITS[unit]
        table = figures.counts(corpus, unit)
        overview.rank_and_frequency(table, what)
    overview.notice(table, what)
    dates = figures.dated(corpus)
    draws: dict[str, Callable[[], None]] = {
        "Most frequent": lambda: views.frequent(table, what),
        "Search": lambda: searching.show(corpus),
        "Phrases": lambda: phrases.show(corpus),
        "Typical words": lambda: typical.show(corpus),
        "Vocabulary": lambda: vocabulary.show(corpus),
        "Lengths": lambda: views.lengths(corpus),
        "Splits": lambda: splits.show(corpus, sizes),
    }
    draws["What the model sees"] = lambda: model_sees.show(corpus)
    draws["Cleaning"] = lambda: cleaning.show(corpus, choice)
    if dates is not None:
        draws["By year"] = lambda: views.years(dates, corpus)
    look = st.segmented_control(
        "Look closer",
        list(draws),
        default="Most frequent",
        required=True,
        key="explorer-look",
        bind="query-params",
    )
    draws[look]()
    behind = {
        "Lengths": statistics.pieces,
        "Splits": splitting.split_items if corpus.items else splitting.split_text,
        "Search": statistics.search,
        "Phrases": ngram_counts.ngram_counts,
        "What the model sees": contexts.contexts,
        "Cleaning": rules.cleaned,
        "Typical words": log_odds.log_odds,
        "Vocabulary": vocabulary_growth.vocabulary_growth,
    }
    return behind.get(look, statistics.rank_frequency)
