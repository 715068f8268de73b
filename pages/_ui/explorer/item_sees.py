"""Every context of a short text with its target: what a model sees of one item."""

from typing import TYPE_CHECKING

import streamlit as st

from lm_core.visible import visible
from pages._ui.shared.plain import plain
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.corpora import Corpus

CHARACTERS, ITEMS = 20_000, 400  # of the training text that is looked at here
STAND = "."  # for the boundary of items, as in the course


def context_and_target(corpus: "Corpus") -> None:
    """Every context of a short text with its target, for any length of context."""
    import pandas as pd

    from lm_core.contexts import contexts

    with st.container(horizontal=True, vertical_alignment="bottom"):
        word = st.text_input(
            "Letters",
            "emma",
            max_chars=40,
            key="explorer-sees-word",
            bind="query-params",
            width=220,
        )
        length = st.number_input(
            "Letters of context", 1, 16, 3, key="explorer-context", bind="query-params", width=170
        )
    if not word:
        st.info("Type a name, or a few letters.")
        return
    begin = "\n".join(corpus.splits["train"][:ITEMS])[:CHARACTERS].split("\n")
    letters = sorted(set("".join(begin)) | set(word))
    number = {letter: i for i, letter in enumerate(letters, 1)}  # 0 is the boundary
    asked = contexts([number[letter] for letter in word if letter in number], length, 0)
    signs = [STAND, *map(visible, letters)]
    rows = [
        ("".join(signs[i] for i in context), signs[target], str(context)[1:-1], target)
        for context, target in asked
    ]
    columns = ["context", "target", "context as ids", "target as id"]
    left, right = st.columns([3, 2], gap="medium")
    with left:
        table = pd.DataFrame(rows, columns=columns)
        show_table(table, key="explorer-contexts", as_written={"target as id"})
    right.markdown(
        f"**What to notice.** “{plain(word)}” alone is {len(rows)} examples: for each letter what "
        f"stands before it, and last of all its end. The sign “{STAND}”, number 0, is where an "
        "item begins and ends. A longer context tells more, and is met less often."
    )
    met = {
        tuple(context)
        for text in begin
        for context, _ in contexts([number[letter] for letter in text], length, 0)
    }
    rows = len(signs) ** length
    right.markdown(
        f"Who counts has a row for each context that could come: {len(signs)} signs to the power "
        f"{length} are **{rows:,}** rows. The first {sum(map(len, begin)):,} letters of the "
        f"training text fill {len(met):,} of them."
    )
