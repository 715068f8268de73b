"""A control says nothing about the address.

Streamlit takes the address from every message of the browser, and a message can leave before the
browser knows what the one before it changed: the second of two quick presses of a key, or a look
by the clock. What the screen had written there would be gone, as if somebody had gone Back. So
only Back and Forward, a link and another screen bring an address. Where a control of this screen
changed, and where a part of it is drawn alone, the address is what the screen left there, but for
what the browser itself writes: the parameters that a widget is bound to.
"""

from functools import wraps
from typing import TYPE_CHECKING, Any

from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.runtime.state import SessionState

from pages._ui.shared import address

if TYPE_CHECKING:
    from streamlit.runtime.state.query_params import QueryParams

HELD = "lab_held"  # of the context of a run: what the address held before it, on the same screen


def install() -> None:
    """For all sessions of this process; once."""
    reset, call = ScriptRunContext.reset, SessionState._call_callbacks
    if hasattr(reset, HELD):
        return

    @wraps(reset)
    def begin(self: ScriptRunContext, *given: Any, **named: Any) -> None:
        """It takes the address of the message."""
        with self.session_state.query_params() as parameters:
            held = dict(parameters._query_params)
        screen = self.page_script_hash
        reset(self, *given, **named)
        setattr(self, HELD, held if self.page_script_hash == screen else None)

    @wraps(call)
    def follow(self: SessionState, **replayed: Any) -> None:
        """It is called for a message of the browser, before anything is done or drawn."""
        context = get_script_run_ctx()
        held = getattr(context, HELD, None)
        if held is not None:
            control = _of_a_control(self, context)
            if control:
                _put_back(self.query_params, held)
            address.know(self, context.page_script_hash, held, only=control)
        call(self, **replayed)

    setattr(begin, HELD, True)
    ScriptRunContext.reset, SessionState._call_callbacks = begin, follow


def _of_a_control(state: SessionState, context: ScriptRunContext) -> bool:
    if context.is_history_navigation:
        return False
    if context.fragment_ids_this_run:
        return True
    return any(state._widget_changed(one) for one in list(state._new_widget_state))


def _put_back(parameters: "QueryParams", held: dict[str, list[str] | str]) -> None:
    """In the order of the browser's address, which is no other one where only that differs."""
    came = dict(parameters._query_params)
    bound = {name: value for name, value in came.items() if parameters.is_bound(name)}
    both = bound | {name: value for name, value in held.items() if not parameters.is_bound(name)}
    if both == came:
        return
    parameters.clear_with_no_forward_msg()
    for name in [*(name for name in came if name in both), *(n for n in both if n not in came)]:
        parameters.set_with_no_forward_msg(name, both[name])
    parameters.set_initial_query_params_from_current()
    parameters._send_query_param_msg()
