"""Dataset explorer: what a text is made of, before any model reads it."""

import streamlit as st

from pages._ui.explorer import figures, overview, views
from pages._ui.shared import front_door
from pages._ui.shared.corpus_choice import load_choice, pick_corpus
from pages._ui.shared.show import show_source

front_door.enter()
st.title("Dataset explorer")
st.write("A model knows nothing but the text it has read. So look at the text first.")

top, numbers = st.columns([3, 7], gap="medium")
missing = st.container()
with top:
    choice = pick_corpus(key="explorer-text", below=missing)
if not choice.ready:
    st.stop()
corpus = load_choice(choice)
info = corpus.info
sizes = figures.sizes(corpus)
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
    "Look closer", looks, default=looks[0], required=True, key="explorer-look", bind="query-params"
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


def code() -> None:
    """The function that found what is on the screen."""
    from lm_core.corpora import splitting, statistics
    from lm_core.tokenizers import word

    behind = {
        "Lengths": statistics.pieces,
        "Splits": splitting.split_items if corpus.items else splitting.split_text,
        "Search": statistics.search,
        "Phrases": word.phrases,
    }
    show_source(behind.get(look, statistics.rank_frequency))


code()
