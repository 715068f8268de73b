"""A series of the visitor's own: which column, in which unit."""

import streamlit as st

from lm_core.visible import readable
from pages._ui.shared import session
from pages._ui.shared.made_once import made_once
from pages._ui.shared.own_csv import own_csv, used

EXAMPLE = "time,kW\n2011-01-01 00:00,2.54\n2011-01-01 00:15,2.61\n2011-01-01 00:30,2.48\n…"


def giving(key: str) -> str | None:
    """The card; the SHA-256 once it was stored."""
    from lm_core.corpora.own_series import read_measured, series_of

    with st.container(border=True), session.mending():
        st.write(
            "A table with a column of times and a column of numbers, such as the consumption of "
            "electricity of the course (a value each quarter of an hour). Rows may be in any "
            "order; gaps of at most a day are filled along a straight line, and it is said."
        )
        text = own_csv(key, example=EXAMPLE)
        if text is None:
            return None
        table = made_once(f"{key}-own-table", text.text, lambda _: read_measured(text.text))
        line = st.columns(2, vertical_alignment="bottom")
        column = line[0].selectbox(
            "Column to forecast", list(table.columns), format_func=readable, key=f"{key}-column"
        )
        unit = line[1].text_input(
            "Unit", key=f"{key}-unit", max_chars=20, help="Such as kW. May stay empty."
        )
        said = {"title": text.title, "column": column, "unit": unit.strip(), "note": text.note}
        return used(key, text, tuple(said.values()), lambda: series_of(text.text, **said))
    return None
