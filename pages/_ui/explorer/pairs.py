"""Pairs: how many, how many words each side has, some of them side by side, and closer looks."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.explorer import columns, examples, figures
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart

if TYPE_CHECKING:
    import pandas as pd
    from streamlit.delta_generator import DeltaGenerator

    from lm_core.corpora import Pairs


def show(corpus: "Pairs", numbers: "DeltaGenerator") -> Callable:
    """All of it; the function that found what is on the screen.

    Args:
        numbers: a place for the sizes.
    """
    from lm_core.corpora import examples as counted
    from lm_core.corpora import splitting

    sizes = figures.sizes_of(corpus)
    with numbers:
        _size(corpus, sizes)
    left, right = st.columns([3, 2], gap="medium")
    with left, st.container(border=True, height="stretch"):
        examples.sample(corpus)
        examples.source(corpus)
    with right, st.container(border=True, height="stretch"):
        _lengths(corpus)
    _notice(corpus)
    look = examples.closer(corpus, sizes, "pairs", key="explorer-look-pairs")
    behind = {"Search": counted.find, "Splits": splitting.split_pairs}
    return behind.get(look, counted.sizes)


def _size(corpus: "Pairs", sizes: "pd.DataFrame") -> None:
    from lm_core.charts.words import human

    whole = sizes.loc["all"]
    with st.container(horizontal=True):
        many = int(whole[("examples", "")])
        st.metric("Pairs", f"{many:,}", help="All splits together.", width="content")
        for place, name in enumerate(columns.names(corpus)):
            words, different = (
                int(whole[(str(place), what)]) for what in ("words", "different words")
            )
            st.metric(
                plain(f"Words of {name}"),
                human(words),
                help=f"{words:,}, cut by torchtext's basic_english; {different:,} different ones.",
                width="content",
            )


def _lengths(corpus: "Pairs") -> None:
    """How long the targets are, beside the sources, in one picture."""
    from lm_core.charts.text import length_histogram

    side = st.segmented_control(
        "Length of",
        columns.names(corpus),
        default=columns.names(corpus)[0],
        required=True,
        key="explorer-first-side",
        bind="query-params",
    )
    place = columns.names(corpus).index(side)
    values = figures.lengths_of(corpus, "train", place, "words")
    show_chart(length_histogram(values, "words", what=f"{side} sides"), key="explorer-first")


def _notice(corpus: "Pairs") -> None:
    """What the counts show, in a sentence."""
    from statistics import median

    several, different = figures.told_otherwise(corpus)
    one, other = (median(figures.lengths_of(corpus, "train", k, "words")) for k in (0, 1))
    source, target = map(plain, columns.names(corpus))
    says = (
        f"half of the training pairs have at most {one:g} words of {source} and {other:g} of "
        f"{target}; {several:,} of {different:,} different sources stand with several targets"
    )
    more = ", so that no model can always write the very one that is asked for" if several else ""
    st.markdown(f"**What to notice:** {says}{more}.")
