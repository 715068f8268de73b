"""Who is here: first names as far as they were given, and how many pages are open now."""

import streamlit as st

from pages._ui.shared import first_name, session

HEIGHT = 250  # pixels of the table, beyond which it scrolls


def present() -> None:
    """A sentence, and a row for each pupil who has a page open; the teacher's own are left out."""
    import pandas as pd

    from lm_core.figures import count
    from lm_core.runs.store import ACTIVE, WAITING

    open_pages = session.open_pages()
    own = open_pages.pop(session.visitor(), 0)
    going: dict[str, int] = {}
    for run in session.manager().store.runs_with(WAITING + ACTIVE):
        going[run.owner] = going.get(run.owner, 0) + 1
    pages = sum(open_pages.values())
    said = f"{count(len(open_pages), 'pupil')} here, with {count(pages, 'page')} open"
    st.caption(f"{said}; besides, {count(own, 'page')} of yours.")
    if not open_pages:
        return
    rows = [
        {"First name": first_name.of(who), "Pages open": n, "Runs": going.get(who, 0)}
        for who, n in open_pages.items()
    ]
    rows.sort(key=lambda row: (not row["First name"], row["First name"].casefold()))
    for row in rows:
        row["First name"] = row["First name"] or "–"
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        height=HEIGHT if len(rows) > 6 else "auto",
        key="teacher-present",
    )


def named(owner: str, words: str) -> str:
    """`words` after the first name of their owner, where one was given."""
    name = first_name.of(owner)
    return f"{name}: {words}" if name else words
