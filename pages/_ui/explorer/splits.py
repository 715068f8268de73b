"""How a text was divided: by which rule, whether the parts are alike, what has leaked."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.explorer import figures
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart
from pages._ui.shared.tables import csv_button, show_table

if TYPE_CHECKING:
    import pandas as pd

    from lm_core.corpora import Corpus

SIZES, ALIKE, LEAKS, FILES = "Sizes and rule", "Are they alike", "What leaks", "Download"
WINDOW = 32  # tokens of the windows that a naive split is made of
ORDERS = tuple(range(1, 7))


def show(corpus: "Corpus", sizes: "pd.DataFrame") -> None:
    """One of the four; each is counted when it is opened."""
    look = pick()
    if look == SIZES:
        _sizes(corpus, sizes)
    elif look == ALIKE:
        units = ["characters"] if figures.spells(corpus) else ["words", "characters"]
        alike(lambda split, unit: figures.lengths(corpus, split, unit), corpus, units)
    elif look == LEAKS:
        _leaks(corpus)
    else:
        files({split: _rows(corpus, split) for split in parts_of(corpus)})


def pick() -> str:
    """Which look at the splits."""
    looks = [SIZES, ALIKE, LEAKS, FILES]
    return st.segmented_control(
        "Splits",
        looks,
        default=SIZES,
        required=True,
        key="explorer-splits-look",
        bind="query-params",
    )


def parts_of(corpus: "Corpus") -> list[str]:
    """The filled splits."""
    from lm_core.corpora.statistics import filled_splits

    return filled_splits(corpus)


def alike(lengths: Callable[[str, str], list[int]], corpus: "Corpus", units: list[str]) -> None:
    """Lengths of all splits over each other.

    Args:
        lengths: of what is in a split, in a unit.
        units: to choose from.
    """
    from statistics import median

    from lm_core.charts.split_lengths import KINDS, lengths_by_split

    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.segmented_control(
            "Drawn as",
            KINDS,
            default=KINDS[0],
            required=True,
            key="explorer-alike-kind",
            bind="query-params",
        )
        unit = units[0]
        if len(units) > 1:
            unit = st.segmented_control(
                "Measured in",
                units,
                default=unit,
                required=True,
                key="explorer-alike-unit",
                bind="query-params",
            )
    found = {split: lengths(split, unit) for split in parts_of(corpus)}
    what = figures.things(corpus) if corpus.info.kind in ("text", "items") else "examples"
    show_chart(lengths_by_split(found, unit, what=what, kind=kind), key="explorer-alike")
    middles = {split: median(some) for split, some in found.items() if some}
    said = ", ".join(f"{middle:,g} in {split}" for split, middle in middles.items())
    most, least = max(middles.values()), min(middles.values())
    apart = most > 1.2 * least
    st.markdown(
        f"**What to notice.** Half of the {what} have at most so many {unit}: {said}. "
        + (
            "The parts are not alike: a figure on what is held out also measures that it is of "
            "another kind, as when the years to come are foretold from those gone by."
            if apart
            else "The parts are alike: a figure on what is held out speaks for all of the text."
        )
    )


def files(tables: Mapping[str, "Callable[[], pd.DataFrame]"]) -> None:
    """A CSV for each split."""
    st.markdown("A row for each document, item, line or pair, in the order in which it is kept.")
    with st.container(horizontal=True):
        for split, made in tables.items():
            with st.container(width="content"):
                table = made()
                st.markdown(f"**{split}.csv**, {len(table):,} rows")
                csv_button(table, key=f"explorer-split-{split}")


def _rows(corpus: "Corpus", split: str) -> "Callable[[], pd.DataFrame]":
    def table() -> "pd.DataFrame":
        import pandas as pd

        from lm_core.corpora.statistics import pieces

        rows, labels = pieces(corpus, split), corpus.labels.get(split)
        return pd.DataFrame({"label": labels, "text": rows} if labels else {"text": rows})

    return table


def _leaks(corpus: "Corpus") -> None:
    """Runs and whole lines of the held-out text that also train, as it is and by another rule."""
    from lm_core.charts.leakage import shared_run_curves
    from lm_core.charts.words import percent
    from lm_core.corpora.leakage import RULES, windows_at_random

    rules = [rule for rule in RULES if rule not in _pointless(corpus)]
    other = st.segmented_control(
        "Beside another rule",
        rules[1:],
        default=rules[-1],
        required=True,
        key="explorer-rule",
        bind="query-params",
        help=" ".join(f"{rule.capitalize()}: {RULES[rule]}" for rule in rules[1:]),
    )
    what = f"{figures.unit(corpus)}s"
    curves, said = {}, []
    for rule in (rules[0], other):
        for split, (shares, twice, lines) in leakage(corpus, rule).items():
            curves[f"{split}, {rule}"] = shares
            if lines:
                share = percent(twice / lines)
                said.append(f"{twice:,} of {lines:,} ({share}) in {split}, {rule}")
    left, right = st.columns([3, 2], gap="medium")
    with left:
        show_chart(shared_run_curves(curves, unit=what), key="explorer-leaks")
    with right:
        long = "Whole items" if corpus.items else "Whole lines of five words or more"
        st.markdown(f"**{long} that also train:** {plain('; '.join(said))}.")
        if corpus.items:
            _doubles(corpus)
        else:
            tokens = len(figures.index(corpus)["train"].ids)
            naive = windows_at_random(tokens, WINDOW)
            st.markdown(
                f"**The naive split** cuts a text into windows of {WINDOW} {what}, one at each "
                f"place, and draws by lot which of them validate. Of this text {naive.held:,} "
                f"windows would validate, and {percent(naive.copied)} of their {what} would stand "
                "in a training window too: nothing would be measured but memory."
            )
        st.caption(
            "Short runs are shared by all that is written in one language. A long run that is "
            "shared can be answered by heart."
        )


def _doubles(corpus: "Corpus") -> None:
    """What a random split would have leaked before the doubles went."""
    from lm_core.corpora.splitting import shuffled

    given = as_given(corpus)
    if not given:
        return
    held = len(corpus.splits["validation"])
    drawn = shuffled(given)
    train = set(drawn[held:])
    twice = sum(item in train for item in drawn[:held])
    st.markdown(
        f"**The naive split** of the list as it was given, {len(given):,} items with "
        f"{len(given) - len(set(given)):,} doubles among them: drawn by lot, {twice:,} of {held:,} "
        "validation items would also stand in train."
    )


@st.cache_data(max_entries=4, show_spinner=False, hash_funcs=figures.BY)
def as_given(corpus: "Corpus") -> list[str]:
    """The items of a list that comes with the lab, doubles among them; none of any other."""
    from lm_core.corpora.cleaning import as_given as items

    return items(corpus.info.name)


def _pointless(corpus: "Corpus") -> set[str]:
    """Rules that would do what another does."""
    one = sum(len(texts) for texts in corpus.splits.values()) <= len(parts_of(corpus))
    if corpus.items:
        return {"lines at random", "in order"}
    return {"documents at random"} if one else set()


@figures.kept(12, "Looking for what leaked …")
def leakage(corpus: "Corpus", rule: str) -> dict[str, tuple[dict[int, float], int, int]]:
    """By held-out split: the share of its runs that train, by their length; how many of its whole
    lines do; and how many lines it has."""
    from lm_core.corpora.leakage import resplit, shared_lines, shared_runs

    divided = replace(corpus, splits=dict(resplit(corpus, rule)))
    if rule == "as it is":
        words = figures.index(corpus)
    else:
        from lm_core.corpora.indexed import indexed
        from lm_core.tokenizers.word import split_words

        cut = list if figures.unit(corpus) == "letter" else split_words
        words = indexed({split: divided.splits[split] for split in parts_of(divided)}, cut)
    least, shares = 1 if corpus.items else 5, shared_runs(words, ORDERS)
    train = divided.splits["train"]
    return {
        split: (found, *shared_lines(train, divided.splits[split], words=least))
        for split, found in shares.items()
    }


def _sizes(corpus: "Corpus", sizes: "pd.DataFrame") -> None:
    """How the text was divided, and that nothing stands in two parts."""
    from lm_core.charts.text import split_sizes
    from lm_core.corpora.statistics import overlap

    what = figures.things(corpus)
    table = sizes.drop(index="all").rename_axis("split").reset_index()
    table = table.rename(columns={"documents": what, "distinct words": "different words"})
    if what == "lines":  # one running text: a split is one document
        table = table.drop(columns=what)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        drawn = [name for name in ("split", what, "words", "characters") if name in table]
        show_chart(split_sizes(table[drawn]), key="explorer-splits")
    with right:
        st.markdown(f"**The rule.** {plain(corpus.info.split_rule)}")
        st.markdown(
            "The model learns from *train*. Settings are chosen by *validation*. *Test* is looked "
            "at once, at the very end, or its figure is a guess that was allowed many tries."
        )
        for split, share in overlap(corpus).items():
            n = round(share * len(corpus.splits[split]))
            st.markdown(
                f"**{n:,} of {len(corpus.splits[split]):,}** {split} "
                f"{'items' if corpus.items else 'documents'} also stand in train."
            )
        st.caption(
            "It should be none: a model could answer what it has seen by heart, and its figures "
            "would say nothing about new text."
        )
    show_table(table, key="explorer-sizes")
