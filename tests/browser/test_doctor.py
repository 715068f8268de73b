"""The five steps from the page in a real Chromium."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import at_rest, settled
from tests.waiting import until

pytestmark = pytest.mark.browser


@pytest.mark.slow
def test_five_verdicts_and_a_cell_opened(page: Page) -> None:
    page.goto("/doctor")
    go = page.get_by_role("button", name="Examine", exact=True)
    expect(go).to_be_enabled()
    expect(page.get_by_text(re.compile("every token alike would be"))).to_be_visible()
    seconds = page.get_by_role("spinbutton", name="Seconds")
    for given in ("20", "90"):  # more where a busy machine did not come to the grid
        seconds.fill(given)
        seconds.press("Enter")
        go.click()
        expect(page.get_by_text("Done.", exact=True)).to_be_visible()
        at_rest(page)
        if not page.get_by_text(re.compile("Time was up before the first cell")).count():
            break
    expect(page.get_by_text("Not yet.")).to_have_count(0)
    verdicts = page.get_by_text(re.compile("^(fine|worth knowing|mend this)$"))
    expect(verdicts.nth(4)).to_be_visible()  # the cards are drawn after "Done."
    expect(page.locator("[data-testid=stVegaLiteChart]").nth(4)).to_be_attached()
    expect(page.get_by_role("button", name="Stop", exact=True)).to_have_count(0)
    at_rest(page)
    cells = page.get_by_role("combobox", name=re.compile("Open a cell"))
    curve = page.get_by_role("link", name="Its curve →")

    def opened() -> bool:
        """By the keyboard; the page may look once more and close the list: then press again."""
        cells.press("ArrowDown")
        if page.get_by_role("option").first.is_visible():
            cells.press("Enter")
            settled(curve.is_visible)
        return curve.is_visible()

    until(opened)
    curve.click()
    expect(page.get_by_role("heading", name="Train", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile("rate .*, decay")).first).to_be_visible()


@pytest.mark.slow
def test_an_examination_stops_when_asked_and_keeps_what_it_found(page: Page) -> None:
    page.goto("/doctor")
    expect(page.get_by_text(re.compile("every token alike would be"))).to_be_visible()
    seconds = page.get_by_role("spinbutton", name="Seconds")
    seconds.fill("120")
    seconds.press("Enter")
    page.get_by_role("button", name="Examine", exact=True).click()
    expect(page.get_by_text(re.compile("Examining"))).to_be_visible()
    verdicts = page.get_by_text(re.compile("^(fine|worth knowing|mend this)$"))
    expect(verdicts.first).to_be_visible()
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_text("Stopped.", exact=True)).to_be_visible()
    expect(verdicts.first).to_be_visible()
    expect(page.get_by_text("Not taken.").first).to_be_visible()


@pytest.mark.slow
def test_a_click_on_a_cell_opens_its_run(page: Page) -> None:
    page.goto("/doctor")
    expect(page.get_by_text(re.compile("every token alike would be"))).to_be_visible()
    page.get_by_text("Which steps, and the grid of the fourth").click()
    for step in ("1. Does", "2. Can", "3. How", "5. Is"):
        page.get_by_role("button", name=re.compile(f"^{step}")).click()
    for label, value in (("Learning rates", "0.01 0.03"), ("Weight decays", "0 0.1")):
        page.get_by_label(label).fill(value)
        page.get_by_label(label).press("Enter")
    seconds = page.get_by_role("spinbutton", name="Seconds")
    seconds.fill("20")
    seconds.press("Enter")
    page.get_by_role("button", name="Examine", exact=True).click()
    expect(page.get_by_text("Done.", exact=True)).to_be_visible()
    cells = page.locator(".st-key-doctor-4-cells [role=graphics-document]").first
    expect(cells).to_be_visible()
    at_rest(page)  # it is drawn once more when the page has looked for the last time
    size = cells.bounding_box()
    cells.click(position={"x": 0.25 * size["width"], "y": 0.3 * size["height"]})
    expect(page.get_by_role("heading", name="Train", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile(r"rate 0\.01, decay 0(\. Started|$)")).first).to_be_visible()


@pytest.mark.slow
def test_a_broken_run_is_diagnosed_on_the_page(page: Page) -> None:
    page.goto("/doctor")
    page.get_by_text("Failure gallery", exact=True).click()
    page.get_by_role("button", name="Break it").first.click()
    expect(page.get_by_role("heading", name="Train", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile("^mend this")).first).to_be_visible()
    expect(page.get_by_text(re.compile("Lower the learning rate")).first).to_be_visible()
