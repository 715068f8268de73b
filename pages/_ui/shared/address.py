"""What an address may say, and the one strict reader of it (`parameters.py` has what each screen's
parameters may hold).

An address is typed, cut off, made by hand and by strangers. What does not read is taken out of it
before a screen begins, which then shows what it usually does; Streamlit's own reader of bound
widgets ends in an error at `inf` and at numbers of 4,301 digits.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages._ui.shared import held
from pages._ui.shared.parameters import KINDS

if TYPE_CHECKING:
    from streamlit.runtime.state import SessionState

SCREENS = sorted(path.stem for path in Path(__file__).parents[2].glob("*.py"))
DROPPED = "address-dropped"  # in the session: what was taken out, until it was said
LEFT = "address-left"  # in the session: a screen, and what its address held, each that is no news


def get(name: str) -> str | None:
    """The value of a parameter that may have one, of one that a lesson holds that of its link;
    None where it has none, or none that reads."""
    fixed = held.values(name)
    values = st.query_params.get_all(name) if fixed is None else list(fixed)
    return values[0] if values and KINDS[name].reads(values) else None


def keep(name: str, value: str) -> None:
    """Keep the value of a parameter in the address; "" takes it out."""
    if (fixed := held.values(name)) is not None:
        value = "".join(fixed[:1])
    if not value:
        st.query_params.pop(name, None)
    elif st.query_params.get_all(name) != [value]:
        st.query_params[name] = value


def brought(name: str) -> bool:
    """Whether the browser changed the parameter since the last run of this screen, by Back or
    Forward, say: then it says what to show, also where it has none. A screen that is come to
    without it shows what it showed last."""
    screen, *known = st.session_state.get(LEFT, ("", {}))
    values = st.query_params.get_all(name)
    return any(values != one.get(name, []) for one in (known if screen == _screen() else [{}]))


def know(
    state: "SessionState", screen: str, last: dict[str, list[str] | str], *, only: bool
) -> None:
    """Before a run: what the address of this screen held until now, which is no news. The run
    before may have been cut short before it noted that; what it did not read is news all the same.

    Args:
        only: the message brings no address, so that there are no news at all.
    """
    if LEFT not in state or state[LEFT][0] != screen:
        return
    known = {name: [said] if isinstance(said, str) else said for name, said in last.items()}
    state[LEFT] = (screen, known) if only else (*state[LEFT], known)


@contextmanager
def leaving() -> Iterator[None]:
    """Around a run of a screen: note what its address holds when it ends."""
    if st.session_state.get(LEFT, ("",))[0] != _screen():
        st.session_state[LEFT] = ("", {})  # a click may come before this run has noted its own
    try:
        yield
    finally:
        last = {name: st.query_params.get_all(name) for name in st.query_params}
        st.session_state[LEFT] = (_screen(), last)


def _screen() -> str:
    context = get_script_run_ctx()
    return context.page_script_hash if context else ""


def check() -> None:
    """Before a screen begins: take out what does not read, begin again without it, and say so."""
    wrong = [n for n in st.query_params if n in KINDS and get(n) is None]
    dropped = [name for name in wrong if _drop(name)]
    if dropped:
        st.session_state[DROPPED] = dropped
        st.rerun()
    if said := st.session_state.pop(DROPPED, None):
        words = ", ".join(said)
        st.toast(
            f"The address held what cannot be read, and is shown without: {words}.", duration="long"
        )


def _drop(name: str) -> bool:
    """Whether it is gone; what a widget has bound is corrected by the widget."""
    try:
        del st.query_params[name]
    except StreamlitAPIException:
        return False
    return True
