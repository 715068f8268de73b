"""All families side by side: how they learn, how large they are, how far back they look."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.architectures import families
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    import pandas as pd

    from lm_core.registry import Entry

COLUMNS = ["family", "learns by", "parameters", "memory", "operations a token", "looks back"]
LOOKS_UP = "none: it looks up"
TOO_LARGE = "too large a table"


def comparison(vocab_size: int) -> None:
    """All families at their default settings."""
    st.header("All families")
    st.caption(f"At their default settings, with a vocabulary of {vocab_size:,} tokens.")
    widths = {"family": 160, "learns by": 130, "parameters": 140, "memory": 140, "looks back": 150}
    table = _all_families(vocab_size)
    show_table(table, key="architectures-families", height="content", widths=widths)


@st.cache_data(max_entries=32, show_spinner=False)
def _all_families(vocab_size: int) -> "pd.DataFrame":
    import pandas as pd

    learning = {"both": "counting, gradient"}
    rows = [
        (
            entry.title,
            learning.get(entry.build.learns_by, entry.build.learns_by),
            *_size(entry, vocab_size),
            families.looks_back(entry, entry.settings()),
        )
        for entry in families.of_text()
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _size(entry: "Entry", vocab_size: int) -> tuple[str, str, str]:
    """Parameters, memory and operations in words."""
    from lm_core.charts.words import bytes_size, human
    from lm_core.errors import BadSettings

    counting = entry.build.learns_by == "counting"
    if counting and not families.has_table(entry):
        return "as the text has runs", "grows with the text", LOOKS_UP
    try:
        size = families.size(entry.name, entry.settings().to_dict(), vocab_size)
    except BadSettings:
        return TOO_LARGE, TOO_LARGE, "none"
    also = " and counts" if size.counters else ""
    cost = f"{families.operations(size)} (estimate)"
    if counting or size.looked_up == size.parameters:
        cost = LOOKS_UP
    return human(size.parameters) + also, bytes_size(size.bytes) + also, cost
