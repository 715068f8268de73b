"""Metrics by hand in a browser: a cell typed into, an example changed, a phone, by address."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import at_rest
from tests.browser.test_access import PHONE, found

pytestmark = pytest.mark.browser


@pytest.mark.slow
def test_metrics_are_done_by_hand_and_the_address_brings_them_back(page: Page) -> None:
    page.goto("/metrics")
    at_rest(page)
    page.get_by_role("button", name="Two sides likely").click()
    expect(page.get_by_text("2.2060", exact=True).first).to_be_visible()
    assert found(page) == []
    page.get_by_role("radio", name="Classification").click()
    page.get_by_role("button", name="Two classes").click()
    expect(page.get_by_text("accuracy = (2 + 2) / 5")).to_be_visible()
    at_rest(page)
    editor = page.get_by_test_id("stDataFrame").first
    box = editor.bounding_box()
    place = {"x": box["width"] - 30, "y": box["height"] - 15}  # yes, taken for yes
    editor.locator("canvas").first.dblclick(position=place, force=True)
    cell = page.locator("#portal input")
    cell.fill("7")
    expect(cell).to_have_value("7")
    cell.press("Enter")
    expect(page.get_by_text("accuracy = (2 + 7) / 10")).to_be_visible()
    expect(page).to_have_url(re.compile(r"metrics-counts=2%2C0%3B1%2C7"))
    at_rest(page)
    assert found(page) == []
    page.reload()
    expect(page.get_by_text("accuracy = (2 + 7) / 10")).to_be_visible()
    page.set_viewport_size(PHONE)
    page.get_by_role("radio", name="Translation and summaries").click()
    page.get_by_role("button", name="Change these").click()
    answer = page.get_by_role("textbox", name="Answer", exact=True)
    expect(answer).to_have_value(re.compile("knight-errant"))
    answer.fill("He believed it was proper.")
    answer.press("Control+Enter")
    expect(page).to_have_url(re.compile("metrics-said=He"))
    expect(page.get_by_text("The answer has c = 6 tokens")).to_be_visible()
    at_rest(page)
    assert found(page) == []
    page.get_by_role("radio", name="Where they disagree").click()
    expect(page.get_by_text("The negation says the opposite")).to_be_visible()
    page.mouse.move(0, 0)  # a segment that is pointed at has another background
    at_rest(page)
    assert found(page) == []
