"""What a lesson holds fast on a screen: parameters that keep the value of its link, whatever the
address, a widget or another screen says, and controls that cannot be used or are not seen.

One place for all screens: what is read from the address is read through `address`, which asks here;
and each control of Streamlit is wrapped once, so that no screen has a line for it. A control that
is locked is drawn disabled, and Streamlit then takes nothing from the browser for it. One that is
hidden is drawn so into a box that is not displayed, as its value is still asked for.
"""

import inspect
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from functools import wraps
from threading import Lock
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages._ui.shared.parameters import KINDS

if TYPE_CHECKING:
    from lm_core.lessons.link import LessonLink

HELD = "lesson-held"  # in the session: the link of the screen that is shown
UNSEEN = "lesson-unseen"  # how the key of a box that is not displayed begins
CONTAINERS = ("expander",)  # they have no value and cannot be disabled, and can be hidden
# Parameters that no widget of their own has: the controls that change them, as patterns of keys.
CONTROLS = {
    "text": ("*-text", "*-text-*", "counting-list*", "generate_names-list"),
    "spec": (
        *("train-tokenizer-*", "train-seed*", "train-steps*", "train-minutes*", "train-link"),
        *("train-[ltmksb]-*", "train-more", "train-mend-*", "doctor-use", "doctor-long"),
    ),
    "settings": ("architectures-settings*",),
    "run": ("train-going", "train-open", "train-close"),
    "race": ("compare-close",),
    "doctor": ("doctor-earlier",),
    "doctor-of": ("doctor-usual",),
    "autograd-values": ("autograd-leaf-*", "autograd-offer-*", "autograd-learn"),
    "autograd-step": ("autograd-next", "autograd-back", "autograd-all", "autograd-anew"),
}
_lock = Lock()


def link() -> "LessonLink | None":
    """The lesson of the screen that is shown."""
    return st.session_state.get(HELD)


def values(name: str) -> tuple[str, ...] | None:
    """What a parameter is held to: nothing at all where the link has no value for it; None where it
    is free."""
    lesson = link()
    if lesson is None or name not in lesson.fixed:
        return None
    return lesson.state.get(name, ())


def covers(names: Iterable[str], key: str) -> bool:
    """Whether a control belongs to one of these parameters, or is one of these controls."""
    for name in names:
        if key == name:
            return True
        # a control with a parameter of its own belongs to that one alone
        if key not in KINDS and any(fnmatchcase(key, one) for one in CONTROLS.get(name, ())):
            return True
    return False


def install() -> None:
    """Wrap the controls of Streamlit; once for the process."""
    with _lock:
        if hasattr(DeltaGenerator.button, "held"):
            return
        for name in controls():
            setattr(DeltaGenerator, name, _wrapped(getattr(DeltaGenerator, name)))
            setattr(st, name, getattr(st._main, name))


def controls() -> list[str]:
    """The commands of Streamlit that draw a control with a key."""
    found = []
    for name, command in inspect.getmembers(DeltaGenerator, inspect.isfunction):
        if not name.startswith("_") and {"key", "disabled"} <= set(_takes(command)):
            found.append(name)
    return found + list(CONTAINERS)


def _takes(command: Callable) -> list[str]:
    return list(inspect.signature(command).parameters)


def _wrapped(command: Callable) -> Callable:
    disables = "disabled" in _takes(command)

    @wraps(command)
    def drawn(self: DeltaGenerator, *args: Any, **options: Any) -> Any:
        lesson, key = link(), options.get("key")
        if lesson is None or not isinstance(key, str) or not covers(lesson.fixed, key):
            return command(self, *args, **options)
        if disables:
            options["disabled"] = True
        if options.get("bind"):
            _seed(key, lesson.state.get(key))
        if not covers(lesson.hidden, key):
            return command(self, *args, **options)
        return command(self.container(key=f"{UNSEEN}-{key}"), *args, **options)

    drawn.held = True
    return drawn


def _seed(key: str, said: tuple[str, ...] | None) -> None:
    """Let a bound widget begin with a value of the link, as when a page is loaded with it: whatever
    it was set to is forgotten, and its limits and options hold. Without a value it stays as it is.
    """
    with get_script_run_ctx().session_state.query_params() as parameters:
        if said is None:
            parameters._initial_query_params.pop(key, None)
            return
        parameters._initial_query_params[key] = list(said)
        if parameters.has_param(key) and parameters.get_all(key) != list(said):
            parameters._set_item_internal(key, said[0] if len(said) == 1 else said)
            parameters._send_query_param_msg()
    if key in st.session_state:
        del st.session_state[key]


def lay(said: dict[str, list[str]]) -> None:
    """Make the address say this and nothing else, also of what widgets are bound to, which are
    bound again when they are drawn."""
    with get_script_run_ctx().session_state.query_params() as parameters:
        for widget in list(parameters._bindings_by_widget):
            parameters.unbind_widget(widget)
        parameters.from_dict(said)
