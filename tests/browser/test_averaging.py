"""From averaging to attention in a browser: a number is changed in its cell, and all follows."""

import re

import pytest
from playwright.sync_api import Page, expect

from lm_core.charts.matrices import written
from lm_core.inspection.one_head import head_steps, some_weights, some_words
from pages._ui.averaging.numbers import CELL, FIRST, NAMES, ROW
from tests.browser.conftest import at_rest
from tests.waiting import until

pytestmark = pytest.mark.browser


def opened(page: Page) -> bool:
    """Whether the first number of the first word is being edited, after two clicks on it: what is
    drawn on a canvas is no element to wait for."""
    grid = page.locator("[class*=st-key-averaging-x-] [data-testid=data-grid-canvas]")
    grid.scroll_into_view_if_needed()
    box = grid.bounding_box()
    page.mouse.dblclick(box["x"] + NAMES + CELL / 2, box["y"] + 1.5 * ROW)
    return page.locator(".gdg-input").first.is_visible()


@pytest.mark.slow
def test_a_number_is_changed_and_what_is_made_of_it_follows(page: Page) -> None:
    page.goto("/from_averaging_to_attention?averaging-step=2+Ask")
    at_rest(page)
    scores = page.locator(".st-key-averaging-scores")
    x, weights = some_words(FIRST.split(), 3, 0), some_weights(3, 3, 0)
    before = written(float(head_steps(x, weights).scores[0, 0]))
    expect(scores.locator(".annotation-text").first).to_have_text(before)
    until(lambda: opened(page), look=0.5)
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    x[0, 0] = 4
    after = written(float(head_steps(x, weights).scores[0, 0]))
    assert after != before
    expect(scores.locator(".annotation-text").first).to_have_text(after)
    page.get_by_role("button", name="On to step 3").click()
    expect(page).to_have_url(re.compile("averaging-step=3"))
    at_rest(page)
