"""What pairs and labelled texts have in common on this screen: a sample, search, lengths, words."""

import random
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from lm_core.visible import readable, visible
from pages._ui.explorer import figures, vocabulary
from pages._ui.explorer import splits as divided
from pages._ui.explorer.overview import pick_split
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    import pandas as pd

    from lm_core.corpora.examples import Examples

SAMPLE, ROWS = 8, 1000  # examples shown at first sight, and in a table on the page
SHOWN, NAME = 300, 30  # characters of a text in a table, and of what a column is called
BARS = 15


def names(corpus: "Examples") -> list[str]:
    """What the columns are called on the screen: sides as their owner says, no two alike."""
    from lm_core.charts.words import numbered_apart
    from lm_core.corpora.examples import columns

    given = (readable("".join(c for c in name if c not in "<>&")) for name in columns(corpus))
    return numbered_apart([name.strip()[:NAME] or f"side {k}" for k, name in enumerate(given, 1)])


def labelled_with(corpus: "Examples") -> list[str]:
    """The same with the label, where there is one."""
    from lm_core.charts.words import numbered_apart

    label = [] if corpus.info.kind == "pairs" else [corpus.unit[:NAME] or "label"]
    return numbered_apart([*names(corpus), *label])


def sample(corpus: "Examples") -> None:
    """A few examples, drawn anew at each press."""
    import pandas as pd

    with st.container(horizontal=True, vertical_alignment="bottom"):
        split = pick_split(corpus, key="explorer-split")
        if st.button("Another sample", key="explorer-again"):
            st.session_state["explorer-seed"] = st.session_state.get("explorer-seed", 0) + 1
    draw, rows = random.Random(st.session_state.get("explorer-seed", 0)), corpus.splits[split]
    shown = [_cut(row) for row in draw.sample(rows, min(SAMPLE, len(rows)))]
    table = pd.DataFrame(shown, columns=labelled_with(corpus))
    _show(corpus, table, "explorer-sample", 450 if corpus.info.kind == "pairs" else 350)


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
    from lm_core.corpora.examples import find
    from lm_core.corpora.statistics import filled_splits

    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            "Look for", key="explorer-search", max_chars=200, bind="query-params", width=280
        )
        match_case = st.checkbox("Match case", key="explorer-case")
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
    columns = numbered_apart([*labelled_with(corpus), "part of the data"])
    rows = [(*_cut(row), split) for split, row in hits]
    _show(corpus, pd.DataFrame(rows, columns=columns), "explorer-found", 700, height=360)


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
        )
    called, says = names(corpus), []
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


def grown(corpus: "Examples") -> None:
    """How the vocabulary of a side, or of the texts, grows."""
    vocabulary.show(corpus, _side(corpus, "explorer-vocabulary-side"))


def _side(corpus: "Examples", key: str) -> int:
    """Which side is looked at, where there are two."""
    called = names(corpus)
    if len(called) < 2:
        return 0
    side = st.segmented_control("Side", called, default=called[0], required=True, key=key)
    return called.index(side)


def words(corpus: "Examples") -> None:
    """The commonest words of a side, or of the texts, in the training split."""
    from lm_core.charts.text import most_frequent

    place = _side(corpus, "explorer-side")
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
        place = _side(corpus, "explorer-alike-side")
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

    return pd.DataFrame(corpus.splits[split], columns=labelled_with(corpus))


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
    columns = numbered_apart(["part", "rule", things, *names(corpus)])
    show_table(pd.DataFrame(rows, columns=columns), key="explorer-leaks")
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
        called = names(corpus)
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
    called = names(corpus)
    pairs = len(called) > 1
    names_of = [
        f"{what} of {called[int(place)]}" if pairs else what
        for place, what in sizes.columns
        if what
    ]
    flat = sizes.set_axis([things, *names_of], axis=1)
    return flat.rename_axis("split").reset_index()


def _show(
    corpus: "Examples", table: "pd.DataFrame", key: str, room: int, *, height: int | str = "auto"
) -> None:
    """Examples in so many pixels: both sides alike, a label as narrow as it can be, and a number as
    it was given (a year)."""
    first, second = labelled_with(corpus)
    share = 0.5 if corpus.info.kind == "pairs" else 0.72
    widths = {first: round(share * room), second: round((1 - share) * room)}
    show_table(table, key=key, height=height, widths=widths, as_written={second})


def _cut(row: tuple) -> tuple:
    """A row whose texts fit into a table."""
    return tuple(
        cell if not isinstance(cell, str) or len(cell) <= SHOWN else f"{cell[:SHOWN]} …"
        for cell in row
    )
