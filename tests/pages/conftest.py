"""Screens are tested as they are served: through app.py."""

import pytest
import streamlit.testing.v1.app_test as app_test
from streamlit.runtime.pages_manager import PagesManager


@pytest.fixture(autouse=True)
def through_the_front_door(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest forgets before every run that `st.navigation` was called, so that Streamlit runs the
    screen alone, without app.py. Let it forget on a stand-in: a test then begins as a fresh server
    does and goes on as one."""
    monkeypatch.setattr(PagesManager, "uses_pages_directory", None)
    monkeypatch.setattr(app_test, "PagesManager", type("StandIn", (PagesManager,), {}))
