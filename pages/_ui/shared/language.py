"""The language in which a visitor reads, and the one door through which words go into it.

A language is a folder of `languages/`, named by its code. English needs none, and costs nothing.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext

if TYPE_CHECKING:
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    from pages._ui.shared.catalogue import Catalogue

LANGUAGE = "language"  # in the address and in the session
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


def code() -> str:
    """The code of the language, for the page as a whole: `en`, `de`."""
    return _code(get_script_run_ctx())


def say(text: str) -> str:
    """A sentence of ours, in the language of who reads it, where no message to the browser is."""
    known = _catalogue(code())
    return known.say(text) if known else text


def options(code: str) -> dict[str, str]:
    """What short words, such as those of a choice, are called in a language; none in English."""
    known = _catalogue(code)
    return known.labels() if known else {}


@cache
def _catalogue(code: str) -> "Catalogue | None":
    """The sentences of a language; None for English."""
    from pages._ui.shared.catalogue import Catalogue, sentences_in

    return None if code == "en" else Catalogue(sentences_in(FOLDER / code))


def _code(context: ScriptRunContext | None) -> str:
    if context is None or LANGUAGE not in context.session_state:
        return "en"
    return CODES.get(context.session_state[LANGUAGE], "en")


def _door() -> None:
    """Every message of every page goes through here, also where only a part of it is drawn anew."""
    send = ScriptRunContext.enqueue

    def enqueue(self: ScriptRunContext, message: "ForwardMsg") -> None:
        if known := _catalogue(_code(self)):
            from pages._ui.shared.messages import put

            put(message, known.say)
        send(self, message)

    ScriptRunContext.enqueue = enqueue


_door()
