"""A text with the model's eyes: its figures are those of the library, a token can be pressed."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lm_core.checkpoints import load_checkpoint
from lm_core.encoded import encode_documents
from lm_core.evaluation import evaluate
from tests.browser.conftest import at_rest
from tests.browser.test_access import PHONE, found

pytestmark = pytest.mark.browser

SHIPPED = Path(__file__).parents[2] / "checkpoints/speeches-transformer"
TEXT = "The state of the union is strong, said the giraffe."


@pytest.mark.slow
def test_a_pasted_text_has_the_figures_of_the_library(page: Page) -> None:
    page.goto("/reading")
    at_rest(page)
    box = page.get_by_role("textbox", name="Your text")
    box.fill(TEXT)
    box.press("Control+Enter")
    saved = load_checkpoint(SHIPPED)
    score = evaluate(saved.model, encode_documents([TEXT], saved.tokenizer, items=False))
    metric = page.get_by_test_id("stMetric").filter(has_text="Nats per token")
    expect(metric).to_contain_text(f"{score.nats_per_token:.3f}")
    expect(page).to_have_url(re.compile("reading-text=The"))
    tokens = page.locator(".st-key-reading-tokens-0 [role=button]")
    expect(tokens).to_have_count(score.tokens)
    at_rest(page)
    assert found(page) == []
    tokens.nth(3).click()
    expect(page.get_by_text(f"Token 4 of {score.tokens}")).to_be_visible()
    expect(page).to_have_url(re.compile("reading-token=4"))
    page.get_by_role("radio", name="Rank").click()
    expect(tokens.nth(3)).to_have_attribute("title", re.compile(r"guess number \d"))
    at_rest(page)
    page.set_viewport_size(PHONE)
    page.reload()
    expect(tokens.nth(3)).to_have_attribute("aria-pressed", "true")
    expect(tokens.nth(3)).to_have_attribute("title", re.compile("guess number"))
    at_rest(page)
    assert found(page) == []
