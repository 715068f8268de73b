"""First names that pupils may give while the lab is open for a class: for the teacher to see, in
the memory of the server alone, never on disk, and nothing hangs on them."""

import streamlit as st

from lm_core.visible import readable
from pages._ui.shared import session
from pages._ui.shared.class_address import for_class

KEY = "first-name"
LONGEST, MOST = 24, 2000  # characters; names
WITHOUT = ("teacher", "spotlight")  # screens where nobody is asked
_names: dict[str, str] = {}  # visitor -> first name


def ask(screen: str) -> None:
    """Below the list of screens, in a class alone; may be left empty."""
    if not for_class() or screen in WITHOUT:
        return
    with st.sidebar:
        given = st.text_input(
            "Your first name, if you like",
            of(session.visitor()),
            key=KEY,
            max_chars=LONGEST,
            help="Your teacher sees it beside your runs, and may show a run of yours to the class "
            "with it. It is forgotten when the lab is closed. Empty is fine.",
        )
    give(session.visitor(), given)


def give(visitor: str, name: str) -> None:
    """From now on this is the name of a visitor; "" takes it back."""
    name = readable(" ".join(name.split()))[:LONGEST]
    if _names.get(visitor, "") == name:
        return
    _names.pop(visitor, None)
    if name:
        _names[visitor] = name
    while len(_names) > MOST:
        _names.pop(next(iter(_names)), None)


def of(visitor: str) -> str:
    """The first name of a visitor; "" where none was given."""
    return _names.get(visitor, "")
