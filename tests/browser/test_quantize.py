"""The Quantize screen in a browser: a scheme, a weight, and what outliers ruin."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import at_rest
from tests.browser.test_access import PHONE, found

pytestmark = pytest.mark.browser


@pytest.mark.slow
def test_a_weight_has_its_arithmetic_and_outliers_are_measured(page: Page) -> None:
    page.goto("/quantize")
    at_rest(page)
    row = page.get_by_role("spinbutton", name="Row of one weight")
    row.fill("9")
    row.press("Enter")
    expect(page).to_have_url(re.compile("quantize-row=9"))
    expect(page.get_by_text("The weight in row 9, column 4")).to_be_visible()
    at_rest(page)
    assert found(page) == []
    page.goto("/quantize?quantize-view=Outliers&quantize-model=Transformer, US first names, 2017")
    at_rest(page)
    page.get_by_role("button", name="Measure what each loses").click()
    expect(page.get_by_text("every logit equal")).to_be_visible()
    at_rest(page)
    page.set_viewport_size(PHONE)
    at_rest(page)
    assert found(page) == []
