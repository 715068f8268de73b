"""A text in tokens, for everyone: by address, on a phone, to a screen reader."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import at_rest
from tests.browser.test_access import PHONE, found

pytestmark = pytest.mark.browser


@pytest.mark.slow
def test_a_text_is_seen_in_tokens_and_its_address_brings_it_back(page: Page) -> None:
    page.goto("/tokenizers?text=names")
    at_rest(page)
    text = page.get_by_role("textbox", name="Your text", exact=True)
    expect(text).to_have_value(re.compile("unhappiest"))
    text.fill("hii there")
    text.press("Enter")
    tokens = page.get_by_role("list", name="Your text under GPT-2's own (BPE)")
    expect(tokens.get_by_role("listitem")).to_have_text(["h71", "ii4178", "·there612"])
    expect(page).to_have_url(re.compile("tokenizers-own=hii"))
    at_rest(page)
    assert found(page) == []
    page.set_viewport_size(PHONE)
    page.goto("/tokenizers?text=names&tokenizers-own=hii+there&tokenizers-look=Merges")
    expect(text).to_have_value("hii there")
    page.get_by_role("slider", name="Merges done").focus()
    page.keyboard.press("Home")
    expect(page.get_by_text("Its bytes, a token each")).to_be_visible()
    at_rest(page)
    assert found(page) == []
    page.goto("/tokenizers?text=names&tokenizers-look=Bytes")
    expect(text).to_have_value(re.compile("unhappiest"))
