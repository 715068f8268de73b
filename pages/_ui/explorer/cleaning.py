"""Cleaning a text: rules to switch on, what each changes, and training on the result."""

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from lm_core.visible import readable
from pages._ui.explorer import figures
from pages._ui.explorer.splits import as_given
from pages._ui.shared import session
from pages._ui.shared.corpus_choice import NEW, CorpusChoice, take_corpus
from pages._ui.shared.filling import fill, go
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    import pandas as pd

    from lm_core.cleaning import Cleaning
    from lm_core.corpora import Corpus

SAMPLE, ITEMS = 320, 30  # characters of a passage, and items
ROWS = 1000  # of a table on the page
SMOOTHING = (0.0, 1.0, 5.0)


def show(corpus: "Corpus", choice: CorpusChoice) -> None:
    """The switches, before and after, and the buttons that go on from there."""
    how = _rules(corpus)
    if how.doubles:
        _doubles(corpus)
    with st.expander("What stands there twice", key="explorer-twice", on_change="rerun") as twice:
        if twice.open:
            _twice(corpus)
    if not how.rules:
        st.caption("Nothing is changed yet: switch on a rule.")
        return
    with session.mending():
        after = _cleaned(corpus, how)
        _before_and_after(corpus, after)
        with st.container(horizontal=True):
            train = st.button(
                "Train on the cleaned text",
                key="explorer-clean-train",
                type="primary",
                help="The rules go with the run: its settings, link and card name them.",
            )
            keep = st.button(
                "Keep as a text of your own",
                key="explorer-clean-use",
                help="For Counting, Tokenizers and every other page. Without years and labels.",
            )
        st.caption(
            "A model that was trained on a cleaned text cleans whatever it reads by the same "
            "rules; what is rare is decided by its training text alone."
        )
        if train:
            _to_train(choice, how)
        if keep:
            sha = session.manager().give_text(after, session.visitor(), after.info.title)
            take_corpus(NEW, sha)
            st.rerun()


def _to_train(choice: CorpusChoice, how: "Cleaning") -> None:
    """On to Train, with the text and the rules."""
    from lm_core.runs.presets import default_spec
    from lm_core.tasks import families_for

    names = families_for(choice.kind)
    family = st.session_state.get("train-model")
    spec = default_spec(choice.spec(), family if family in names else "transformer")
    fill(replace(spec, data=spec.data.cleaned(how)), "Cleaning", of="the cleaned text")
    go()


def _rules(corpus: "Corpus") -> "Cleaning":
    """What is switched on."""
    from lm_core.cleaning import FORMS, KEPT, REMOVED, ZEROS, Cleaning

    with st.container(horizontal=True, vertical_alignment="bottom"):
        lower = st.checkbox("Lower case", key="explorer-clean-lower", bind="query-params")
        bare = st.checkbox(
            "No punctuation",
            key="explorer-clean-punctuation",
            bind="query-params",
            help="Signs that are neither letters nor digits go.",
        )
        doubles = False
        if corpus.items and as_given(corpus):
            doubles = st.checkbox(
                "Keep doubles",
                key="explorer-clean-doubles",
                bind="query-params",
                help="The list as it was given. The same item may then be held out and train.",
            )
        numbers = st.selectbox(
            "Digits",
            [KEPT, ZEROS, REMOVED],
            key="explorer-clean-numbers",
            bind="query-params",
            width=140,
        )
        form = st.selectbox(
            "Unicode",
            FORMS,
            key="explorer-clean-form",
            bind="query-params",
            width=130,
            help="NFC makes a letter and its accent one character, NFD two; NFKC also makes plain "
            "letters of what only looks otherwise.",
        )
        rarest = 1
        if not corpus.items:
            rarest = st.number_input(
                "Rarest word",
                1,
                1000,
                1,
                key="explorer-clean-rarest",
                bind="query-params",
                width=130,
                help="Words, cut at blanks, that train less often become <unk>; 1 keeps all.",
            )
    return Cleaning(form, lower, numbers, not bare, rarest, doubles)


@figures.kept(8, "Cleaning …")
def _cleaned(corpus: "Corpus", how: "Cleaning") -> "Corpus":
    from lm_core.corpora.cleaning import as_own, cleaned

    return as_own(cleaned(corpus, how))


@figures.kept(16, "Counting …")
def _sizes(corpus: "Corpus") -> dict[str, int]:
    from lm_core.corpora.cleaning import sizes

    return sizes(text for texts in corpus.splits.values() for text in texts)


def _before_and_after(corpus: "Corpus", after: "Corpus") -> None:
    import pandas as pd

    before, now = _sizes(corpus), _sizes(after)
    shown = "items" if corpus.items else "documents"
    rows = [
        (shown if what == "texts" else what, n, now[what], now[what] - n)
        for what, n in before.items()
    ]
    left, right = st.columns(2, gap="medium")
    with left:
        table = pd.DataFrame(rows, columns=["all parts together", "before", "after", "change"])
        show_table(table, key="explorer-clean-sizes")
    with right:
        train, again = corpus.splits["train"], after.splits["train"]
        for name, texts in (("Before", train), ("After", again)):
            st.caption(name)
            some = ", ".join(texts[:ITEMS]) if corpus.items else texts[0].strip()[:SAMPLE]
            st.text(readable(some[:SAMPLE]) + " …")


def _doubles(corpus: "Corpus") -> None:
    """What counting pairs of letters gives with the doubles and without."""
    import pandas as pd

    losses = _pair_losses(corpus)
    given = as_given(corpus)
    names = [f"as given, {len(given):,}", f"each once, {len(set(given)):,}"]
    rows = [(f"{k:g}", *found) for k, found in losses.items()]
    left, right = st.columns(2, gap="medium")
    with left:
        table = pd.DataFrame(rows, columns=["added to each count, k", *names])
        show_table(table, key="explorer-pair-losses", places=4)
    right.markdown(
        "**Counting pairs of letters** over the whole list, scored on that list, in nats per "
        f"letter: {losses[0.0][0]:.4f} as it was given, {losses[0.0][1]:.4f} with each item once. "
        "A published figure for a list holds for that very list, doubles included."
    )


def _twice(corpus: "Corpus") -> None:
    """Items, or lines, that come more than once."""
    table, copies, lines = _repeated(corpus)
    what = "items" if corpus.items else "lines"
    st.markdown(
        f"**{copies:,} of {lines:,} {what}** stand earlier already, capitals and blanks apart"
        + (" (of the list as it was given)." if corpus.items and as_given(corpus) else ".")
    )
    if copies:
        show_table(table.head(ROWS), key="explorer-repeated", height=300, whole=table)


@figures.kept(8, "Looking for doubles …")
def _repeated(corpus: "Corpus") -> "tuple[pd.DataFrame, int, int]":
    from lm_core.corpora.duplicates import repeated

    given = as_given(corpus) if corpus.items else []
    texts = (text for texts in corpus.splits.values() for text in texts)
    return repeated(given or (line for text in texts for line in text.split("\n")))


@figures.kept(4, "Counting pairs …")
def _pair_losses(corpus: "Corpus") -> dict[float, tuple[float, float]]:
    """By k: with the doubles, and without."""
    from lm_core.corpora.pair_surprise import pair_surprise

    given = as_given(corpus)
    once = list(dict.fromkeys(given))
    return {k: (pair_surprise(given, k), pair_surprise(once, k)) for k in SMOOTHING}
