"""A tensor is stepped to, and its line and its figure are the library's; on a phone too."""

import pytest
from playwright.sync_api import Page, expect

from lm_core.checkpoints import load_checkpoint
from lm_core.inspection import text_ids
from lm_core.inspection.atlas import facts, follow
from pages._ui.shared.models import SHIPPED
from tests.browser.conftest import at_rest
from tests.browser.test_access import PHONE, found

pytestmark = pytest.mark.browser


def test_a_tensor_is_stepped_to_and_its_figure_is_the_librarys(page: Page) -> None:
    saved = load_checkpoint(SHIPPED / "names-rnn")
    ids = text_ids(saved.tokenizer, "anastasia", items=True).view(1, -1)
    steps = [made for made in follow(saved.model, ids).entries if made.step]
    page.goto("/tensors?tensors-model=RNN,+US+first+names,+2017")
    expect(page.locator(".st-key-tensors-way .js-plotly-plot")).to_be_visible()
    std = page.get_by_test_id("stMetric").filter(has_text="Std")
    expect(std).to_contain_text(f"{facts(steps[0].tensor).std:.4g}")
    page.get_by_role("button", name="Next tensor").click()
    expect(page.get_by_role("heading", name=steps[1].name)).to_be_visible()
    expect(std).to_contain_text(f"{facts(steps[1].tensor).std:.4g}")
    at_rest(page)
    assert found(page) == []
    page.set_viewport_size(PHONE)
    at_rest(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
