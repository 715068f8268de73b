"""The parts of the Architectures screen that show a family which counts: its store or its table."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.architectures import counting, families
from pages._ui.shared import models, session
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart
from pages._ui.shared.surprise import surprise_metric
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.registry import Entry
    from lm_core.settings import Settings

UNSEEN_PAIR = "alxander"  # no name that was counted has an x after an l

# What an n-gram does with the contexts it has looked up, by its smoothing.
MIXES = "The answer mixes them, the longer ones counting more where they were met often."
DECIDES = "The longest context that was met decides alone."
FIRST_MET = "The longest run that was met decides; each step back costs a fixed share."
ANSWERS = {"add-k": DECIDES, "ml": DECIDES, "backoff": FIRST_MET}


def notice(entry: "Entry", settings: "Settings", size: families.Size, vocab_size: int) -> None:
    """How a store of counts grows."""
    from lm_core.charts.words import bytes_size, percent

    kept = counting.stored(entry.name, settings.to_dict())
    if families.has_table(entry):
        st.markdown(
            f"**What to notice:** a cell for every pair of tokens, {vocab_size:,} × "
            f"{vocab_size:,} = {size.parameters:,} counts in {bytes_size(size.bytes)}; twice the "
            f"tokens make four times the table. The picture counts the {kept.characters} "
            f"characters of {kept.names:,} names; ⏎ is the beginning and the end of one."
        )
        return
    if kept.contexts is None:
        return
    met, possible = kept.contexts
    back = settings.order - 1
    st.markdown(
        f"**What to notice:** of the {_many(possible)} possible contexts of {back} characters the "
        f"{kept.names:,} names hold {met:,}, {percent(met / possible)}. All others it has never "
        f"met. With {vocab_size:,} tokens there are {_many(vocab_size**back)}."
        if back
        else "**What to notice:** with order 1 it looks at nothing and knows only how frequent "
        "each character is."
    )


def _many(count: int) -> str:
    """A count of any size: 14,348,907; 10^26."""
    return f"{count:,}" if count < 10**12 else f"about 10^{len(str(count)) - 1}"


def stored(entry: "Entry", settings: "Settings") -> None:
    """What is stored after reading the names, by length of run."""
    from lm_core.charts.stored import stored_bars
    from lm_core.charts.words import bytes_size, human

    kept = counting.stored(entry.name, settings.to_dict())
    with st.container(horizontal=True, gap="medium"):
        in_all = f"{kept.numbers:,} runs of tokens, each with its counts."
        st.metric("Stored runs", human(kept.numbers), help=in_all, width="content")
        st.metric(
            "Memory in bytes",
            bytes_size(kept.bytes),
            help=f"{kept.bytes:,} bytes.",
            width="content",
        )
    show_chart(stored_bars(kept.parts), key="architectures-runs")
    st.markdown(
        "It has no weights to train. It stores every different run of tokens it met, here runs of "
        f"characters in {kept.names:,} names, and how often each came. The store grows with the "
        "text."
    )


def worth(entry: "Entry", settings: "Settings") -> None:
    """How good the table guesses with this smoothing."""
    pairs = counting.pairs(entry.name, settings.to_dict())
    with st.container(horizontal=True, gap="medium"):
        for label, value, what in (
            ("On names it read", pairs.train_nats, "the names it counted"),
            ("On names it never read", pairs.validation_nats, "1,000 names kept from it"),
        ):
            in_full = f"{value:.4f} nats per character over {what}, the end of each name included."
            surprise_metric(label, value, help=in_full)


def table(entry: "Entry", settings: "Settings") -> None:
    """Every pair that was counted, as a picture."""
    from lm_core.charts.pairs import pair_table

    pairs = counting.pairs(entry.name, settings.to_dict())
    dark = st.context.theme.type == "dark"
    chart = pair_table(pairs.counts, pairs.probabilities, pairs.tokens, dark=dark)
    show_chart(chart, key="architectures-pairs")


def pairs(entry: "Entry", settings: "Settings") -> None:
    """Try it: a name pair by pair, and names it makes up."""
    from lm_core.charts import words

    st.header("Try it")
    left, right = st.columns([3, 2], gap="medium")
    with left:
        name = st.text_input(
            "A name, pair by pair",
            UNSEEN_PAIR,
            max_chars=counting.LONGEST,
            key="architectures-name",
            bind="query-params",
        )
        with session.mending():
            spelled, nats = counting.spelled(entry.name, settings.to_dict(), name)
            show_table(spelled, key="architectures-spelled")
            right.metric("Surprise in all", f"{words.nats(nats)} nats", width="content")
            right.markdown(
                "**What to notice:** a pair that never came is impossible for the counts alone, "
                "and the whole name with it: its surprise is infinite. Add a little to every count "
                "and it becomes rare instead. Try 0, 1 and 1000 above."
            )
    written = counting.pairs(entry.name, settings.to_dict()).written
    right.markdown(
        "Names it makes up, each letter from the one before: **"
        f"{plain(', '.join(name or '(the end at once)' for name in written))}**."
    )


def lookup(entry: "Entry", settings: "Settings") -> None:
    """How an n-gram guesses: no shapes, but contexts looked up one after another."""
    st.header("No shapes, but look-ups")
    back = families.looks_back(entry, settings)
    st.markdown(
        f"To guess the next token it looks up what followed the last {back}; where that was met "
        "rarely, it asks a shorter run, down to no context at all. "
        f"{ANSWERS.get(settings.smoothing, MIXES)}"
    )
    models_of_text = (c for c in models.shipped() if c.family == entry.name and not c.items)
    shipped = next(models_of_text, None)
    if shipped is not None:
        st.page_link(
            "pages/generate_text.py",
            label="See which counts make a probability, and where in the text they come from",
            query_params={"generate_text-model": shipped.label},
        )
