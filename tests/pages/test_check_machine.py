"""Check this machine: every line, a real training through the queue, and that it can be stopped."""

import pytest
from streamlit.testing.v1 import AppTest

from lm_core.runs import readiness
from lm_core.training import Budget
from pages._ui.check import looking
from pages._ui.shared import class_address, session
from tests.pages.shared.test_address import opened
from tests.waiting import until


@pytest.fixture
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of ten seconds; texts and models are looked at in tests/runs, and a test asks for
    no network."""
    monkeypatch.setattr(class_address, "lab_address", lambda: None)
    monkeypatch.setattr(readiness, "Budget", lambda **_: Budget(steps=20))
    monkeypatch.setattr(readiness, "texts", lambda: readiness.Line("Texts", True, "All."))
    monkeypatch.setattr(readiness, "models", lambda _: readiness.Line("Models", False, "*None*."))


def ended(app: AppTest) -> bool:
    app.run()
    assert not app.exception
    return looking.RUN not in app.session_state


def said(app: AppTest) -> list[str]:
    return [one.value for one in app.markdown if one.value.startswith((":", "○"))]


def test_it_comes_to_a_figure_and_leaves_no_run(few_steps: None) -> None:
    app = opened("check_machine")
    assert app.title[0].value == "Is this machine ready?"
    app.button(key="check-begin").click().run()
    assert not app.exception
    until(lambda: ended(app))
    lines = said(app)
    names = [line.partition("**")[2].partition(".**")[0] for line in lines]
    assert names == ["Texts", "Models", "Memory", "Disk", "Address", "Browser", "Training"]
    assert r":red[✗ to mend] **Models.** \*None\*" in lines[1]
    assert lines[-1].startswith(":green[✓ ready] **Training.** ")
    assert "after 20 steps; guessing blindly is 3.30" in lines[-1]
    assert app.warning[0].value.startswith("To mend before the lesson: ")
    store = session._manager().store
    assert store.runs_of(app.session_state["visitor"]) == []

    app.button(key="check-begin").click().run()
    app.button(key="check-stop").click().run()
    until(lambda: ended(app))
    assert said(app) == []
    assert store.runs_of(app.session_state["visitor"]) == []
