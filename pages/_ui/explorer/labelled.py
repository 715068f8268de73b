"""Texts with a class or a number: how many, what the label is, how the labels are spread, and
closer looks."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.explorer import examples, figures, typical
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    import pandas as pd
    from streamlit.delta_generator import DeltaGenerator

    from lm_core.corpora import Labelled


def show(corpus: "Labelled", numbers: "DeltaGenerator") -> Callable:
    """All of it; the function that found what is on the screen.

    Args:
        numbers: a place for the sizes.
    """
    from lm_core.corpora import examples as counted
    from lm_core.corpora import splitting

    sizes = figures.sizes_of(corpus)
    with numbers:
        _size(corpus, sizes)
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True, height="stretch"):
        examples.sample(corpus)
        examples.source(corpus)
    with right, st.container(border=True, height="stretch"):
        _spread(corpus)
        if corpus.info.about:
            st.markdown(f"**What the label is.** {plain(corpus.info.about)}")
    _notice(corpus)
    look = examples.closer(
        corpus,
        sizes,
        "texts",
        key="explorer-look-labelled",
        more={"Labels": _labels, "Typical words": typical.show},
    )
    split = splitting.split_classes if corpus.classes else splitting.shuffled
    behind = {"Search": counted.find, "Labels": counted.label_counts, "Splits": split}
    return behind.get(look, counted.sizes)


def _size(corpus: "Labelled", sizes: "pd.DataFrame") -> None:
    from lm_core.charts.words import human

    whole = sizes.loc["all"]
    many, words = int(whole[("examples", "")]), int(whole[("0", "words")])
    different = int(whole[("0", "different words")])
    with st.container(horizontal=True):
        st.metric("Texts", f"{many:,}", help="All splits together.", width="content")
        st.metric(
            "Words",
            human(words),
            help=f"{words:,}, cut by torchtext's basic_english; {different:,} different ones.",
            width="content",
        )
        if corpus.classes:
            st.metric("Classes", f"{len(corpus.classes):,}", width="content")
            return
        values = [value for rows in corpus.splits.values() for _, value in rows]
        unit = corpus.unit or "value"
        st.metric(plain(f"Lowest {unit}"), f"{min(values):g}", width="content")
        st.metric(plain(f"Highest {unit}"), f"{max(values):g}", width="content")


def _spread(corpus: "Labelled") -> None:
    """How often each class comes in each split; how values are spread."""
    from lm_core.charts.labels import class_counts, value_counts
    from lm_core.corpora.statistics import filled_splits

    if corpus.classes:
        show_chart(class_counts(figures.label_counts(corpus)), key="explorer-classes")
        return
    values = {s: [value for _, value in corpus.splits[s]] for s in filled_splits(corpus)}
    show_chart(value_counts(values, corpus.unit), key="explorer-values")


def _notice(corpus: "Labelled") -> None:
    """What guessing without reading would give, in a sentence."""
    from statistics import fmean, pstdev

    from lm_core.charts.words import percent

    train = corpus.splits["train"]
    if corpus.classes:
        table = figures.label_counts(corpus)
        top = table.loc[table["train"].idxmax()]
        says = (
            f"whoever always answers “{plain(str(top['label']))}” is right in "
            f"{percent(top['train'] / len(train))} of the training texts: a model has to do better"
        )
    else:
        values = [value for _, value in train]
        says = (
            f"whoever always answers {fmean(values):.4g}, the mean of the training texts, is off "
            f"by {pstdev(values):.3g} (the root of the mean square): a model has to do better"
        )
    st.markdown(f"**What to notice:** {says}.")


def _labels(corpus: "Labelled") -> None:
    """Every label with how often it comes: counts a split; of values the commonest."""
    if corpus.classes:
        table = figures.label_counts(corpus)
        show_table(table.rename(columns={"label": "class"}), key="explorer-labels", height=380)
    else:
        table = figures.value_table(corpus)
        how = {"key": "explorer-labels", "height": 380, "as_written": {"value"}}
        show_table(table.head(examples.ROWS), whole=table, **how)
