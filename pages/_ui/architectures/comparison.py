"""All families side by side: how they learn, how large they are, how far back they look."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.architectures import families
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    import pandas as pd

    from lm_core.registry import Entry
    from lm_core.settings import Settings

COLUMNS = [
    "family",
    "learns by",
    "parameters",
    "memory",
    "operations a token",
    "looks back",
    "width",
]
LOOKS_UP = "none: it looks up"
TOO_LARGE = "too large a table"


def comparison(vocab_size: int, size: families.Size | None) -> None:
    """All families, at their default settings or as large as the one above."""
    st.header("All families")
    wanted = size.parameters if size is not None and size.parameters and not size.counters else 0
    alike = st.toggle(
        "As large as the model above",
        key="architectures-alike",
        bind="query-params",
        disabled=not wanted,
        help="The width of each is chosen so that it comes nearest to as many parameters; depth "
        "and context stay. A table, and what counts, is as large as it is.",
    )
    with_size = alike and wanted
    st.caption(
        f"With about {wanted:,} parameters each, where a family has a width to choose"
        if with_size
        else f"At their default settings, with a vocabulary of {vocab_size:,} tokens."
    )
    widths = {"family": 160, "learns by": 130, "parameters": 140, "memory": 140, "looks back": 150}
    table = _all_families(vocab_size, wanted if with_size else 0)
    show_table(table, key="architectures-families", height="content", widths=widths)


@st.cache_data(max_entries=32, show_spinner=False)
def _all_families(vocab_size: int, wanted: int) -> "pd.DataFrame":
    import pandas as pd

    learning = {"both": "counting, gradient"}
    rows = [
        (
            entry.title,
            learning.get(entry.build.learns_by, entry.build.learns_by),
            *_size(entry, settings, vocab_size),
            families.looks_back(entry, settings),
            _changed(settings) if wanted else "",
        )
        for entry in families.of_text()
        for settings in [_settings(entry, vocab_size, wanted)]
    ]
    if not wanted:
        return pd.DataFrame([row[:-1] for row in rows], columns=COLUMNS[:-1])
    return pd.DataFrame(rows, columns=COLUMNS)


def _settings(entry: "Entry", vocab_size: int, wanted: int) -> "Settings":
    """The family's own, or those at which it has so many parameters; of one without a width its own
    again."""
    from lm_core.errors import BadSettings
    from lm_core.models.matching import matched

    usual = entry.settings()
    try:
        return matched(entry.name, usual, wanted, vocab_size) if wanted else usual
    except BadSettings:
        return usual


def _changed(settings: "Settings") -> str:
    """ "n_hidden 413"."""
    return ", ".join(f"{name} {value:,}" for name, value in settings.difference().items()) or "–"


def _size(entry: "Entry", settings: "Settings", vocab_size: int) -> tuple[str, str, str]:
    """Parameters, memory and operations in words."""
    from lm_core.charts.words import bytes_size, human
    from lm_core.errors import BadSettings

    counting = entry.build.learns_by == "counting"
    if counting and not families.has_table(entry):
        return "as the text has runs", "grows with the text", LOOKS_UP
    try:
        size = families.size(entry.name, settings.to_dict(), vocab_size)
    except BadSettings:
        return TOO_LARGE, TOO_LARGE, "none"
    also = " and counts" if size.counters else ""
    costs = None if counting else families.costs(entry.name, settings.to_dict(), vocab_size)
    looks_up = costs is None or not costs.total("operations")
    cost = LOOKS_UP if looks_up else families.operations(costs)
    return human(size.parameters) + also, bytes_size(size.bytes) + also, cost
