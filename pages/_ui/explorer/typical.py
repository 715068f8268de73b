"""The words most typical of one part of a text against the rest of it."""

from typing import TYPE_CHECKING

import streamlit as st

from lm_core.visible import readable
from pages._ui.explorer import figures
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    import pandas as pd

    from lm_core.corpora import Corpus
    from lm_core.corpora.examples import Examples

BARS, ROWS = 12, 1000
NAMED = 60  # letters of a group in a sentence


def show(corpus: "Corpus | Examples") -> None:
    """A part is chosen by what it is: its decade, its class, its first letter."""
    from lm_core.charts.typical import typical_bars
    from lm_core.corpora.groups import groupings

    groups = groupings(corpus)
    if not groups:
        st.caption("All of this text is one part: there is nothing to hold against the rest.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        by = st.segmented_control(
            "By",
            list(groups),
            default=next(iter(groups)),
            required=True,
            key="explorer-typical-by",
            bind="query-params",
        )
        names = sorted(set(groups[by])) if by != "president" else list(dict.fromkeys(groups[by]))
        usual = names.index("Abraham Lincoln") if "Abraham Lincoln" in names else 0
        part = st.selectbox(
            "Typical of",
            names,
            index=usual,
            format_func=lambda name: readable(name[:NAMED]),
            key="explorer-typical",
            bind="query-params",
            width=300,
        )
    table, what = _typical(corpus, by, part), figures.unit(corpus)
    shown, rest = readable(part[:NAMED]), table.iloc[::-1]
    left, right = st.columns(2, gap="medium")
    for place, some, title, key, sign in (
        (left, table, f"Most typical of {shown}", "here", 1),
        (right, rest, "Most typical of the rest", "rest", -1),
    ):
        top = some[sign * some["z"] > 0].head(BARS)
        columns = ["in the part", "in the rest"][::sign]
        with place:
            chart = typical_bars(
                list(top["word"]),
                list(sign * top["z"]),
                list(top[columns[0]]),
                list(top[columns[1]]),
                title=title,
            )
            show_chart(chart, key=f"explorer-typical-{key}")
    top = table.iloc[0]
    st.markdown(
        f"**What to notice.** “{plain(top['word'])}” comes {top['in the part']:,} times in this "
        f"part ({plain(shown)}) and {top['in the rest']:,} times in the rest: its log-odds are "
        f"{top['z']:.1f} standard deviations above those of a {what} that is used alike in both."
    )
    with st.popover("How it is computed", type="tertiary"):
        st.markdown(
            "The log of the odds of the word in the part, less that in the rest, each with a prior "
            "of 1,000 words that are spread as in the whole text; over its standard deviation. So "
            "a rare word is believed little, and no list of common words is left out."
        )
        st.latex(
            r"\delta = \ln\frac{y+\alpha}{n+\alpha_0-y-\alpha} - "
            r"\ln\frac{y'+\alpha}{n'+\alpha_0-y'-\alpha}, \quad "
            r"z = \delta \Big/ \sqrt{\tfrac{1}{y+\alpha}+\tfrac{1}{y'+\alpha}}"
        )
        st.caption("Monroe, Colaresi and Quinn 2008, with an informative Dirichlet prior.")
    with st.expander("All of them", key="explorer-typical-all", on_change="rerun") as expander:
        if expander.open:
            show_table(
                table.head(ROWS), key="explorer-typical-words", height=340, whole=table, places=2
            )


@figures.kept(24, "Comparing …")
def _typical(corpus: "Corpus | Examples", by: str, part: str) -> "pd.DataFrame":
    from lm_core.corpora.groups import counts_by, groupings
    from lm_core.corpora.log_odds import typical

    words = figures.whole(corpus)
    counts = counts_by(words, groupings(corpus)[by])
    rest = sum(counts[name] for name in counts if name != part)
    return typical(words.types, counts[part], rest)
