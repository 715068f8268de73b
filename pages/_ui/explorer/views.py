"""The closer looks of the Dataset explorer, one function a view."""

from typing import TYPE_CHECKING

import streamlit as st

from lm_core.visible import readable, visible
from pages._ui.explorer import figures
from pages._ui.explorer.overview import pick_split
from pages._ui.shared.show import show_chart
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    import pandas as pd

    from lm_core.corpora import Corpus

ROWS = 1000  # of a table on the page; the download has them all


def frequent(table: "pd.DataFrame", what: str) -> None:
    """The commonest tokens as bars and as a table."""
    from lm_core.charts.text import most_frequent

    left, right = st.columns([3, 2], gap="medium")
    with left:
        chart = most_frequent(table["token"], table["count"], n=15, what=what)
        show_chart(chart, key="explorer-frequent")
    with right:
        shown = table.assign(token=table["token"].map(visible))
        shown = shown.rename(columns={"token": what, "count": "times", "share": "share of all"})
        show_table(shown.head(ROWS), key="explorer-counts", height=430, whole=shown)


def lengths(corpus: "Corpus") -> None:
    """How long items, documents or lines are."""
    from lm_core.charts.text import length_histogram

    what = figures.things(corpus)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        split = pick_split(corpus, key="explorer-length-split")
        unit = "characters"
        if not figures.spells(corpus):
            unit = st.segmented_control(
                "Measured in",
                ["characters", "words"],
                default=unit,
                required=True,
                key="explorer-length-unit",
                bind="query-params",
            )
    values = figures.lengths(corpus, split, unit)
    show_chart(length_histogram(values, unit, what=what), key="explorer-lengths")
    long = sorted(values)[int(0.95 * (len(values) - 1))]
    st.markdown(
        f"**What to notice.** 95 % of the {what} have at most {long:,} {unit}: a model whose "
        "context is shorter than what it reads never sees the beginning and the end together."
    )


def years(table: "pd.DataFrame", corpus: "Corpus") -> None:
    """Dated documents: how long each is, and how one begins."""
    from lm_core.charts.timeline import by_year

    left, right = st.columns([3, 2], gap="medium")
    with left:
        chart = by_year(table["year"], table["words"], table["split"], table["label"])
        show_chart(chart, key="explorer-years")
    with right:
        label = st.selectbox(
            "Read one", table["label"], index=0, key="explorer-year-label", bind="query-params"
        )
        row = table[table["label"] == label].iloc[0]
        document = corpus.splits[row["split"]][corpus.labels[row["split"]].index(label)]
        st.caption(f"{row['words']:,} words, in {row['split']}")
        with st.container(height=250):
            st.text(readable(document[:3000]) + (" …" if len(document) > 3000 else ""))
