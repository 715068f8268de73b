"""Every parameter of the screens that a lesson is given on can be held, by one mechanism."""

import ast
from pathlib import Path

import pytest
import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.testing.v1 import AppTest

from lm_core.lessons.link import LessonLink
from pages._ui.shared import held
from pages._ui.shared.parameters import KINDS, begins
from tests.pages.shared.test_address import opened

SHARED = ("text", "run", "spec", "race", "doctor", "doctor-of")
CONTROLS = ("selectbox", "number_input", "slider", "toggle", "text_input", "multiselect", "pills")
CONTROLS += ("segmented_control", "button_group", "radio", "checkbox", "text_area")
STATES = {  # what each is set to, away from what it begins with
    "train": {"train-model": ("lstm",), "train-budget": ("1 min",), "text": ("speeches",)},
    "compare": {
        "compare-seeds": ("2",),
        "compare-budget": ("1 min",),
        "compare-parameters": ("5000",),
    },
    "generate_text": {
        "generate_text-seed": ("5",),
        "generate_text-temperature": ("1.2",),
        "generate_text-top_p": ("0.5",),
        "generate_text-length": ("20",),
        "generate_text-beside": ("true",),
        "generate_text-look": ("samples",),
        "generate_text-samples": ("3",),
    },
    "attention": {"attention-layer": ("2",), "attention-head": ("2",), "attention-text": ("Ann",)},
    "doctor": {"doctor-model": ("lstm",), "doctor-steps": ("0", "1"), "text": ("names",)},
}


def params(screen: str) -> list[str]:
    return [name for name in KINDS if name.startswith(begins(screen)) or name in SHARED]


def drawn(app: AppTest) -> dict[str, object]:
    """The controls of the screen, by key."""
    found = {}
    for kind in CONTROLS:
        for one in app.main.get(kind):
            if one.key:
                found[one.key] = one
    return found


@pytest.mark.parametrize("screen", STATES)
def test_every_parameter_can_be_locked(screen: str) -> None:
    state, names = STATES[screen], params(screen)
    free = drawn(opened(screen, **state))
    app = opened(screen, lesson=LessonLink(screen, state, locked=names).to_address())
    assert not app.exception
    assert not app.error
    controls = drawn(app)
    with app.session_state._state.query_params() as parameters:
        bound = set(parameters._bindings_by_param) & set(names)
    assert bound
    assert set(controls) == set(free)
    for key in bound & set(controls):
        assert controls[key].disabled, key
        assert controls[key].value == free[key].value, key
    for key, one in controls.items():
        assert one.disabled == held.covers(names, key), key
    # A lesson says nothing of these, and another address is not listened to.
    wrong = dict.fromkeys(("run", "race", "doctor", "doctor-of"), "1")
    wrong |= {"text": "own", "spec": '{"seed":5}', **dict.fromkeys(bound, "9")}
    lesson = LessonLink(screen, state, hidden=names)
    app = opened(screen, lesson=lesson.to_address(), **wrong)
    assert not app.exception
    again = drawn(app)
    for key in bound & set(again):
        assert again[key].value == free[key].value, key
    for name in wrong:
        said = app.query_params.get(name, [])
        said = said if isinstance(said, list) else [said]
        assert said in ([], list(state.get(name, ())), ["names"]), name
    assert any("put back" in toast.value for toast in app.toast)


def test_all_controls_of_streamlit_are_wrapped_once() -> None:
    held.install()
    first = DeltaGenerator.selectbox
    held.install()
    assert DeltaGenerator.selectbox is first
    assert st.selectbox.__func__ is first
    assert {"button", "slider", "text_input", "segmented_control", "expander"} <= set(
        held.controls()
    )


def test_no_screen_goes_around_it() -> None:
    """It calls controls by name, so that the wrapped ones are found, and keeps none of them."""
    for path in (Path(__file__).parents[3] / "pages").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        from_it = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
        names = {a.name for n in from_it if n.module == "streamlit" for a in n.names}
        assert not names & set(held.controls()), path


def test_what_belongs_to_a_parameter() -> None:
    assert held.covers(["text"], "train-text")
    assert held.covers(["text"], "compare-text")
    assert not held.covers(["text"], "attention-text")  # a parameter of its own
    assert held.covers(["attention-text"], "attention-text")
    assert held.covers(["spec"], "train-m-names-lstm-char-n_layer")
    assert not held.covers(["spec"], "train-start")
    assert held.covers(["train-start"], "train-start")
