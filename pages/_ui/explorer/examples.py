"""What pairs and labelled texts have in common on this screen: a sample, search, lengths, words."""

import random
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from lm_core.visible import visible
from pages._ui.explorer import columns, figures, phrases, searching, vocabulary
from pages._ui.explorer import splits as divided
from pages._ui.explorer.overview import pick_split
from pages._ui.explorer.searching import LETTERS, WAYS, WORDS
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    import pandas as pd

    from lm_core.corpora.examples import Examples

SAMPLE, ROWS = 8, 1000  # examples shown at first sight, and in a table on the page
BARS = 15


def sample(corpus: "Examples") -> None:
    """A few examples, drawn anew at each press."""
    import pandas as pd

    with st.container(horizontal=True, vertical_alignment="bottom"):
        split = pick_split(corpus, key="explorer-split")
        if st.button("Another sample", key="explorer-again"):
            st.session_state["explorer-seed"] = st.session_state.get("explorer-seed", 0) + 1
    draw, rows = random.Random(st.session_state.get("explorer-seed", 0)), corpus.splits[split]
    shown = [columns.cut(row) for row in draw.sample(rows, min(SAMPLE, len(rows)))]
    table = pd.DataFrame(shown, columns=columns.labelled_with(corpus))
    columns.show(corpus, table, "explorer-sample", 450 if corpus.info.kind == "pairs" else 350)


def source(corpus: "Examples") -> None:
    """How it was read, and where it is from."""
    info = corpus.info
    if info.note:
        st.caption(plain(info.note))
    st.caption(plain(f"Source: {info.source} Licence: {info.licence}"))


def search(corpus: "Examples") -> None:
    """The examples that hold a few letters or words, in whichever part; all of them at first."""
    import pandas as pd

    from lm_core.charts.words import numbered_apart
    from lm_core.corpora.examples import as_texts, find
    from lm_core.corpora.groups import groupings
    from lm_core.corpora.statistics import filled_splits

    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            "Look for", key="explorer-search", max_chars=200, bind="query-params", width=280
        )
        how = st.segmented_control(
            "As", list(WAYS), default=LETTERS, required=True, key="explorer-as", bind="query-params"
        )
        if how != LETTERS:
            place = columns.side(corpus, "explorer-search-side")
        if how != WORDS:
            match_case = st.checkbox("Match case", key="explorer-case", bind="query-params")
    if how != LETTERS and not text:
        st.info("Type what to look for.")
        return
    if how != LETTERS:
        texts, where = as_texts(corpus, place), columns.labelled_with(corpus)[1 - place]
        if how == WORDS:
            searching.in_context(texts, text, groupings(corpus), where=where)
        else:
            searching.found(texts, text, match_case, pattern=True, where=where)
        return
    if text:
        counts, hits = find(corpus, text, limit=ROWS, match_case=match_case)
    else:
        parts = {split: corpus.splits[split] for split in filled_splits(corpus)}
        counts = {split: len(rows) for split, rows in parts.items()}
        hits = [(split, row) for split, rows in parts.items() for row in rows[:ROWS]][:ROWS]
    found = ", ".join(f"{count:,} in {split}" for split, count in counts.items())
    st.markdown(f"{'Found' if text else 'All of them'}: {found}.")
    if not hits:
        st.caption("It stands nowhere here: a model trained on it has never met it.")
        return
    if sum(counts.values()) > ROWS:
        st.caption(f"The first {ROWS:,} are shown.")
    called = numbered_apart([*columns.labelled_with(corpus), "part of the data"])
    rows = [(*columns.cut(row), split) for split, row in hits]
    columns.show(corpus, pd.DataFrame(rows, columns=called), "explorer-found", 700, height=360)


def closer(
    corpus: "Examples",
    sizes: "pd.DataFrame",
    things: str,
    *,
    key: str,
    more: Mapping[str, Callable[["Examples"], None]] | None = None,
) -> str:
    """The closer look that is chosen, drawn; its name.

    Args:
        things: what the examples are called.
        more: looks that only this kind has, after the search.
    """
    draws = {
        "Search": search,
        **(more or {}),
        "Phrases": runs,
        "Lengths": lengths,
        "Words": words,
        "Vocabulary": grown,
        "Splits": lambda corpus: splits(corpus, sizes, things),
    }
    look = st.segmented_control(
        "Look closer",
        list(draws),
        default="Search",
        required=True,
        key=key,
        bind="query-params",
    )
    draws[look](corpus)
    return look


def lengths(corpus: "Examples") -> None:
    """How long each side, or each text, is."""
    from lm_core.charts.text import length_histogram

    with st.container(horizontal=True, vertical_alignment="bottom"):
        split = pick_split(corpus, key="explorer-length-split")
        unit = st.segmented_control(
            "Measured in",
            ["words", "characters"],
            default="words",
            required=True,
            key="explorer-length-unit-of-examples",
            bind="query-params",
        )
    called, says = columns.names(corpus), []
    for place, (column, name) in enumerate(zip(st.columns(len(called)), called, strict=True)):
        values = figures.lengths_of(corpus, split, place, unit)
        what = f"{name} sides" if corpus.info.kind == "pairs" else "texts"
        with column:
            show_chart(length_histogram(values, unit, what=what), key=f"explorer-lengths-{place}")
        long = sorted(values)[int(0.95 * (len(values) - 1))]
        says.append(f"{long:,} {unit}" + (f" in {plain(name)}" if len(called) > 1 else ""))
    st.markdown(
        f"**What to notice.** 95 % of them have at most {' and '.join(says)}: a model whose "
        "context is shorter reads no more than the beginning of the others."
    )


