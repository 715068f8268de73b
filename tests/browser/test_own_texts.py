"""A list of one's own in a real Chromium: given, found again after a refresh, and written on."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import at_rest

pytestmark = pytest.mark.browser

TOWNS = "\n".join(f"{a}{b}" for a in ("Ash", "Oak", "Elm", "Yew") for b in ("ton", "ford", "by"))
TOWNS += "\n" + "\n".join(f"New {town}" for town in TOWNS.split())
PROSE = "It was a bright cold day in April, and the clocks were striking thirteen. " * 9
# Of each name: whether all of it is inside of every box that would cut it off, or scroll.
IN_VIEW = """() => [...document.querySelectorAll('[data-testid=stHtml] div')]
    .filter(name => name.style.breakInside === 'avoid')
    .map(name => {
        const at = name.getBoundingClientRect();
        for (let box = name.parentElement; !/^st(Main|App)/.test(box.dataset.testid); ) {
            const cuts = getComputedStyle(box).overflow !== 'visible';
            const to = box.getBoundingClientRect();
            if (cuts && (at.top < to.top - 1 || at.bottom > to.bottom + 1 ||
                         at.left < to.left - 1 || at.right > to.right + 1)) return false;
            box = box.parentElement;
        }
        return at.height > 0 && name.scrollWidth <= name.clientWidth + 1;
    })"""


def give(page: Page, text: str, name: str) -> None:
    page.goto("/train?text=own")
    page.get_by_role("textbox", name="Text", exact=True).fill(text)
    page.keyboard.press("Control+Enter")
    page.get_by_role("textbox", name="Name", exact=True).fill(name)
    page.get_by_role("button", name="Use this text").click()
    expect(page.get_by_role("button", name="Name, download, delete")).to_be_visible()


@pytest.mark.slow
def test_texts_of_ones_own_stay_and_write_at_once(page: Page) -> None:
    give(page, PROSE, "Clocks")
    give(page, TOWNS, "Towns")
    page.goto("/dataset_explorer?text=names")
    page.get_by_role("combobox").first.click()
    for name in ("Yours: Towns", "Yours: Clocks"):
        expect(page.get_by_role("option", name=name)).to_be_visible()
    page.get_by_role("option", name="Yours: Towns").click()
    expect(page).to_have_url(re.compile("text=own-"))
    page.get_by_role("link", name="Generate names", exact=True).click()
    expect(page.get_by_text("counted just now")).to_be_visible()
    at_rest(page)
    assert page.evaluate(IN_VIEW) == [True] * 20
    page.set_viewport_size({"width": 400, "height": 800})
    page.goto("/generate_names?text=names")
    expect(page.get_by_text("Transformer", exact=True).first).to_be_visible()
    at_rest(page)
    assert page.evaluate(IN_VIEW) == [True] * 60
