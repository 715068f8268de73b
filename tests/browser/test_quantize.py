"""The Quantize screen in a browser: a scheme, a weight, and what outliers ruin; and the whole way
there: a model that ships is adapted, compared with what it was, and made smaller."""

import re

import pytest
from playwright.sync_api import Page, expect

from lm_core.bench.adapt import STAGES, walk
from tests.browser.conftest import at_rest
from tests.browser.test_access import PHONE, found
from tests.browser.test_training import nothing_goes_on
from tools.lab_server import LabServer

__all__ = ["nothing_goes_on"]  # a fixture

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


@pytest.mark.slow
def test_a_shipped_model_is_adapted_compared_and_quantized(page: Page, lab: LabServer) -> None:
    """The way that `bench adapt` times; here each stage has to say what it found."""
    seen = {}

    def look(stage: str) -> None:
        at_rest(page)
        values = page.locator("[data-testid=stMetricValue]").all_inner_texts()
        seen[stage] = page.url, values, page.locator("[data-testid=stDataFrame]").count()

    walk(page, lab.url, look)
    assert tuple(seen) == STAGES
    _, (gain, forgotten), _ = seen["compare"]
    assert gain.startswith("+")  # nats won on the new text
    assert forgotten.startswith("+")  # and lost on the old one
    assert seen["quantize"][2] >= 1  # the table of all schemes
    assert found(page) == []
