"""Runs of words or letters: how often they come, which go together, what stands near a word."""

from typing import TYPE_CHECKING

import streamlit as st

from lm_core.visible import visible
from pages._ui.explorer import figures
from pages._ui.shared.plain import plain
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    import pandas as pd

    from lm_core.corpora import Corpus

COUNTED, TOGETHER, NEAR = "How often they come", "Which go together", "Near a word"
TOP, LEAST, MOST = 1000, 5, 12  # rows, times, and tokens in a row
WINDOW = 4


def show(corpus: "Corpus") -> None:
    """One of the three; letters have no words that go together."""
    what = figures.unit(corpus)
    looks = [COUNTED, TOGETHER, NEAR] if what == "word" else [COUNTED, TOGETHER]
    look = st.segmented_control(
        "Runs", looks, default=COUNTED, required=True, key="explorer-runs", bind="query-params"
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if look == COUNTED:
            n = st.number_input(
                f"{what.capitalize()}s in a row",
                1,
                MOST,
                3,
                key="explorer-phrase-n",
                bind="query-params",
                width=170,
            )
        elif look == TOGETHER:
            least = _least()
        else:
            word = st.text_input(
                "Word", "peace", max_chars=60, key="explorer-near", bind="query-params", width=200
            )
            least = _least()
    if look == COUNTED:
        _counted(corpus, n, what)
    elif look == TOGETHER:
        _together(corpus, least, what)
    else:
        _near(corpus, word, least)


def _least() -> int:
    return st.number_input(
        "At least",
        2,
        1000,
        LEAST,
        key="explorer-least",
        bind="query-params",
        width=130,
        help="Times together. Two words that come once, side by side, would lead any list.",
    )


def _counted(corpus: "Corpus", n: int, what: str) -> None:
    table, different, total = _runs(corpus, n)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        show_table(table, key="explorer-phrases", height=320)
    if table.empty:
        right.caption(f"No part of the training text has {n} {what}s in a row.")
        return
    top = table.iloc[0]
    right.markdown(
        f"**What to notice.** “{plain(top['phrase'])}” stands {top['times']:,} times in train, the "
        f"most of {different:,} different runs of {n} {what}s, {total:,} in all. Counting such "
        "runs is already a language model: the n-gram guesses what most often came next."
    )
    if len(table) < different:
        right.caption(f"The {len(table):,} commonest are shown.")


def _together(corpus: "Corpus", least: int, what: str) -> None:
    table = _collocations(corpus, least)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        show_table(table.head(TOP), key="explorer-together", height=360, whole=table, places=2)
    with right:
        if table.empty:
            st.caption(f"No two {what}s stand side by side {least} times: ask for fewer.")
            return
        top = table.iloc[0]
        st.markdown(
            "**Pointwise mutual information** asks whether two stand side by side more often than "
            "chance would put them there, by how often each comes:"
        )
        st.latex(r"\mathrm{PMI}(x, y) = \log_2 \frac{p(x, y)}{p(x)\,p(y)}")
        st.markdown(
            f"**What to notice.** “{plain(top['first'])} {plain(top['second'])}” leads with "
            f"{top['PMI (bits)']:.1f} bits: it comes {2 ** top['PMI (bits)']:,.0f} times as often "
            f"as chance would have it. {len(table):,} pairs come {least} times or more in train."
        )
        st.caption("Church and Hanks 1990. It loves rare words: hence the least number of times.")


def _near(corpus: "Corpus", word: str, least: int) -> None:
    from lm_core.corpora.collocations import neighbours
    from lm_core.tokenizers.word import split_words

    cut = split_words(word)
    if len(cut) != 1:
        st.info("Type one word.")
        return
    words = figures.index(corpus)["train"]
    table = neighbours(words, cut[0], window=WINDOW, least=least)
    times = len(words.places(cut))
    left, right = st.columns([3, 2], gap="medium")
    with left:
        shown = table.assign(word=table["word"].map(visible))
        show_table(shown.head(TOP), key="explorer-neighbours", height=360, whole=shown, places=2)
    with right:
        st.markdown(
            f"**What to notice.** “{plain(cut[0])}” stands {times:,} times in train. The table "
            f"has what stands within {WINDOW} words of it, to either side, {least} times or more, "
            "the least expected first. A model that guesses words learns such company, and keeps "
            "it in its vectors."
        )
        if table.empty:
            st.caption("Nothing keeps it company that often: ask for fewer, or another word.")


@figures.kept(12, "Counting runs …")
def _runs(corpus: "Corpus", n: int) -> "tuple[pd.DataFrame, int, int]":
    """As `ngram_counts`, each run as a phrase."""
    from lm_core.corpora.ngram_counts import ngram_counts

    table, different, total = ngram_counts(figures.index(corpus)["train"], n, limit=TOP)
    between = "" if figures.unit(corpus) == "letter" else " "
    table["run"] = table["run"].map(between.join)
    return table.rename(columns={"run": "phrase"}), different, total


@figures.kept(8, "Counting pairs …")
def _collocations(corpus: "Corpus", least: int) -> "pd.DataFrame":
    from lm_core.corpora.collocations import collocations

    table = collocations(figures.index(corpus)["train"], least=least)
    return table.assign(first=table["first"].map(visible), second=table["second"].map(visible))
