"""A link to settings, from the browser of one to those of others."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from lm_core.runs.owners import COOKIE
from lm_core.runs.store import RunStore
from tests.browser.conftest import at_rest
from tests.marks import most_slow

pytestmark = pytest.mark.browser

SEED = "77"
STEP = "[data-testid=stMetricValue] >> nth=0"


@pytest.mark.parametrize("others", most_slow([1, 3], quick=[1]))
def test_browsers_open_a_link_and_find_the_form_filled_in(
    page: Page, new_context: Callable[..., BrowserContext], others: int
) -> None:
    page.goto("/train")
    at_rest(page)
    page.get_by_text("More settings").click()
    seed = page.get_by_role("spinbutton", name="Seed")
    seed.fill(SEED)
    seed.press("Enter")
    page.get_by_text("10 s", exact=True).click()
    at_rest(page)
    page.get_by_role("button", name="Link to these settings").click()
    link = page.get_by_test_id("stCode").filter(has_text="spec=").inner_text().strip()
    visitors = who(page.context)
    for _ in range(others):
        context = new_context()
        other = context.new_page()
        other.goto(link)
        at_rest(other)
        expect(other.get_by_role("spinbutton", name="Seed")).to_have_value(SEED)
        expect(other.get_by_role("radio", name="10 s")).to_have_attribute("aria-checked", "true")
        expect(other.get_by_role("button", name="Start", exact=True)).to_be_enabled()
        expect(other.get_by_text("These are the settings of the address.")).to_be_visible()
        visitors |= who(context)
        other.reload()  # by now the address says it in its own words
        at_rest(other)
        expect(other.get_by_role("spinbutton", name="Seed")).to_have_value(SEED)
        context.close()
    assert len(visitors) == 1 + others


@pytest.mark.slow
def test_three_browsers_on_a_link_start_one_run(
    page: Page, new_context: Callable[..., BrowserContext], store: RunStore
) -> None:
    page.goto("/train")
    at_rest(page)
    page.get_by_text("5 min", exact=True).click()
    at_rest(page)
    page.get_by_role("button", name="Link to these settings").click()
    link = page.get_by_test_id("stCode").filter(has_text="spec=").inner_text().strip()
    pages = [page, *(new_context().new_page() for _ in range(2))]
    for one in pages:
        one.goto(link)
        at_rest(one)
        one.get_by_role("button", name="Start", exact=True).click()
        expect(one).to_have_url(re.compile("run="))
        expect(one.locator(STEP)).to_have_text(re.compile(r"^[\d,]+$"))
    runs = [re.search(r"run=([\w-]+)", one.url)[1] for one in pages]
    assert len(set(runs)) == 3
    first, *others = map(store.get, runs)
    assert [one.follows for one in others] == [first.id] * 2
    expect(pages[0].get_by_text(re.compile("3 of you watch this run"))).to_be_visible()
    pages[2].get_by_role("button", name="Stop", exact=True).click()
    expect(pages[2].get_by_text(re.compile(r"^Stopped\."))).to_be_visible()
    expect(pages[0].get_by_text(re.compile("2 of you watch this run"))).to_be_visible()
    assert [store.get(run).active for run in runs] == [True, True, False]
    for one in pages[:2]:
        one.get_by_role("button", name="Stop", exact=True).click()
        expect(one.get_by_text(re.compile(r"^Stopped\."))).to_be_visible()


def who(context: BrowserContext) -> set[str]:
    """The visitor that the lab takes this browser for."""
    return {one["value"] for one in context.cookies() if one["name"] == COOKIE}
