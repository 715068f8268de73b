"""The main job in a real Chromium: train, watch, stop, look inside, let it write."""

import os
import re
import signal
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from lm_core.runs.store import ACTIVE, WAITING, RunStore
from lm_core.training.events import Checkpointed, Step
from tests.waiting import until

pytestmark = pytest.mark.browser

STEP = "[data-testid=stMetricValue] >> nth=0"


@pytest.fixture(autouse=True)
def nothing_goes_on(store: RunStore) -> Iterator[None]:
    """A failed test leaves no run behind that would keep the next one waiting."""
    yield
    for run in store.runs_with((*WAITING, *ACTIVE)):
        store.update(run.id, requested="stop", requested_at=time.time())
    until(lambda: not store.runs_with(ACTIVE))


def test_a_bookmark_may_be_the_first_thing_a_fresh_server_sees(page: Page) -> None:
    page.goto("/train")
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_enabled()
    expect(page.get_by_text("See inside", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("text=names"))
    assert "visitor" not in page.url


def start(page: Page, *, budget: str = "5 min", model: str | None = None, url: str = "") -> str:
    """Open Train, press Start, wait for the first point; the run's id, from the address."""
    page.goto(f"{url}/train")
    begin = page.get_by_role("button", name="Start", exact=True)
    expect(begin).to_be_enabled()
    if model:
        page.get_by_role("combobox", name=re.compile("Model")).click()
        page.get_by_role("option", name=model, exact=True).click()
    page.get_by_text(budget, exact=True).click()
    expect(page.get_by_role("radio", name=budget)).to_have_attribute("aria-checked", "true")
    begin.click()
    expect(page.locator(STEP)).to_have_text(re.compile(r"^[\d,]+$"))
    expect(page).to_have_url(re.compile(r"run="))
    return re.search(r"run=([\w-]+)", page.url).group(1)


def stop(page: Page) -> None:
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_text(re.compile(r"^Stopped\."))).to_be_visible()


def step_shown(page: Page) -> int:
    return int(page.locator(STEP).inner_text().replace(",", ""))


def steer(page: Page, store: RunStore, run: str) -> None:
    """Change the rate while it runs."""
    rate = page.locator("[class*=st-key-train-rate] input")
    page.get_by_role("button", name="Steer").click()
    rate.fill("-5")
    rate.press("Enter")
    page.get_by_role("button", name="Use this rate").click()
    expect(page.get_by_text("“Learning rate” must be from")).to_be_visible()
    rate.fill("0.001")
    rate.press("Enter")
    page.get_by_role("button", name="Use this rate").click()
    expect(page.get_by_text("Learning rate 0.001, at the start 0.02.")).to_be_visible()
    expect(page.get_by_text("“Learning rate” must be from")).to_be_hidden()
    page.keyboard.press("Escape")
    until(lambda: store.last(Step, run)["lr"] <= 0.001)
    page.get_by_role("radio", name="Learning rate", exact=True).first.click()
    expect(page.get_by_text(re.compile("% of its highest"))).to_be_visible()


def test_choose_train_refresh_steer_stop_look_inside_and_write(page: Page, store: RunStore) -> None:
    page.goto("/")
    page.get_by_role("link", name="Train", exact=True).click()
    run = start(page)
    first = step_shown(page)
    page.wait_for_function(
        "([selector, first]) => Number(document.querySelectorAll("
        "'[data-testid=stMetricValue]')[0].innerText.replace(',', '')) > first",
        arg=[STEP, first],
    )
    drawn = page.locator("[data-testid=stVegaLiteChart]")
    assert drawn.locator("canvas").count() + drawn.locator("svg").count() > 0
    before = step_shown(page)
    page.reload()  # it finds the run again
    expect(page.locator(STEP)).to_have_text(re.compile(r"^[\d,]+$"))
    assert f"run={run}" in page.url
    assert step_shown(page) >= before
    assert store.get(run).status == "running"
    steer(page, store, run)
    stop(page)
    assert store.get(run).status == "stopped"
    assert store.last(Step, run)["step"] == len(store.since(Step, run))

    page.get_by_role("link", name="Attention", exact=True).click()
    expect(page.get_by_role("heading", name="Attention", exact=True)).to_be_visible()
    expect(page.locator(".st-key-attention-all canvas").first).to_be_visible()
    page.get_by_role("link", name="Generate names", exact=True).click()
    expect(page.get_by_role("heading", name="Generate names", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile(r"Yours: Transformer")).first).to_be_visible()


@pytest.mark.slow
def test_two_windows_train_at_once_and_never_see_each_other(new_context, store: RunStore) -> None:
    one, two = new_context().new_page(), new_context().new_page()
    run_one, run_two = start(one), start(two, model="LSTM")
    assert [store.get(run).status for run in (run_one, run_two)] == ["running"] * 2
    assert run_one != run_two
    stop(one)
    stop(two)
    for page, mine, other in ((one, "Transformer", "LSTM"), (two, "LSTM", "Transformer")):
        expect(page.get_by_text(f"{mine}, US first names, 2017").first).to_be_visible()
        assert page.get_by_text(f"{other}, US first names, 2017").count() == 0
    # With the other's run in the address and one's own cookie, nothing of it is shown.
    stranger = re.sub(r"run=[\w-]+", f"run={run_two}", one.url)
    one.goto(stranger)
    expect(one.get_by_text(re.compile("This run is not here"))).to_be_visible()


@pytest.mark.slow
def test_a_killed_worker_is_said_in_words_and_the_run_goes_on(page: Page, store: RunStore) -> None:
    run = start(page)
    until(lambda: store.since(Checkpointed, run))
    shown = {row["step"]: row["nats"] for row in store.since(Step, run)}
    os.kill(store.get(run).pid, signal.SIGKILL)
    expect(page.get_by_text(re.compile("was ended from outside by SIGKILL"))).to_be_visible()
    until(lambda: store.last(Step, run)["step"] > max(shown))
    now = {row["step"]: row["nats"] for row in store.since(Step, run)}
    assert set(shown) <= set(now)
    # Another process may find that another number of threads pays, which adds in another order.
    assert {step: now[step] for step in shown} == pytest.approx(shown, rel=0.02)
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()
    stop(page)
