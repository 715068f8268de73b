"""Attention in a browser: heads are gone through by key and pressed, and the numbers, those of the
further parts, too, are the library's; on a phone too."""

import re

import pytest
import torch
from playwright.sync_api import Page, expect

from lm_core.checkpoints import load_checkpoint
from lm_core.figures import percent
from lm_core.inspection import attention_maps, text_ids
from lm_core.inspection.contributions import contributions
from lm_core.inspection.places import positions_of, turned
from pages._ui.shared.models import SHIPPED
from tests.browser.conftest import at_rest
from tests.browser.test_access import PHONE, found

pytestmark = pytest.mark.browser
NAME = "anastasia"
AT = "attention-model=Transformer%2C+US+first+names%2C+2017"


def test_what_moved_a_guess_is_switched_off_and_a_pair_is_turned(page: Page) -> None:
    saved = load_checkpoint(SHIPPED / "names-transformer")
    ids = text_ids(saved.tokenizer, NAME, items=True)
    moved = contributions(saved.model, ids)
    logit = f"{float(moved.logits.max()):.3f}"[:-1]
    page.goto(f"/attention?{AT}&attention-name={NAME}&attention-further=What+moved+the+guess")
    expect(page.locator(".st-key-attention-moved .js-plotly-plot")).to_be_visible()
    expect(page.get_by_text(re.compile("the model's own logit is"))).to_contain_text(logit)
    page.get_by_role("button", name="Switch off layer").click()
    expect(page.get_by_text(re.compile("Measured on 1,0.. tokens"))).to_be_visible()
    expect(page.locator("[data-testid=stMetric]")).to_have_count(3)
    page.get_by_role("radio", name="Positions").click()
    expect(page.locator(".st-key-attention-turned .js-plotly-plot")).to_be_visible()
    pair = turned(positions_of(saved.model), torch.zeros(24), len(NAME), 0)
    said = page.get_by_text(re.compile("Numbers 1 and 13 of the query"))
    expect(said).to_contain_text(f"It stands at place {len(NAME)}")
    expect(said).to_contain_text(f"{pair.step:.4g} radians")
    page.mouse.move(0, 0)  # what is hovered over or has the focus is Streamlit's own colour
    page.evaluate("document.activeElement.blur()")
    at_rest(page)
    assert found(page) == []
    page.set_viewport_size(PHONE)
    at_rest(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_heads_are_gone_through_in_the_browser_and_a_cell_is_the_librarys(page: Page) -> None:
    saved = load_checkpoint(SHIPPED / "names-transformer")
    maps = attention_maps(saved.model, text_ids(saved.tokenizer, NAME, items=True))
    page.goto(f"/attention?{AT}&attention-name={NAME}&attention-layer=1&attention-head=1")
    small = page.locator(".st-key-attention-all [role=slider]")
    large = page.locator(".st-key-attention-one [role=slider]")
    expect(large).to_have_attribute("data-at", "0,0")
    at_rest(page)
    shows = large.get_attribute("data-shows")
    box = large.bounding_box()
    small.focus()
    small.press("ArrowRight")
    small.press("ArrowDown")
    for view in (small, large):
        expect(view).to_have_attribute("data-at", "1,1")
    expect(small).to_have_attribute("aria-valuetext", "Layer 2, head 2")
    expect(page).to_have_url(re.compile("attention-layer=2&attention-head=2"))  # one has settled
    at_rest(page)
    large.focus()
    row, column = map(int, large.get_attribute("data-cell").split(","))
    assert row == 0 or column < row  # the strongest look at another
    large.press("End")
    large.press("PageDown")  # the last token at itself
    weight = float(maps[1, 1, -1, -1])
    expect(large).to_have_attribute("aria-valuetext", re.compile(f": {percent(weight)}$"))
    large.press("Enter")
    expect(page.locator(".katex-display").nth(1)).to_contain_text(f"{weight:.3f}")
    at_rest(page)
    assert (large.get_attribute("data-shows"), large.bounding_box()) == (shows, box)
    expect(large).to_be_focused()
