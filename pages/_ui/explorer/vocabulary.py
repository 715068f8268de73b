"""How many different words a text has, how that grows, and what a vocabulary leaves unknown."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.explorer import figures
from pages._ui.shared.show import show_chart

if TYPE_CHECKING:
    from lm_core.corpora import Corpus
    from lm_core.corpora.examples import Examples


def show(corpus: "Corpus | Examples", place: int = 0) -> None:
    """Heaps' law beside the unknown words by the size of the vocabulary."""
    from lm_core.charts.heaps import vocabulary_curve
    from lm_core.charts.vocabulary import by_vocabulary

    what, held = figures.unit(corpus), _held(corpus)
    grows = _growth(corpus, place)
    left, right = st.columns(2, gap="medium")
    with left:
        show_chart(
            vocabulary_curve(grows.tokens, grows.types, grows.K, grows.beta, what=what),
            key="explorer-heaps",
        )
    if held:
        sizes, rates = _unknown(corpus, place, held)
        chart = by_vocabulary(
            sizes,
            [round(100 * rate, 2) for rate in rates],
            f"% of {held} unknown",
            title=f"Unknown {what}s",
            height=320,
        )
        with right:
            show_chart(chart, key="explorer-unknown")
    if grows.beta > 0:
        times, lacks = 2**grows.beta, r": what it lacks becomes \<unk\>" if what == "word" else ""
        st.markdown(
            f"**What to notice.** $V(n) = {grows.K:.3g}\\,n^{{{grows.beta:.2f}}}$: a text twice as "
            f"long has {times:.2f} times as many different {what}s. No vocabulary of {what}s is "
            f"ever complete{lacks}."
        )
    if what == "word" and held:
        _dropped(corpus, place, held)


def _dropped(corpus: "Corpus | Examples", place: int, held: str) -> None:
    """What the usual word tokenizer leaves out, in figures."""
    from lm_core.charts.words import percent
    from lm_core.tokenizers.word import WordSettings

    usual = WordSettings()
    kept, different, in_train, in_held = _word_tokenizer(corpus, place, held)
    st.markdown(
        f"**The word tokenizer of this lab** reads small letters only, drops what its rules take "
        f"for no word (quotation marks, ; and :), and keeps the {usual.vocab_size:,} commonest "
        f"words at most, none that trains fewer than {usual.min_frequency} times. Of this text it "
        f"keeps {kept:,} of {different:,} different words; the others become \\<unk\\>, "
        f"{percent(in_train)} of what trains and {percent(in_held)} of {held}. Its perplexity is "
        "therefore not that of papers which keep every word: **Words as published** cuts at blanks "
        "and keeps them all, as the protocol of WikiText-2 does (33,278 of them there)."
    )


def _held(corpus: "Corpus | Examples") -> str:
    """The part that unknown words are counted in; "" where only training has text."""
    return next((split for split in ("validation", "test") if corpus.splits.get(split)), "")


@figures.kept(12, "Counting …")
def _growth(corpus: "Corpus | Examples", place: int):
    from lm_core.corpora.vocabulary_growth import vocabulary_growth

    return vocabulary_growth(figures.index(corpus, place)["train"].ids)


@figures.kept(12, "Counting …")
def _unknown(corpus: "Corpus | Examples", place: int, held: str) -> tuple[list[int], list[float]]:
    from lm_core.corpora.unknown_rate import sizes_of, unknown_rate

    parts = figures.index(corpus, place)
    sizes = sizes_of(parts["train"])
    return sizes, unknown_rate(parts["train"], parts[held], sizes)


@figures.kept(12, "Counting …")
def _word_tokenizer(
    corpus: "Corpus | Examples", place: int, held: str
) -> tuple[int, int, float, float]:
    """Words that the usual tokenizer keeps, how many there are, and the unknown share of both."""
    from lm_core.corpora.unknown_rate import unknown_rate
    from lm_core.tokenizers.word import WordSettings

    parts, usual = figures.index(corpus, place), WordSettings()
    counts = parts["train"].counts
    kept = min(usual.vocab_size, int((counts >= usual.min_frequency).sum()))
    of = [unknown_rate(parts["train"], parts[split], [kept])[0] for split in ("train", held)]
    return kept, int((counts > 0).sum()), *of
