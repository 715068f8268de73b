"""Forecast and Tables in a browser: each trained from its own screen, and readable by everybody."""

import pytest
from playwright.sync_api import Page, expect

from lm_core.runs.store import RunStore
from lm_core.training.events import Evaluated
from tests.browser.conftest import at_rest
from tests.browser.test_access import PHONE, found
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.browser
SAID = 1000 * PATIENCE  # milliseconds


@pytest.mark.slow
def test_a_forecaster_learns_from_its_screen_and_is_under_the_same_hour_yesterday(
    page: Page, store: RunStore
) -> None:
    page.goto("/forecast?text=waves&forecast-budget=10+s")
    at_rest(page)
    assert found(page) == []
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("Trained. Step")).to_be_visible(timeout=SAID)
    at_rest(page)
    (run,) = [
        one for one in store.runs_with(["finished"]) if one.spec["task"]["name"] == "forecast"
    ]
    best = min(row["nats"] for row in store.since(Evaluated, run.id))
    assert best < 0.9  # 0.953 is that of the same time a day before
    notice = page.get_by_test_id("stMarkdown").filter(has_text="What to notice:")
    expect(notice).to_contain_text("Yours: LSTM forecaster")
    page.set_viewport_size(PHONE)
    at_rest(page)
    assert found(page) == []


@pytest.mark.slow
def test_three_settings_are_trained_from_the_screen_of_tables(page: Page) -> None:
    page.goto("/tables?text=wine&tables-view=Models+beside+each+other")
    at_rest(page)
    assert found(page) == []
    page.get_by_role("button", name="Train three").click()
    link = page.get_by_text("Curves and settings of the last one")
    expect(link).to_be_visible(timeout=SAID)
    at_rest(page)
    page.goto("/tables?text=wine&tables-view=Many+together")
    expect(page.get_by_text("both get wrong")).to_be_visible(timeout=SAID)
    page.set_viewport_size(PHONE)
    at_rest(page)
    assert found(page) == []


LABS = {  # address -> the button, the task, the baseline in the screen's table, what is compared
    "boxes?boxes-view=A+detector": ("Train", "detect", "sliding window", "mAP", max),
    "digits?digits-part=Two+inputs": ("Train", "two-class", "always the commonest", "digit", max),
    "masks?masks-view=Train+and+compare": ("Train", "segment", "all background", "mean IoU", max),
    "age_from_a_face?ages-view=Train+and+judge": (
        "Train",
        "picture-value",
        "always the mean",
        "mean error (years)",
        min,
    ),
}
# Cells as a reader of screens is told of them: what is drawn on the canvas is no element.
ROWS = """(head) => [...document.querySelectorAll("[data-testid=data-grid-canvas] table")]
  .map((one) => [...one.querySelectorAll("tr")].map(
    (row) => [...row.querySelectorAll("th, td")].map((cell) => cell.textContent)))
  .find((rows) => rows[0]?.includes(head))"""


@pytest.mark.slow
@pytest.mark.parametrize("address", LABS)
def test_a_lab_is_trained_from_its_screen(address: str, page: Page, store: RunStore) -> None:
    """What it learned stands in the screen's own table, beside a baseline that it beats."""
    button, task, baseline, figure, better = LABS[address]
    page.goto(f"/{address}")
    at_rest(page)
    page.get_by_role("button", name=button, exact=True).first.click()

    def ended():
        runs = store.runs_with(["finished"])
        return [one for one in runs if one.spec["task"]["name"] == task]

    (run,) = until(ended)
    page.goto(f"/{address}")
    at_rest(page)

    def told():
        rows = page.evaluate(ROWS, figure) or []
        return rows if len(rows) > 2 else None

    head, *rows = until(told)
    at = head.index(figure)
    reached = {row[0 if row[0] else 1]: float(row[at]) for row in rows if row[at]}
    (known,) = [name for name in reached if name.startswith(baseline)]
    (own,) = [name for name in reached if run.title in name]
    assert reached[own] != reached[known]
    assert better(reached[own], reached[known]) == reached[own]
