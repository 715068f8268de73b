"""Compare in a real Chromium: a race from the click to its table, also across a refresh."""

import re

import pytest
from playwright.sync_api import Page, expect

from lm_core.runs.finish import FACT
from lm_core.runs.store import RunStore
from tests.browser.conftest import at_rest
from tests.browser.test_access import found

pytestmark = pytest.mark.browser

COUNTING = ("Bigram", "N-gram")
CHART = "[data-testid=stVegaLiteChart]"


def choose(page: Page, *families: str) -> None:
    """These families and no others."""
    at_rest(page)
    for pill in page.get_by_role("toolbar", name="Families").get_by_role("button").all():
        on = pill.get_attribute("aria-pressed") == "true"
        if on != (pill.inner_text().strip() in families):
            pill.click()
            at_rest(page)


def raced(page: Page, store: RunStore) -> list:
    id = re.search(r"race=([\w-]+)", page.url)[1]
    with store._reading() as db:
        (owner,) = db.execute("SELECT owner FROM races WHERE id = ?", (id,)).fetchone()
    return store.runs_in(id, owner)


def test_a_race_ships_and_one_that_is_started_comes_to_its_table(
    page: Page, store: RunStore
) -> None:
    page.goto("/compare")
    expect(page.locator(CHART)).to_be_visible()  # before anything is touched
    expect(page.get_by_text("A race that ships with the lab")).to_be_visible()
    at_rest(page)
    assert found(page) == []
    choose(page, *COUNTING)
    page.get_by_role("button", name="Start the race").click()
    expect(page.get_by_text("All runs are done.")).to_be_visible()
    runs = raced(page, store)
    assert {run.spec["model"]["name"] for run in runs} == {"bigram", "ngram"}
    nats = min(run.facts[FACT]["validation_nats"] for run in runs)
    expect(
        page.get_by_text(f"From the lowest validation loss up: N-gram ({nats:.3f})")
    ).to_be_visible()
    page.reload()
    expect(page.get_by_text("All runs are done.")).to_be_visible()
    page.get_by_text("Its runs", exact=True).click()
    page.get_by_role("link", name=re.compile("^N-gram")).click()
    expect(page.locator("h1")).to_have_text("Train")


@pytest.mark.slow
def test_eight_families_race_from_the_page_and_survive_a_refresh(
    page: Page, store: RunStore
) -> None:
    """One seed of each: about a minute and a half on two cores."""
    page.goto("/compare")
    at_rest(page)
    page.get_by_role("radio", name="1", exact=True).click()
    at_rest(page)
    page.get_by_role("button", name="Start the race").click()
    expect(page.get_by_text(re.compile(r"[1-7] of 8 runs are done"))).to_be_visible()
    page.reload()
    expect(page.get_by_text(re.compile(r"\d of 8 runs are done|All runs are done"))).to_be_visible()
    expect(page.get_by_text("All runs are done.")).to_be_visible()
    runs = raced(page, store)
    assert len(runs) == 8
    assert all(run.status == "finished" and run.facts[FACT]["test_nats"] for run in runs)
