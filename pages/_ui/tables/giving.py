"""A table of the visitor's own: which column is to be said, and as what."""

import streamlit as st

from lm_core.visible import readable
from pages._ui.shared import session
from pages._ui.shared.made_once import made_once
from pages._ui.shared.own_csv import own_csv, used

EXAMPLE = "length,width,colour,kind\n5.1,3.5,red,a\n4.9,3.0,blue,b\n…"
AS = {"table classes": "A class", "table values": "A number"}


def giving(key: str) -> str | None:
    """The card; the SHA-256 once it was stored."""
    from lm_core.corpora.own_table import guess_target, read_table, table_of

    with st.container(border=True), session.mending():
        st.write(
            "A table with a line of headings, a row for each case, and a column that is to be said "
            "from the others. Words in a column become columns of their own, a missing cell is "
            "read as the mean."
        )
        text = own_csv(key, example=EXAMPLE)
        if text is None:
            return None
        heading, rows, _ = made_once(f"{key}-own-table", text.text, lambda _: read_table(text.text))
        line = st.columns(3, vertical_alignment="bottom")
        last = len(heading) - 1
        target = line[0].selectbox(
            "Column to say", heading, index=last, format_func=readable, key=f"{key}-target"
        )
        guess = guess_target([row[heading.index(target)] for row in rows])
        kind = line[1].selectbox(
            "It is",
            list(AS),
            index=list(AS).index(guess),
            format_func=AS.get,
            key=f"{key}-as-{heading.index(target)}",
        )
        unit = line[2].text_input("Unit", key=f"{key}-unit", max_chars=20, help="May stay empty.")
        said = {"title": text.title, "kind": kind, "target": target, "note": text.note}
        said["unit"] = unit.strip()
        return used(key, text, tuple(said.values()), lambda: table_of(text.text, **said))
    return None
