"""A small grid of numbers that can be changed, kept in the address."""

from typing import TYPE_CHECKING

import streamlit as st

from lm_core.errors import BadSettings
from pages._ui.shared import address

if TYPE_CHECKING:
    import numpy as np

Grid = list[list[float]]
CELL, ROW = 62, 32  # pixels: of a number, of its height
MOST = 1000.0


def edited(key: str, usual: Grid, *, title: str) -> "np.ndarray":
    """The numbers as they are now, in the shape of `usual`.

    Raises:
        BadSettings: a cell is empty, or its number too large.
    """
    import numpy as np
    import pandas as pd

    held, shape = f"{key}-table", (len(usual), len(usual[0]))
    if held not in st.session_state or address.brought(key):
        begin(key, _read(address.get(key), usual))
    rows, number = st.session_state[held]
    if (len(rows), len(rows[0])) != shape:  # another size: what fits stays
        last = _read(address.get(key), usual)
        begin(key, last)
        rows, number = st.session_state[held]
    table = pd.DataFrame(rows, columns=[str(j + 1) for j in range(shape[1])], dtype=float)
    st.markdown(title)
    changed: pd.DataFrame = st.data_editor(
        table,
        width=CELL * shape[1] + 4,
        hide_index=True,
        row_height=ROW,
        column_config={
            name: st.column_config.NumberColumn(width=CELL, required=False, format="%g")
            for name in table.columns
        },
        key=f"{held}-{number}",
        alt=f"{title.strip('*')}. Each number can be changed.",
    )
    now = changed.to_numpy(dtype=float)
    if not np.isfinite(now).all() or np.abs(now).max() > MOST:
        raise BadSettings(f"{title.strip('*')}: every cell needs a number up to {MOST:,.0f}.")
    address.keep(key, "" if now.tolist() == usual else _written(now))
    return now


def begin(key: str, rows: Grid) -> None:
    """Other numbers; what was typed into the table before is forgotten."""
    _, number = st.session_state.get(f"{key}-table", (None, 0))
    st.session_state[f"{key}-table"] = [list(row) for row in rows], number + 1


def _written(numbers: "np.ndarray") -> str:
    return ";".join(",".join(f"{one:g}" for one in row) for row in numbers)


def _read(text: str | None, usual: Grid) -> Grid:
    """Rows with semicolons between, cells with commas; what is missing or does not read is as it
    usually is."""
    rows = [row.split(",") for row in (text or "").split(";")]
    return [
        [
            _number(rows[i][j], one) if i < len(rows) and j < len(rows[i]) else one
            for j, one in enumerate(row)
        ]
        for i, row in enumerate(usual)
    ]


def _number(text: str, otherwise: float) -> float:
    try:
        number = float(text[:12])
    except ValueError:
        return otherwise
    return number if abs(number) <= MOST else otherwise
