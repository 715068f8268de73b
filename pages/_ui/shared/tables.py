"""A table that can be read, sorted and downloaded."""

from collections.abc import Collection
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from lm_core.csv_files import csv_bytes
from lm_core.visible import readable
from pages._ui.shared import language
from pages._ui.shared.paper import taken

if TYPE_CHECKING:
    import pandas as pd

    from pages._ui.shared.catalogue import Catalogue


def show_table(
    table: "pd.DataFrame",
    *,
    key: str,
    height: int | str = "auto",
    whole: "pd.DataFrame | None" = None,
    widths: dict[str, int] | None = None,
    as_written: Collection[str] = (),
    places: int | None = None,
) -> None:
    """Show `table`, numbers with thousands apart, words as `readable`; the download has them as
    they are.

    Args:
        whole: the same table uncut, for the download.
        widths: of columns, in pixels.
        as_written: columns of numbers that are names, as years are: without thousands apart.
        places: behind the point, of the columns of numbers that are not whole; at most three, and
            none that is 0 at the end, when None.
    """
    numbers = set(table.select_dtypes("number").columns)
    broken = set(table.select_dtypes("float").columns) if places is not None else set()
    columns = {
        name: (st.column_config.NumberColumn if name in numbers else st.column_config.Column)(
            width=(widths or {}).get(name),
            **({"format": "localized"} if name in numbers.difference(as_written, broken) else {}),
            **({"format": f"%.{places}f"} if name in broken else {}),
        )
        for name in table.columns
    }
    st.dataframe(
        readable_words(table),
        hide_index=True,
        height=height,
        width="stretch",
        column_config=columns,
        placeholder="–",
        key=f"{key}-table",
    )
    csv_button(table if whole is None else whole, key=key, type="tertiary")


def readable_words(table: "pd.DataFrame") -> "pd.DataFrame":
    """The table with its words as `readable`: mostly itself, as most can be read as they are."""
    words = (name for name, kind in table.dtypes.items() if kind.kind == "O")
    changed = {name: table[name].map(_shown) for name in words if any(map(_unread, table[name]))}
    return table.assign(**changed) if changed else table


def _shown(cell: object) -> object:
    return readable(cell) if isinstance(cell, str) else cell


def _unread(cell: object) -> bool:
    return _shown(cell) is not cell


def _file(table: "pd.DataFrame", catalogue: "Catalogue | None") -> bytes:
    return csv_bytes(taken(table, catalogue))


def csv_button(table: "pd.DataFrame", *, key: str, name: str = "", **options: object) -> None:
    """A button that gives `table` as a file for a spreadsheet, made when it is pressed; where there
    are several, called by the `name` of the file."""
    st.download_button(
        name or "Download CSV",
        partial(_file, table, language.known()),
        file_name=name or f"{key}.csv",
        mime="text/csv",
        key=f"{key}-csv",
        on_click="ignore",
        **options,
    )
