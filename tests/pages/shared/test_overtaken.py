"""A message that left the browser before it knew the last address takes nothing back."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui.shared import address, overtaken
from tests.pages.screens import gone_back
from tests.waiting import PATIENCE

APP = Path(__file__).parents[3] / "app.py"
COUNT, WORD, BOUND = "generate_names-batches", "reading-token", "memory-unit"


def screen() -> None:
    """A number that the session keeps and the address says, one that stands in the address alone,
    and one that a widget is bound to, beside a part that is drawn alone."""
    import streamlit as st

    from pages._ui.shared import address

    names = count, alone, bound = "generate_names-batches", "reading-token", "memory-unit"

    def more() -> None:
        st.session_state["count"] += 1

    def pick() -> None:
        st.query_params[alone] = str(int(st.query_params.get(alone, 0)) + 1)

    with address.leaving():
        if "count" not in st.session_state or address.brought(count):
            st.session_state["count"] = int(address.get(count) or 0)
        st.button("More", on_click=more, key="more")
        st.button("Pick", on_click=pick, key="pick")
        st.number_input("Bound", 0, 9, 0, key=bound, bind="query-params")
        st.fragment(lambda: st.button("Inside", key="inside"))()
        address.keep(count, str(st.session_state["count"] or ""))
        st.write({name: st.query_params.get(name, "") for name in names})


@pytest.fixture
def app() -> AppTest:
    overtaken.install()
    return AppTest.from_function(screen).run()


def shown(app: AppTest) -> tuple[str, str, str]:
    assert not app.exception
    said = [app.query_params.get(name, "") for name in (COUNT, WORD, BOUND)]
    assert app.session_state["count"] == int(said[0] or 0)
    return tuple(said)


def at(app: AppTest, **said: str) -> AppTest:
    """The browser knows this address, and sends it."""
    app.query_params.clear()
    app.query_params.update(said)
    return app


def test_a_press_that_knows_an_older_address_keeps_what_the_one_before_it_did(
    app: AppTest,
) -> None:
    app.button(key="more").click().run()
    app.button(key="pick").click().run()
    assert shown(app) == ("1", "1", "")
    for _ in range(2):
        at(app).button(key="more").click().run()
    assert shown(app) == ("3", "1", "")
    at(app, **{COUNT: "2"}).button(key="pick").click().run()
    assert shown(app) == ("3", "2", "")


@pytest.mark.parametrize("known", [{}, {COUNT: "1"}], ids=["not known", "known"])
def test_a_press_that_cuts_the_run_of_the_one_before_it_short_is_not_lost(
    app: AppTest, known: dict[str, str]
) -> None:
    noted = app.session_state[address.LEFT]
    app.button(key="more").click().run()
    app.session_state[address.LEFT] = noted  # a run that is cut short does not come to note its own
    at(app, **known).button(key="more").click().run()
    assert shown(app) == ("2", "", "")


def test_what_the_browser_writes_itself_is_the_browsers(app: AppTest) -> None:
    app.button(key="more").click().run()
    at(app, **{BOUND: "4"}).number_input(key=BOUND).set_value(4).run()
    assert shown(app) == ("1", "", "4")
    at(app).number_input(key=BOUND).set_value(0).run()
    assert shown(app) == ("1", "", "")


def test_where_nothing_was_pressed_the_address_says_what_is_shown(app: AppTest) -> None:
    """A link, or what somebody typed."""
    app.button(key="more").click().run()
    assert shown(at(app, **{COUNT: "7", WORD: "2"}).run()) == ("7", "2", "")
    assert shown(at(app).run()) == ("", "", "")


def test_back_is_followed_whatever_else_the_message_says(app: AppTest) -> None:
    app.button(key="more").click().run()
    app.button(key="more").click().run()
    app.button(key="inside").click()
    gone_back(app, {COUNT: "1"})
    assert shown(app) == ("1", "", "")


def test_a_part_that_is_drawn_alone_brings_no_address(app: AppTest) -> None:
    app.button(key="more").click().run()
    (part,) = app._fragment_storage._fragments
    gone_back(app, {}, fragment_id_queue=[part], is_history_navigation=False)
    assert app.query_params == {COUNT: "1"}
    assert shown(app.run()) == ("1", "", "")


# Screen -> the control that is pressed, the parameter, and what it is after two presses, if known.
PRESSED = {
    "autograd": ("autograd-next", "autograd-step", "3"),
    "counting": ("counting-draw", "counting-walk", None),
    "generate_names": ("generate_names-more", "generate_names-batches", "3"),
}


@pytest.mark.parametrize("screen", PRESSED)
def test_two_quick_presses_are_two_on_the_screens(
    screen: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the second leaves before the address of the first is known."""
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    key, name, twice = PRESSED[screen]
    held = []
    for quick in (False, True):
        app = AppTest.from_file(str(APP), default_timeout=PATIENCE)
        app.switch_page(f"pages/{screen}.py").run()
        known = dict(app.query_params)
        app.button(key=key).click().run()
        assert not app.exception
        if quick:
            at(app, **known)
        app.button(key=key).click().run()
        assert not app.exception
        held.append(app.query_params[name])
    assert held[0] == held[1]
    assert twice in (None, held[0])
