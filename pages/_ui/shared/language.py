"""The language in which a visitor reads, and the one door through which words go into it.

A language is a folder of `languages/`, named by its code. English needs none, and costs nothing.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext

from lm_core.json_files import dumps
from pages._ui.shared import order

if TYPE_CHECKING:
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    from pages._ui.shared.catalogue import Catalogue

LANGUAGE = "language"  # in the address and in the session
TOLD, PLACE = "language-told", "language-place"  # in the session: options that a page was told of
CODE = "language_code"  # of a run, which it is kept with
FOLDER = Path(__file__).with_name("languages")
CODES = {"English": "en", "Deutsch": "de"}  # a language by its own name


def switch() -> None:
    """The choice, beside the names of the screens; of itself the one that the browser asks for."""
    asked = (st.context.locale or "").partition("-")[0].lower()
    own = next((name for name, code in CODES.items() if code == asked), "English")
    with st.sidebar:
        st.segmented_control(
            "Language",
            list(CODES),
            default=own,
            required=True,
            key=LANGUAGE,
            bind="query-params",
            label_visibility="collapsed",
        )
    vars(get_script_run_ctx()).pop(CODE, None)  # of a message before it, as it was


def code() -> str:
    """The code of the language, for the page as a whole: `en`, `de`."""
    return _code(get_script_run_ctx())


def place() -> None:
    """Where a page is told what the options of its choices are called."""
    with st.container(key=PLACE):
        slot = st.empty()
    st.session_state[PLACE] = list(slot._cursor.delta_path)
    st.session_state.setdefault(TOLD, {})


def known() -> "Catalogue | None":
    """The sentences of the language of who reads; None for English."""
    return _catalogue(code())


def say(text: str) -> str:
    """A sentence of ours, in the language of who reads it, where no message to the browser is."""
    return catalogue.say(text) if (catalogue := known()) else text


def options(code: str) -> dict[str, str]:
    """What short words, such as those of a choice, are called in a language; none in English."""
    known = _catalogue(code)
    return known.labels() if known else {}


@cache
def _catalogue(code: str) -> "Catalogue | None":
    """The sentences of a language; None for English."""
    from pages._ui.shared.catalogue import Catalogue, sentences_in

    return None if code == "en" else Catalogue(sentences_in(FOLDER / code), code)


def _code(context: ScriptRunContext | None) -> str:
    """Asked for at each message: once the choice was drawn, the session is not looked through for
    it any more in this run."""
    if context is None:
        return "en"
    run, code = getattr(context, CODE, (None, ""))
    if run is context.cursors:  # which every run has anew
        return code
    if LANGUAGE not in context.session_state:
        return "en"
    code = CODES.get(context.session_state[LANGUAGE], "en")
    setattr(context, CODE, (context.cursors, code))
    return code


def _telling(context: ScriptRunContext, composed: dict[str, str]) -> "ForwardMsg | None":
    """The message that tells the browser of options it has not been told of; each once."""
    if PLACE not in context.session_state:
        return None
    told = context.session_state[TOLD]
    if not set(composed) - set(told):
        return None
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    told |= composed
    message = ForwardMsg()
    message.metadata.delta_path[:] = context.session_state[PLACE]
    said = message.delta.new_element.html
    words = dumps(told).replace("<", "\\u003c")
    said.body = f"<script>(window.lab ??= {{}}).composed = {words};</script>"
    said.unsafe_allow_javascript = True
    return message


def _door() -> None:
    """Every message of every page goes through here, also where only a part of it is drawn anew."""
    send = ScriptRunContext.enqueue

    def enqueue(self: ScriptRunContext, message: "ForwardMsg") -> None:
        if catalogue := _catalogue(_code(self)):
            from pages._ui.shared.messages import put

            composed = put(message, catalogue)
            if script := _telling(self, composed):
                send(self, script)
        order.keep(message)
        send(self, message)

    ScriptRunContext.enqueue = enqueue


_door()
