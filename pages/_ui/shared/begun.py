"""What a control begins with."""

from typing import Any

from streamlit.runtime.scriptrunner import get_script_run_ctx


def begun(key: str, **given: Any) -> dict[str, Any]:
    """The default of a control, as it is to be given to it: nothing where the screen has set its
    value in this run, as Streamlit takes only one of the two.

    Else it is given at every run, also when the control was moved: the address leaves out what a
    control begins with, so that this must not become something else.
    """
    return {} if get_script_run_ctx().session_state.is_new_state_value(key) else given
