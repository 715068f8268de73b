"""A sentence is translated before one's eyes; a token is chosen, a beam widened, on a phone too."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import at_rest
from tests.browser.test_access import PHONE, found

pytestmark = pytest.mark.browser

ENDED = "■ ended"
RIGHT = "deux cent soixante et onze mille neuf cent quatre-vingt-quatorze"

# Of each thing that a list of several has chosen: how far its words, or itself, stand beyond.
BEYOND = """all => all.map((tag) => {
  const box = tag.closest("[data-testid=stMultiSelect]").getBoundingClientRect()
  const [own, said] = [tag.getBoundingClientRect(), tag.firstChild]
  return Math.max(own.right - box.right, own.bottom - box.bottom,
    said.scrollWidth - said.clientWidth, said.scrollHeight - said.clientHeight - 2)
})"""


def test_a_sentence_is_written_word_by_word_and_a_word_is_chosen(page: Page) -> None:
    page.goto("/translate")
    written = page.locator(".st-key-translate-written")
    looks = page.get_by_test_id("stVegaLiteChart").nth(1)  # below the bars in the page's order
    expect(written).to_contain_text("deux")
    box = looks.bounding_box()
    expect(written).to_contain_text(ENDED)
    expect(written).to_contain_text(RIGHT)
    at_rest(page)
    assert looks.bounding_box() == box  # it filled, and moved nothing
    assert found(page) == []
    chosen = page.locator("[data-testid=stMultiSelect] [data-tag]")  # with long names
    expect(chosen).to_have_count(5)
    assert max(chosen.evaluate_all(BEYOND)) <= 0
    page.get_by_role("button", name="Start over").click()
    others = page.locator(".st-key-translate-others button")
    expect(others).to_have_count(6)
    other = others.nth(1).inner_text().split()[0]
    others.nth(1).click()
    expect(written.locator("b")).to_have_text(other)
    page.get_by_role("button", name="Write on").click()
    expect(written).to_contain_text(ENDED)
    page.get_by_role("textbox", name=re.compile("Your sentence")).fill("ninety-one")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("translate-text=ninety-one"))
    expect(written).to_contain_text("quatre-vingt-onze")
    at_rest(page)
    page.set_viewport_size(PHONE)
    at_rest(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert max(chosen.evaluate_all(BEYOND)) <= 0
