"""Every lab beyond text is trained from its own screen, beside who learned nothing: series, tables,
boxes, halves of digits, masks, ages, digits and games; foundations are in their own files."""

import re

import pytest
from playwright.sync_api import Page, expect

from lm_core.runs.store import RunStore
from lm_core.training.events import Evaluated
from tests.browser.conftest import at_rest
from tests.browser.test_access import PHONE, found
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.browser
SAID = 1000 * PATIENCE  # milliseconds
# Cells as a reader of screens is told of them: what is drawn on the canvas is no element.
ROWS = """(head) => [...document.querySelectorAll("[data-testid=data-grid-canvas] table")]
  .map((one) => [...one.querySelectorAll("tr")].map(
    (row) => [...row.querySelectorAll("th, td")].map((cell) => cell.textContent)))
  .find((rows) => rows[0]?.includes(head))"""
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


@pytest.mark.slow
def test_a_forecaster_learns_from_its_screen_and_is_under_the_same_hour_yesterday(
    page: Page, store: RunStore
) -> None:
    page.goto("/forecast?text=waves&forecast-budget=10+s")
    at_rest(page)
    assert found(page) == []
    page.get_by_role("button", name="Start").click()

    def ended():
        runs = store.runs_with(["finished"])
        return [one for one in runs if one.spec["task"]["name"] == "forecast"]

    (run,) = until(ended)
    at_rest(page)
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
    head, nothing, mine, *theirs = page.evaluate(ROWS, "seconds to learn")
    right = {row[0]: float(row[head.index("accuracy")]) for row in (nothing, mine)}
    assert min(right, key=right.get).startswith("Commonest class")
    assert mine[0].startswith("Yours")
    assert len(theirs) == 2
    page.goto("/tables?text=wine&tables-view=Many+together")
    expect(page.get_by_text("both get wrong")).to_be_visible(timeout=SAID)
    page.set_viewport_size(PHONE)
    at_rest(page)
    assert found(page) == []


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


@pytest.mark.slow
@pytest.mark.parametrize("question", ["The usual network", "Mend pictures"])
def test_a_question_about_digits_is_answered_by_a_run(
    question: str, page: Page, store: RunStore
) -> None:
    page.goto(f"/digits?digits-part=Train&digits-question={question.replace(' ', '+')}")
    at_rest(page)
    page.get_by_role("button", name="Start", exact=True).click()
    until(lambda: [one for one in store.runs_with(["finished"]) if one.title.endswith(question)])
    at_rest(page)

    def told():
        rows = page.evaluate(ROWS, "loss of a blind guess") or []
        return [row for row in rows if row[:2] in (["question", "state"], [question, "finished"])]

    head, row = until(lambda: told() if len(told()) == 2 else None)
    reached = dict(zip(head, row, strict=True))
    assert float(reached["loss"]) < 0.5 * float(reached["loss of a blind guess"])
    if question == "The usual network":
        assert float(reached["accuracy"]) >= 0.97


@pytest.mark.slow
def test_a_game_is_played_from_its_screen(page: Page, store: RunStore) -> None:
    page.goto("/gan?gan-part=Play")
    at_rest(page)
    page.get_by_role("button", name="Start", exact=True).click()
    until(lambda: [one for one in store.runs_with(["finished"]) if one.title.startswith("GAN:")])
    said = page.get_by_text("Step 1,000: energy distance")
    expect(said).to_be_visible(timeout=SAID)
    made, mean = re.search(r"distance ([\d.]+) \(.*?: ([\d.]+)\)", said.inner_text()).groups()
    assert float(made) < 0.2 * float(mean)