def runs(corpus: "Examples") -> None:
    """Runs of words of a side, or of the texts."""
    from lm_core.corpora.examples import as_texts

    phrases.show(as_texts(corpus, columns.side(corpus, "explorer-phrases-side")))


def grown(corpus: "Examples") -> None:
    """How the vocabulary of a side, or of the texts, grows."""
    vocabulary.show(corpus, columns.side(corpus, "explorer-vocabulary-side"))


def words(corpus: "Examples") -> None:
    """The commonest words of a side, or of the texts, in the training split."""
    from lm_core.charts.text import most_frequent

    place = columns.side(corpus, "explorer-side")
    table = figures.words_of(corpus, place)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        chart = most_frequent(table["token"], table["count"], n=BARS, what="word")
        show_chart(chart, key="explorer-frequent")
    with right:
        shown = table.assign(token=table["token"].map(visible))
        shown = shown.rename(columns={"token": "word", "count": "times", "share": "share of all"})
        show_table(shown.head(ROWS), key="explorer-counts", height=430, whole=shown)


def splits(corpus: "Examples", sizes: "pd.DataFrame", things: str) -> None:
    """How the examples were divided, whether the parts are alike, and that none is in two."""
    look = divided.pick()
    if look == divided.SIZES:
        _sizes_and_rule(corpus, sizes, things)
    elif look == divided.ALIKE:
        place = columns.side(corpus, "explorer-alike-side")
        divided.alike(
            lambda split, unit: figures.lengths_of(corpus, split, place, unit),
            corpus,
            ["words", "characters"],
        )
    elif look == divided.LEAKS:
        _leaks(corpus, things)
    else:
        rows = {split: partial(_rows, corpus, split) for split in divided.parts_of(corpus)}
        divided.files(rows)


def _rows(corpus: "Examples", split: str) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame(corpus.splits[split], columns=columns.labelled_with(corpus))


def _leaks(corpus: "Examples", things: str) -> None:
    """What also stands in training, as it is and as a draw by lot would have it."""
    import pandas as pd

    from lm_core.charts.words import numbered_apart, percent

    rows = []
    for rule, found in figures.overlaps(corpus).items():
        for split, counts in found.items():
            many = len(corpus.splits[split])
            said = [f"{n:,} ({percent(n / many)})" for n in counts]
            rows.append((split, rule, f"{many:,}", *said))
    called = numbered_apart(["part", "rule", things, *columns.names(corpus)])
    show_table(pd.DataFrame(rows, columns=called), key="explorer-leaks")
    st.markdown(
        "**What to notice.** How many also stand in train, but for capitals and blanks: by the "
        f"rule of this lab, and had the same {things} been drawn by lot, one by one. Pairs that "
        "share a side then fall apart into different parts, and a model that remembers one knows "
        "the other."
        if corpus.info.kind == "pairs"
        else "**What to notice.** How many also stand in train, but for capitals and blanks: by "
        f"the rule of this lab, and had the same {things} been drawn by lot, one by one."
    )


def _sizes_and_rule(corpus: "Examples", sizes: "pd.DataFrame", things: str) -> None:
    """How many each part has, by which rule, and what stands in two."""
    from lm_core.charts.text import split_sizes
    from lm_core.corpora.examples import overlap

    table = _flat(corpus, sizes.drop(index="all"), things)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        drawn = [name for name in table if "different" not in name]
        show_chart(split_sizes(table[drawn]), key="explorer-splits")
    with right:
        st.markdown(f"**The rule.** {plain(corpus.info.split_rule)}")
        called = columns.names(corpus)
        for split, counts in overlap(corpus).items():
            said = " and ".join(
                f"{n:,}" + (f" by {plain(name)}" if len(called) > 1 else "")
                for n, name in zip(counts, called, strict=True)
            )
            st.markdown(
                f"**{said} of {len(corpus.splits[split]):,}** {split} {things} also stand in train."
            )
        st.caption(
            "It should be none, capitals and blanks apart: a model could answer what it has seen "
            "by heart, and its figures would say nothing about new text."
        )
    show_table(table, key="explorer-sizes")


def _flat(corpus: "Examples", sizes: "pd.DataFrame", things: str) -> "pd.DataFrame":
    """`sizes` with columns that a person reads."""
    called = columns.names(corpus)
    pairs = len(called) > 1
    names_of = [
        f"{what} of {called[int(place)]}" if pairs else what
        for place, what in sizes.columns
        if what
    ]
    flat = sizes.set_axis([things, *names_of], axis=1)
    return flat.rename_axis("split").reset_index()
