"""What a control begins with."""

from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx


def begun(key: str, **given: Any) -> dict[str, Any]:
    """The default of a control, as it is to be given to it: nothing where the screen has set its
    value in this run, as Streamlit takes only one of the two.

    Else it is given at every run, also when the control was moved: the address leaves out what a
    control begins with, so that this must not become something else. After Back or Forward the
    address says what is shown, whatever the screen would set.
    """
    context = get_script_run_ctx()
    if not context.session_state.is_new_state_value(key):
        return given
    if not context.is_history_navigation:
        return {}
    del st.session_state[key]
    return given
