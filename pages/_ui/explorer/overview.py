"""A text at first sight: its size, a sample, how often its tokens come."""

import random
from typing import TYPE_CHECKING

import streamlit as st

from lm_core.visible import readable, visible
from pages._ui.explorer import figures
from pages._ui.shared.plain import plain, safe
from pages._ui.shared.show import show_chart

if TYPE_CHECKING:
    import pandas as pd

    from lm_core.corpora import Corpus

PASSAGE, LINES = 420, 8  # of a sample of running text: characters, and lines at most
ITEMS = 40
_CHIP = (
    "display:inline-block;padding:0 .55rem;margin:0 .35rem .1rem 0;line-height:1.8;"
    "border:1px solid rgba(128,128,128,.35);border-radius:.5rem"
)


def size(corpus: "Corpus", sizes: "pd.DataFrame") -> None:
    """Its size in the units that matter, all splits together."""
    from lm_core.charts.words import bytes_size, human

    whole, what = sizes.loc["all"], figures.things(corpus)
    many = whole["documents"]
    if what == "lines":
        many = figures.line_count(corpus)
    shown = {
        what.capitalize(): (f"{many:,}", "All splits together."),
        "Words": (
            human(whole["words"]),
            f"{whole['words']:,}, cut by torchtext's basic_english; {whole['distinct words']:,} "
            "different ones.",
        ),
        "Characters": (human(whole["characters"]), f"{whole['characters']:,} with line ends."),
        "Bytes": (bytes_size(whole["bytes"]), f"{whole['bytes']:,} bytes in UTF-8."),
    }
    if figures.spells(corpus):
        del shown["Words"]
    with st.container(horizontal=True):
        for label, (value, help) in shown.items():
            st.metric(label, value, help=help, width="content")


def sample(corpus: "Corpus") -> None:
    """A handful of items, or a passage, drawn anew at each press."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        split = pick_split(corpus, key="explorer-split")
        if st.button("Another sample", key="explorer-again"):
            st.session_state["explorer-seed"] = st.session_state.get("explorer-seed", 0) + 1
    draw = random.Random(st.session_state.get("explorer-seed", 0))
    documents = corpus.splits[split]
    if corpus.items:
        shown = draw.sample(documents, min(ITEMS, len(documents)))
        chips = "".join(f"<span style='{_CHIP}'>{safe(item[:60])}</span>" for item in shown)
        st.html(f"<div style='line-height:2.25'>{chips}</div>")
        return
    at = draw.randrange(len(documents))
    document, labels = documents[at], corpus.labels.get(split)
    start = draw.randrange(max(1, len(document) - PASSAGE))
    start = document.rfind("\n", 0, start + 1) + 1 or start  # from the beginning of its line
    where = plain(labels[at]) if labels else split
    st.caption(f"From {where}, character {start:,} onwards")
    lines = document[start : start + PASSAGE].strip().split("\n")
    st.text(readable("\n".join(lines[:LINES])) + " …")


def rank_and_frequency(table: "pd.DataFrame", what: str) -> None:
    """Zipf's picture."""
    from lm_core.charts.text import rank_frequency

    show_chart(rank_frequency(table["count"], what=what, height=280), key="explorer-zipf")


def notice(table: "pd.DataFrame", what: str) -> None:
    """What the counts show, in a sentence."""
    from lm_core.charts.words import percent
    from lm_core.corpora.statistics import coverage

    half = int((coverage(table["count"]) < 0.5).sum()) + 1
    once = float((table["count"] == 1).mean())
    says = (
        f"the commonest {what}, “{plain(visible(table['token'].iloc[0]))}”, is "
        f"{percent(table['share'].iloc[0])} of the training text; {half:,} of the "
        f"{len(table):,} different {what}s make up half of it"
    )
    if once > 0.02:
        says += f", and {percent(once)} of them come only once: little to learn from"
    if what == "character":
        says += ". Words of ordinary text lie close to the dashed line, single characters do not"
    st.markdown(f"**What to notice:** {says}.")


def pick_split(corpus: "Corpus", *, key: str) -> str:
    """Which part of the text."""
    from lm_core.corpora.statistics import filled_splits

    return st.segmented_control(
        "Part", filled_splits(corpus), default="train", required=True, key=key, bind="query-params"
    )
