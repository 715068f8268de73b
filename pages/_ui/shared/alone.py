"""A part of a screen that is drawn again alone: by its clock, and by its own controls."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx


def alone(
    draw: Callable[..., Any], *, run_every: float | None = None, key: str | None = None
) -> Callable[..., Any]:
    """`st.fragment`, and what it leaves undone: where a click inside has set a control that stands
    outside, that one is drawn by the whole screen alone, which is drawn again then."""

    @wraps(draw)
    def drawn(*given: Any, **named: Any) -> Any:
        if _set_outside():
            st.rerun()
        return draw(*given, **named)

    return st.fragment(drawn, run_every=run_every, key=key)


def _set_outside() -> bool:
    """Whether the callback before this run set a control of the screen around the part."""
    context = get_script_run_ctx()
    if not context.fragment_ids_this_run:
        return False  # the whole screen is drawn
    state = context.session_state._state
    for key in state._new_session_state:
        widget = state._key_id_mapper.get_id_from_key(key)
        about = state._new_widget_state.widget_metadata.get(widget)
        if about is not None and about.fragment_id not in context.fragment_ids_this_run:
            return True
    return False
