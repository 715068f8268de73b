"""From averaging to attention in a browser: a number is changed in its cell, and all follows."""

import re

import pytest
from playwright.sync_api import Page, expect

from lm_core.charts.matrices import written
from lm_core.inspection.one_head import head_steps, some_weights, some_words
from pages._ui.averaging.numbers import CELL, FIRST, NAMES, ROW
from tests.browser.conftest import at_rest
from tests.browser.test_access import found
from tests.waiting import until

pytestmark = pytest.mark.browser


def changed(page: Page, to: str) -> bool:
    """Whether the first number of the first word could be made `to`: two clicks open its cell,
    whose field is written in only once it holds the keys. What is drawn on a canvas is no element
    to wait for, so where a click came before the table listened, it is clicked again."""
    grid = page.locator("[class*=st-key-averaging-x-] [data-testid=data-grid-canvas]")
    field = page.locator(".gdg-input").first
    if field.count() == 0:
        grid.scroll_into_view_if_needed()
        box = grid.bounding_box()
        page.mouse.dblclick(box["x"] + NAMES + CELL / 2, box["y"] + 1.5 * ROW)
        return False  # it opens, or is clicked again at the next look
    if not field.evaluate("e => e === document.activeElement"):
        return False
    field.fill(to)
    expect(field).to_have_value(to)
    field.press("Enter")
    expect(field).to_have_count(0)
    return True


def test_a_number_is_changed_and_what_is_made_of_it_follows(page: Page) -> None:
    page.goto("/from_averaging_to_attention?averaging-step=2+Ask")
    at_rest(page)
    scores = page.locator(".st-key-averaging-scores")
    x, weights = some_words(FIRST.split(), 3, 0), some_weights(3, 3, 0)
    before = written(float(head_steps(x, weights).scores[0, 0]))
    expect(scores.locator(".annotation-text").first).to_have_text(before)
    until(lambda: changed(page, "4"), look=2)
    x[0, 0] = 4
    after = written(float(head_steps(x, weights).scores[0, 0]))
    assert after != before
    expect(scores.locator(".annotation-text").first).to_have_text(after)
    page.mouse.move(0, 0)
    assert found(page) == []
    page.get_by_role("button", name="On to step 3").click()
    expect(page).to_have_url(re.compile("averaging-step=3"))
    at_rest(page)
