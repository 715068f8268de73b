"""A written token is pressed, by mouse and by keyboard: what else was possible there."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import at_rest
from tests.browser.test_access import PHONE, found

pytestmark = pytest.mark.browser

TOKENS = ".st-key-generate_text-tokens [role=button]"


@pytest.mark.slow
def test_a_written_token_is_pressed_by_mouse_and_by_keyboard(page: Page) -> None:
    page.goto("/generate_text")
    at_rest(page)
    tokens, box = page.locator(TOKENS), page.get_by_test_id("stVegaLiteChart").first
    beside = box.bounding_box()
    tokens.nth(4).click()
    expect(page.get_by_text("Why this token?")).to_be_visible()
    expect(page).to_have_url(re.compile("generate_text-token=5$"))
    expect(tokens.nth(4)).to_have_attribute("aria-pressed", "true")
    at_rest(page)
    assert box.bounding_box() == beside  # nothing has jumped
    assert found(page) == []
    page.keyboard.press("ArrowRight")
    expect(tokens.nth(5)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("generate_text-token=6$"))
    expect(tokens.nth(5)).to_have_attribute("aria-pressed", "true")
    expect(tokens.nth(5)).to_be_focused()  # where one goes on from
    page.go_back()
    expect(tokens.nth(4)).to_have_attribute("aria-pressed", "true")
    page.set_viewport_size(PHONE)
    tokens.nth(6).click()
    expect(tokens.nth(6)).to_have_attribute("aria-pressed", "true")
    expect(tokens.nth(6)).to_be_in_viewport()
    expect(page.get_by_test_id("stVegaLiteChart").first).to_be_in_viewport(ratio=0.9)
