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
    picture = page.locator(".st-key-memory-map [role=slider]")
    expect(picture).to_have_attribute("data-cell", re.compile(f",{len(hidden) - 1}$"))
    unit = int(page.get_by_role("spinbutton", name="Unit").input_value())

    def near(t: int) -> str:
        return f"h = {float(hidden[t, unit]):.6f}"[:-2]

    said = page.get_by_text(re.compile("which does all this in one call"))
    expect(said).to_contain_text(near(-1))
    page.get_by_role("button", name="Next token").click()  # from the last to the first
    expect(said).to_contain_text(near(0))
    expect(picture).to_have_attribute("data-cell", f"{unit},0")
    gates = page.locator(".st-key-memory-all [role=slider]")
    gates.focus()
    gates.press("End")  # the last of them: the hidden state
    for view in (gates, picture):
        expect(view).to_have_attribute("data-at", "0,5")
    expect(page).to_have_url(re.compile("memory-gate=Hidden"))
    at_rest(page)
    picture.focus()
    picture.press("ArrowRight")
    value = f"{float(hidden[1, unit]):.3f}"
    expect(picture).to_have_attribute(
        "aria-valuetext", re.compile(f"^unit {unit} after .+{value}$")
    )
    picture.press("Enter")
    expect(said).to_contain_text(near(1))
    at_rest(page)
    assert found(page) == []
    page.set_viewport_size(PHONE)
    at_rest(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
