"""What the columns of pairs and labelled texts are called, and rows of them as a table."""

from typing import TYPE_CHECKING

import streamlit as st

from lm_core.visible import readable
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    import pandas as pd

    from lm_core.corpora.examples import Examples

SHOWN, NAME = 300, 30  # characters of a text in a table, and of what a column is called


def names(corpus: "Examples") -> list[str]:
    """What the columns are called on the screen: sides as their owner says, no two alike."""
    from lm_core.charts.words import numbered_apart
    from lm_core.corpora.examples import columns

    given = (readable("".join(c for c in name if c not in "<>&")) for name in columns(corpus))
    return numbered_apart([name.strip()[:NAME] or f"side {k}" for k, name in enumerate(given, 1)])


def labelled_with(corpus: "Examples") -> list[str]:
    """What the columns are called, that of the label too, where there is one."""
    from lm_core.charts.words import numbered_apart

    label = [] if corpus.info.kind == "pairs" else [corpus.unit[:NAME] or "label"]
    return numbered_apart([*names(corpus), *label])


def side(corpus: "Examples", key: str) -> int:
    """Which side is looked at, where there are two."""
    called = names(corpus)
    if len(called) < 2:
        return 0
    chosen = st.segmented_control(
        "Side", called, default=called[0], required=True, key=key, bind="query-params"
    )
    return called.index(chosen)


def show(
    corpus: "Examples", table: "pd.DataFrame", key: str, room: int, *, height: int | str = "auto"
) -> None:
    """Examples in so many pixels: both sides alike, a label as narrow as it can be, and a number as
    it was given (a year)."""
    first, second = labelled_with(corpus)
    share = 0.5 if corpus.info.kind == "pairs" else 0.72
    widths = {first: round(share * room), second: round((1 - share) * room)}
    show_table(table, key=key, height=height, widths=widths, as_written={second})


def cut(row: tuple) -> tuple:
    """A row whose texts fit into a table."""
    return tuple(
        cell if not isinstance(cell, str) or len(cell) <= SHOWN else f"{cell[:SHOWN]} …"
        for cell in row
    )
