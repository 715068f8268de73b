"""Gates are there untouched, a unit is stepped through, and its number is the library's; on a phone
too."""

import re

import pytest
from playwright.sync_api import Page, expect

from lm_core.checkpoints import load_checkpoint
from lm_core.inspection import text_ids
from lm_core.inspection.gates import fused_hidden
from pages._ui.shared.models import SHIPPED
from tests.browser.conftest import at_rest
from tests.browser.test_access import PHONE, found

pytestmark = pytest.mark.browser


@pytest.mark.slow
def test_a_unit_is_stepped_through_and_its_number_is_the_librarys(page: Page) -> None:
    saved = load_checkpoint(SHIPPED / "names-lstm")
    hidden = fused_hidden(saved.model, text_ids(saved.tokenizer, "anastasia", items=True))
    page.goto("/memory")
    expect(page.locator(".st-key-memory-map .js-plotly-plot")).to_be_visible()
    unit = int(page.get_by_role("spinbutton", name="Unit").input_value())

    def near(t: int) -> str:
        return f"h = {float(hidden[t, unit]):.6f}"[:-2]

    said = page.get_by_text(re.compile("which does all this in one call"))
    expect(said).to_contain_text(near(-1))
    page.get_by_role("button", name="Next token").click()  # from the last to the first
    expect(said).to_contain_text(near(0))
    at_rest(page)
    assert found(page) == []
    page.set_viewport_size(PHONE)
    at_rest(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
