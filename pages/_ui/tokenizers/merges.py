"""Byte-pair encoding in slow motion: the merges of one's own word, and the table of all merges."""

from typing import TYPE_CHECKING

import streamlit as st

from lm_core.visible import visible
from pages._ui.shared.plain import plain
from pages._ui.shared.tables import show_table
from pages._ui.tokenizers import learned

if TYPE_CHECKING:
    import pandas as pd

    from lm_core.corpora import Corpus
    from lm_core.tokenizers.bpe import BPETokenizer

WORD = "unhappiness"
LONGEST = 40  # characters of the word
ROWS = 1000  # of the table on the page


def show(corpus: "Corpus", size: int) -> None:
    """A word's merges with a slider, and under it the table."""
    from lm_core.tokenizers.gpt2 import gpt2

    own = learned.one(corpus, "bpe", size)
    whose = st.segmented_control(
        "Merges of",
        ["the chosen text", "GPT-2"],
        default="the chosen text",
        required=True,
        key="tokenizers-whose",
        bind="query-params",
    )
    theirs = whose == "GPT-2"
    tokenizer = gpt2() if theirs else own
    word = st.text_input(
        "Your word",
        WORD,
        max_chars=LONGEST,
        key="tokenizers-word",
        bind="query-params",
        help="A space before it belongs to it: “ house” within a sentence is another word than "
        "“house” at its beginning.",
    )
    _replayed(tokenizer, word, key=f"{whose}-{word}")
    if theirs:
        st.caption("How often each of GPT-2's 50,000 merges came in its text was not published.")
        return
    table = _table(corpus.fingerprint, size, corpus, own)
    st.write(
        f"All {len(table):,} merges of the chosen text, in the order in which they were learned, "
        "and how often the pair stood there when it was the most frequent of all."
    )
    show_table(table.head(ROWS), key="tokenizers-merges", height=320, whole=table)


def _replayed(tokenizer: "BPETokenizer", word: str, key: str) -> None:
    from lm_core.charts.chips import chips
    from lm_core.tokenizers.merging import ranks, replay

    pieces = tokenizer.pieces(word)
    if not pieces:
        st.info("Give a word, and see it put together from its bytes.")
        return
    if len(pieces) > 1:
        said = ", ".join(f"“{plain(visible(_text(tokenizer, piece)))}”" for piece in pieces)
        st.caption(
            f"It is cut into words first, and no token reaches over a cut: {said}. The first:"
        )
    steps = replay(pieces[0], ranks(tokenizer))
    last = len(steps) - 1
    if last == 0:
        at = 0
        st.caption("No two of its bytes were ever merged: it stays as it is.")
    else:
        at = st.slider(
            "Merges done", 0, last, last, key=f"tokenizers-step-{key}", help="Forwards and back."
        )
    step = steps[at]
    ids = {token: id for id, token in enumerate(tokenizer.tokens)}
    tokens = [_text(tokenizer, part) for part in step.parts]
    said = f"The word after {at} merges"
    st.html(chips(tokens, [ids[part] for part in step.parts], what=said))
    if step.merged:
        first, second = (plain(visible(_text(tokenizer, part))) for part in step.merged)
        st.markdown(
            f"Merge **{step.rank:,}** of {len(tokenizer.merges):,}: {first} + {second}. "
            + (
                "No pair that is left was ever merged: these are its tokens."
                if at == last
                else "Of the pairs that stand here, the one that was learned first goes next."
            )
        )
    else:
        st.markdown("Its bytes, a token each, before any merge.")


def _text(tokenizer: "BPETokenizer", part: str) -> str:
    """A token in the signs of bytes as its text."""
    from lm_core.tokenizers.byte_level import BYTES

    return bytes(BYTES[sign] for sign in part).decode("utf-8", "surrogateescape")


@st.cache_data(max_entries=8, show_spinner="Counting the merges …")
def _table(
    fingerprint: str, size: int, _corpus: "Corpus", _tokenizer: "BPETokenizer"
) -> "pd.DataFrame":
    import pandas as pd

    from lm_core.tokenizers.merging import merge_counts

    counts = merge_counts(_tokenizer, learned.texts(_corpus))
    rows = [
        (
            rank,
            visible(_text(_tokenizer, first)),
            visible(_text(_tokenizer, second)),
            visible(_text(_tokenizer, first + second)),
            times,
        )
        for rank, ((first, second), times) in enumerate(
            zip(_tokenizer.merges, counts, strict=True), 1
        )
    ]
    return pd.DataFrame(rows, columns=["merge", "first", "second", "become", "times"])
