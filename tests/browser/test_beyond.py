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


LABS = {  # address -> the button, the task, and what its figures have to be beyond
    "boxes?boxes-view=A+detector": ("Train", "detect", lambda row: row["mAP"] > 0.6),
    "digits?digits-part=Two+inputs": (
        "Train",
        "two-class",
        lambda row: row["class accuracy"] > 0.85,
    ),
    "digits?digits-part=Train": ("Start", "picture-class", lambda row: row["accuracy"] > 0.95),
    "masks?masks-view=Train+and+compare": ("Train", "segment", lambda row: row["mean IoU"] > 0.6),
    "age_from_a_face?ages-view=Train+and+judge": ("Train", "picture-value", lambda row: True),
}


@pytest.mark.slow
@pytest.mark.parametrize("address", LABS)
def test_a_lab_is_trained_from_its_screen(address: str, page: Page, store: RunStore) -> None:
    """Beside a baseline it beats: guessing blindly, whose loss the run knows; and its figures."""
    button, task, good = LABS[address]
    page.goto(f"/{address}")
    at_rest(page)
    page.get_by_role("button", name=button, exact=True).first.click()

    def ended():
        runs = store.runs_with(["finished"])
        return [one for one in runs if one.spec["task"]["name"] == task]

    (run,) = until(ended)
    last = store.last(Evaluated, run.id)
    assert good(last["metrics"])
    first = store.since(Evaluated, run.id)[0]
    assert last["nats"] < 0.8 * first["nats"]
