"""Which run a screen shows: that of its address, else the one it showed last."""

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui.shared import address, overtaken
from pages._ui.shared.open_run import EXAMINED, TRAINED, OpenRun
from tests.pages.screens import gone_back
from tests.pages.stored import stored_run


def at(app: AppTest, page: str, **parameters: str) -> AppTest:
    """The app at an address."""
    app.switch_page(page)
    app.query_params.clear()
    app.query_params.update(parameters)
    app.run()
    assert not app.exception
    return app


@pytest.mark.parametrize(("shown", "kind"), [(TRAINED, "train"), (EXAMINED, "doctor")])
def test_it_is_found_again_by_the_address_and_without_it(
    train: AppTest, shown: OpenRun, kind: str
) -> None:
    first, second = (stored_run(train.session_state["visitor"], kind=kind) for _ in range(2))
    at(train, shown.page, **{shown.name: first})
    at(train, "pages/dataset_explorer.py")
    assert shown.name not in train.query_params
    at(train, shown.page)  # by the list of screens
    assert train.query_params[shown.name] == first
    at(train, shown.page, **{shown.name: second})  # by a link
    assert train.session_state[shown.key] == second
    at(train, shown.page)  # by Back, to before there was one
    assert shown.name not in train.query_params
    assert shown.key not in train.session_state


@pytest.mark.parametrize("shown", [TRAINED, EXAMINED], ids=["train", "doctor"])
def test_one_that_is_not_there_is_forgotten(train: AppTest, shown: OpenRun) -> None:
    at(train, shown.page, **{shown.name: "nobodys"})
    assert [error.value for error in train.error]
    assert shown.name not in train.query_params
    assert shown.key not in train.session_state


def cut_short() -> None:
    """A screen on which Start was pressed, and before it is drawn something else."""
    import streamlit as st

    from pages._ui.shared import address
    from pages._ui.shared.open_run import TRAINED

    with address.leaving():
        st.button("Something else", key="else")
        if st.button("Start", key="start"):
            TRAINED.show("the-new-one")
            st.stop()
        shown = TRAINED.id()
        if shown:
            TRAINED.show(shown)
        st.write(f"shown: {shown}")


@pytest.mark.parametrize("before", [{}, {"run": "an-older-one"}], ids=["none", "an older one"])
def test_a_click_that_cuts_a_start_short_does_not_undo_it(before: dict[str, str]) -> None:
    """By a browser that has not heard yet what Start did to the address."""
    overtaken.install()
    app = AppTest.from_function(cut_short)
    app.query_params.update(before)
    app.run()
    noted = app.session_state[address.LEFT]
    app.button(key="start").click().run()
    app.session_state[address.LEFT] = noted  # what is cut short does not come to note its own
    app.query_params.clear()
    app.query_params.update(before)
    app.button(key="else").click().run()
    assert not app.exception
    assert app.markdown[0].value == "shown: the-new-one"
    app.session_state[address.LEFT] = noted
    gone_back(app, before)
    assert app.markdown[0].value == f"shown: {before.get('run')}"


def back_too_soon() -> None:
    """Back on a screen before the one in between was drawn to its end: there it was slow."""
    import streamlit as st

    from pages._ui.shared import address
    from pages._ui.shared.open_run import TRAINED

    at = address._screen
    try:
        address._screen = lambda: "train"
        with address.leaving():
            TRAINED.show("mine")
        address._screen = lambda: "between"
        between = address.leaving()
        between.__enter__()
        st.query_params.clear()  # as the list of screens leads to one
        address._screen = lambda: "train"
        st.session_state["shown"] = TRAINED.id()
        between.__exit__(None, None, None)
    finally:
        address._screen = at


def test_a_run_is_found_again_while_the_screen_in_between_is_still_drawn() -> None:
    app = AppTest.from_function(back_too_soon).run()
    assert not app.exception
    assert app.session_state["shown"] == "mine"
