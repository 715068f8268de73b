"""A part of a screen that is drawn alone, in a real Chromium."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import at_rest
from tests.waiting import PATIENCE
from tools.lab_server import LabServer

pytestmark = pytest.mark.browser
APP = Path(__file__).with_name("alone_app.py")


def test_a_control_outside_that_a_button_inside_has_set_acts_at_once(
    page: Page, tmp_path: Path
) -> None:
    """And one inside is drawn without the rest."""
    # the lab's own settings are not read
    quiet = {
        "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
        "STREAMLIT_SERVER_ADDRESS": "localhost",
    }
    with LabServer(tmp_path, app=APP, environment=quiet, seconds=PATIENCE) as server:
        page.goto(server.url)
        at_rest(page)
        expect(page.get_by_text("given 0, own 0")).to_be_visible()
        page.get_by_role("button", name="Set the inner one").click()
        expect(page.get_by_text("given 0, own 1")).to_be_visible()
        expect(page.get_by_text("drawn 1", exact=True)).to_be_visible()
        page.get_by_role("button", name="Set the outer one").click()
        expect(page.get_by_text("given 1, own 1")).to_be_visible()
        expect(page.get_by_role("spinbutton", name="Outer")).to_have_value("1")
        expect(page.get_by_text("drawn 2", exact=True)).to_be_visible()
        page.goto("about:blank")
