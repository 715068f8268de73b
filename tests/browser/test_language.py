"""A screen in German, in Chromium: its options too, which the browser shows in the language and
answers with in English."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import at_rest


def test_a_screen_in_german_and_back(new_context: Callable[..., BrowserContext]) -> None:
    page = new_context(locale="de-DE").new_page()
    page.goto("/metrics")
    expect(page.get_by_role("heading", name="Metriken", exact=True)).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.get_by_role("radio", name="Klassifikation").click()
    expect(page.get_by_text("Ein Modell, das Texte in Klassen sortiert")).to_be_visible()
    expect(page).to_have_url(re.compile("metrics-part=Classification"))
    at_rest(page)
    page.get_by_role("radio", name="English").click()
    expect(page.get_by_role("heading", name="Metrics", exact=True)).to_be_visible()
    expect(page.get_by_role("radio", name="Classification")).to_be_visible()


def test_what_the_browser_draws_itself_is_said_in_german(
    new_context: Callable[..., BrowserContext],
) -> None:
    page = new_context(locale="de-DE").new_page()
    page.goto("/attention?attention-layer=1&attention-head=1")
    chosen = page.locator("[data-testid=stSelectbox] input").first  # put together from two names
    expect(chosen).to_have_value("Transformer, Reden zur Lage der Nation")
    large = page.locator(".st-key-attention-one [role=slider]")
    expect(large).to_have_attribute("aria-label", "Zellen von Schicht 1, Kopf 1")
    large.press("Home")
    large.press("PageDown")
    expect(large).to_have_attribute("aria-valuetext", re.compile(r" schaut auf .+: [\d,]+ %$"))
    expect(page.get_by_role("button", name="Als PNG speichern")).to_have_count(2)
    at_rest(page)
    page.get_by_role("radio", name="English").click()
    expect(large).to_have_attribute("aria-label", "Cells of Layer 1, head 1")
    expect(page.get_by_role("button", name="Save as PNG")).to_have_count(2)
    at_rest(page)


@pytest.mark.slow
def test_what_a_list_has_chosen_is_said_in_german(
    new_context: Callable[..., BrowserContext],
) -> None:
    page = new_context(locale="de-DE").new_page()
    page.goto("/train")
    chosen = page.locator("[data-testid=stSelectbox] input").first
    expect(chosen).to_have_value("Vornamen aus den USA, 2017")
    at_rest(page)
    chosen.click()
    page.get_by_role("option", name="Reden zur Lage der Nation").click()
    expect(page).to_have_url(re.compile("text=speeches"))
    expect(chosen).to_have_value("Reden zur Lage der Nation")
    at_rest(page)
    page.get_by_role("heading", level=1).click()
    expect(chosen).to_have_value("Reden zur Lage der Nation")
