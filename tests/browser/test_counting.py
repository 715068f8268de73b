"""Counting in a browser: a cell of the table pressed, a slider moved, a training, by address."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import at_rest
from tests.browser.test_access import PHONE, found

pytestmark = pytest.mark.browser


@pytest.mark.slow
def test_a_name_is_walked_by_hand_and_a_table_is_learned(page: Page) -> None:
    page.goto("/counting?counting-walk=mar")
    at_rest(page)
    expect(page.get_by_text("The row at hand is that of r")).to_be_visible()
    page.get_by_role("button", name="Draw one", exact=True).click()
    expect(page).to_have_url(re.compile("counting-walk=mar."))
    page.get_by_role("button", name="Step back").click()
    expect(page.get_by_text("The row at hand is that of r")).to_be_visible()
    at_rest(page)
    # The first row and column are ⏎, a is the second: r → a.
    plot = page.locator(".js-plotly-plot .nsewdrag").first
    box = plot.bounding_box()
    place = {"x": box["width"] * 1.5 / 27, "y": box["height"] * 18.5 / 27}
    plot.hover(position=place)
    plot.click(position=place)
    expect(page).to_have_url(re.compile("counting-walk=mara"))
    at_rest(page)
    page.mouse.move(0, 0)
    assert found(page) == []
    page.reload()
    expect(page.get_by_text("The row at hand is that of a")).to_be_visible()
    page.get_by_role("radio", name="Longer runs").click()
    expect(page.get_by_text("Perplexity on new text")).to_be_visible()
    slider = page.get_by_role("slider").first
    slider.focus()
    slider.press("ArrowRight")
    expect(page.get_by_text("Loss by trust in shorter contexts, order 5")).to_be_visible()
    at_rest(page)
    page.mouse.move(0, 0)
    assert found(page) == []
    page.set_viewport_size(PHONE)
    page.get_by_role("radio", name="Learned instead").click()
    page.get_by_role("button", name="Learn", exact=True).click()
    expect(page.get_by_text(re.compile(r"Step (?:[4-9]\d|[1-5]\d\d) of 500"))).to_be_visible()
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    page.mouse.move(0, 0)
    at_rest(page)
    assert found(page) == []
