"""Looking for something in a text: letters as they stand, words in their context, a pattern."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.explorer import figures
from pages._ui.shared import session
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.corpora import Corpus
    from lm_core.corpora.statistics import Found

ROWS = 1000  # of a table on the page
WAYS = LETTERS, WORDS, PATTERN = "Letters", "Words in context", "Pattern"


def show(corpus: "Corpus") -> None:
    """What is looked for, in which way, and where it stands."""
    ways = [LETTERS, PATTERN] if figures.unit(corpus) == "letter" else [LETTERS, WORDS, PATTERN]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            "Look for",
            value="love",
            key="explorer-search",
            max_chars=200,
            bind="query-params",
            width=280,
        )
        how = st.segmented_control(
            "As", ways, default=LETTERS, required=True, key="explorer-as", bind="query-params"
        )
        if how != WORDS:
            match_case = st.checkbox("Match case", key="explorer-case", bind="query-params")
    if not text:
        st.info("Type a word or a few letters to look for.")
    elif how == WORDS:
        from lm_core.corpora.groups import groupings

        in_context(corpus, text, groupings(corpus))
    else:
        found(corpus, text, match_case, pattern=how == PATTERN)


def found(
    corpus: "Corpus", text: str, match_case: bool, *, pattern: bool, where: str = "where"
) -> None:
    """Where letters stand, or a pattern matches, in each split.

    Args:
        where: what the labels of the texts are called.
    """
    if pattern:
        from lm_core.corpora.pattern_search import HELP

        st.caption(plain(HELP))
    with session.mending():
        _found(corpus, text, match_case, pattern, where)


def _found(corpus: "Corpus", text: str, match_case: bool, pattern: bool, called: str) -> None:
    import pandas as pd

    from lm_core.corpora.statistics import filled_splits

    rows, says, whole = [], [], True
    for split in filled_splits(corpus):
        found = _answer(corpus, text, split, match_case, pattern)
        whole = whole and not getattr(found, "stopped", False)
        says.append(f"{found.total:,} in {split}")
        for hit in found.hits:
            where = hit.label or f"{'item' if corpus.items else 'document'} {hit.document + 1:,}"
            rows.append((f"{hit.before}⟦{hit.match}⟧{hit.after}", where, split, hit.position))
    st.markdown(f"Found: {', '.join(says)}.")
    if not whole:
        st.caption(
            "The search ended when its second was over: this pattern takes long for each letter. "
            "A shorter one reads it all."
        )
    if not rows:
        st.caption("It stands nowhere in this text: a model trained on it has never met it.")
        return
    table = pd.DataFrame(rows, columns=["in its place", called, "part", "at character"])
    widths = {"in its place": 560, "part": 90, "at character": 110}
    show_table(table, key="explorer-found", height=320, widths=widths)


@figures.kept(24, "Looking …")
def _answer(corpus: "Corpus", text: str, split: str, match_case: bool, pattern: bool) -> "Found":
    from lm_core.corpora.pattern_search import search_pattern
    from lm_core.corpora.statistics import search

    find = search_pattern if pattern else search
    return find(corpus, text, split, limit=ROWS, around=42, match_case=match_case)


def in_context(
    corpus: "Corpus", text: str, groups: dict[str, list[str]], *, where: str = "where"
) -> None:
    """A word or several in a row, a line for each place, and how often each group has them.

    Args:
        groups: as `groupings` gives them.
        where: what the labels of the texts are called.
    """
    import pandas as pd

    from lm_core.corpora.concordance import ORDERS, concordance
    from lm_core.tokenizers.word import split_words

    words, phrase = figures.whole(corpus), split_words(text)
    if not phrase:
        st.info("Type a word, or several in a row.")
        return
    order = st.segmented_control(
        "Order",
        ORDERS,
        default=ORDERS[1],
        required=True,
        key="explorer-kwic-order",
        bind="query-params",
    )
    found = concordance(words, phrase, limit=ROWS, order=order)
    st.markdown(
        f"**“{plain(' '.join(phrase))}”** stands {found.total:,} times, in {found.texts:,} of "
        f"{len(words.starts) - 1:,} {'items' if corpus.items else 'documents'}, all parts together."
    )
    if not found.lines:
        st.caption("No word of this text is written so: a model trained on it has never met it.")
        return
    labels = [label for split in figures.index(corpus) for label in corpus.labels.get(split, ())]
    rows = [
        (line.before, line.match, line.after, labels[line.text] if labels else f"{line.text + 1:,}")
        for line in found.lines
    ]
    table = pd.DataFrame(rows, columns=["before", "word", "after", where])
    widths = {"before": 330, "word": 110, "after": 330, where: 190}
    show_table(table, key="explorer-kwic", height=380, widths=widths)
    if found.total > ROWS:
        st.caption(f"The first {ROWS:,} in this order are shown.")
    if groups:
        _by_group(corpus, groups, phrase)


def _by_group(corpus: "Corpus", groups: dict[str, list[str]], phrase: list[str]) -> None:
    from lm_core.charts.by_group import group_rates
    from lm_core.corpora.groups import phrase_by

    names = list(groups)
    by = st.segmented_control(
        "How often, by",
        names,
        default="decade" if "decade" in names else names[0],
        required=True,
        key="explorer-rate-by",
        bind="query-params",
    )
    counts = phrase_by(figures.whole(corpus), groups[by], phrase)
    title = f"“{' '.join(phrase)}”"
    show_chart(group_rates(counts, title=title, by=by, unit="words"), key="explorer-rates")
