"""The list of screens is put together at every run, their files are looked for once."""

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages._ui.shared import screens
from tests.pages.conftest import APP
from tests.waiting import PATIENCE


def test_the_file_of_a_screen_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, make = [], st.Page
    monkeypatch.setattr(st, "Page", lambda file, **about: asked.append(file) or make(file, **about))
    screens._page.cache_clear()
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    for screen in ("lessons", "memory"):
        assert not app.switch_page(f"pages/{screen}.py").run().exception
    assert len(asked) == len(set(asked)) > 40
    screens._page.cache_clear()  # not those of this test for others
