"""Boxes as a table that can be changed, kept in the address."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared import address

if TYPE_CHECKING:
    import pandas as pd

MOST, LETTERS = 20, 20  # rows, characters of a cell
Row = tuple[object, ...]


def edited(
    key: str,
    usual: Sequence[Row],
    columns: Sequence[str],
    *,
    alt: str,
    words: Sequence[str] = (),
) -> list[Row]:
    """The rows as they are now; an empty row is left out.

    Args:
        key: of the address; the rows as they usually are do not stand there.
        alt: what the table is, to who cannot see it.
        words: which columns hold words; the others hold numbers.
    """
    import pandas as pd

    held = f"{key}-table"
    if held not in st.session_state or address.brought(key):
        text = address.get(key)
        begin(key, usual if text is None else _read(text, [name in words for name in columns]))
    rows, number = st.session_state[held]
    kinds = {name: object if name in words else float for name in columns}
    table = pd.DataFrame(list(rows), columns=list(columns)).astype(kinds)
    changed: pd.DataFrame = st.data_editor(
        table,
        num_rows="dynamic",
        placeholder="–",
        hide_index=True,
        column_config={
            name: st.column_config.TextColumn(max_chars=LETTERS, width=70)
            if name in words
            else st.column_config.NumberColumn(format="%g", width=52 if len(name) < 4 else 84)
            for name in columns
        },
        key=f"{held}-{number}",
        alt=alt,
    )
    now = _whole(changed)
    same = [tuple(map(_cell, row)) for row in now] == [tuple(map(_cell, row)) for row in usual]
    address.keep(key, "" if same else _written(now))
    return now


def begin(key: str, rows: Sequence[Row]) -> None:
    """Other rows; what was typed into the table before is forgotten."""
    _, number = st.session_state.get(f"{key}-table", (None, 0))
    st.session_state[f"{key}-table"] = [tuple(row) for row in rows], number + 1


def _whole(table: "pd.DataFrame") -> list[Row]:
    """Rows of which something is filled, NaN as None, at most so many."""
    rows = [
        tuple(None if one is None or one != one else one for one in row)
        for row in table.itertuples(index=False, name=None)
    ]
    return [row for row in rows if any(one not in (None, "") for one in row)][:MOST]


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)


def _written(rows: Sequence[Row]) -> str:
    return (
        ";".join(
            ",".join(_cell(one).replace(",", " ").replace(";", " ") for one in row) for row in rows
        )
        or "-"
    )


def _read(text: str, words: Sequence[bool]) -> list[Row]:
    """Rows with semicolons between, cells with commas; what should be a number and is none stays
    empty."""
    rows = []
    for part in [one for one in text.split(";") if one.strip(" -")][:MOST]:
        cells = [*part.split(","), *[""] * len(words)]
        rows.append(tuple(_value(*pair) for pair in zip(cells, words, strict=False)))
    return rows


def _value(text: str, word: bool) -> object:
    if word:
        return text[:LETTERS] or None
    try:
        number = float(text[:12])
    except ValueError:
        return None
    return number if abs(number) < 1e6 else None
