"""A screen in German, in Chromium: its options too, which the browser shows in the language and
answers with in English."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import at_rest

SCREENS = sorted(path.stem for path in Path("pages").glob("*.py"))


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


def test_what_a_button_has_chosen_in_a_list_is_said_in_german(
    new_context: Callable[..., BrowserContext],
) -> None:
    page = new_context(locale="de-DE").new_page()
    page.goto("/lessons")
    page.get_by_role("button", name=re.compile("^Öffnen")).first.click()
    expect(page.get_by_role("button", name="Schritt 1 öffnen")).to_be_visible()
    chosen = page.locator("[data-testid=stSelectbox] input").first
    expect(chosen).to_have_value("Buchstabenpaare und Zufall")
    at_rest(page)
    expect(chosen).to_have_value("Buchstabenpaare und Zufall")


# Words of a screen that stand beyond what is shown of their box, or of the picture they are in.
CUT = """() => {
  const out = new Set(), main = document.querySelector('[data-testid=stMain]');
  const right = (one) => one.getBoundingClientRect().right;
  for (const one of main.querySelectorAll('*')) {
    if (![...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
    if (!one.checkVisibility() || one.closest('.katex-mathml')) continue;  // that is for the ear
    const words = document.createRange();
    words.selectNodeContents(one);
    for (let box = one; box !== main; box = box.parentElement) {
      const beyond = getComputedStyle(box).overflowX;
      if (/auto|scroll/.test(beyond)) break;  // one scrolls to it
      if (/hidden|clip/.test(beyond) && box.clientWidth > 1 && right(words) > right(box) + 1)
        out.add(one.textContent.trim());
    }
  }
  for (const field of main.querySelectorAll('input[placeholder]'))
    if (!field.value && field.scrollWidth > field.clientWidth + 1) out.add(field.placeholder);
  for (const text of main.querySelectorAll('svg text')) {
    const words = text.getBoundingClientRect();
    const picture = text.ownerSVGElement.closest('svg:not(svg svg)').getBoundingClientRect();
    if (words.width && (words.left < picture.left - 2 || words.right > picture.right + 2))
      out.add(text.textContent);
  }
  return [...out];
}"""


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 400])
def test_every_screen_in_german_has_room_for_its_words(
    new_context: Callable[..., BrowserContext], width: int
) -> None:
    page = new_context(locale="de-DE").new_page()
    page.set_viewport_size({"width": width, "height": 860})
    cut = {}
    for screen in SCREENS:
        page.goto("/" if screen == "home" else f"/{screen}")
        at_rest(page)
        expect(page.locator("html")).to_have_attribute("lang", "de")
        if words := page.evaluate(CUT):
            cut[screen] = words
        if page.evaluate("document.documentElement.scrollWidth") > width:
            cut[screen] = "the page is wider than the window"
    assert cut == {}
