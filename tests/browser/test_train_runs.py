"""The Train screen in a real Chromium: steer a run, look closer, lay runs over each other, look
back in time."""

import re
import zipfile

import pytest
from playwright.sync_api import Locator, Page, expect

from lm_core.runs.owners import COOKIE
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec
from lm_core.runs.store import RunStore
from lm_core.training import Budget
from lm_core.training.events import Diagnosed, Evaluated, Step
from tests.browser.conftest import at_rest, settled
from tests.browser.test_training import STEP, nothing_goes_on, start, stop
from tests.pages.stored import FACTS
from tests.waiting import until
from tools.lab_server import LabServer

__all__ = ["nothing_goes_on"]  # a fixture

pytestmark = pytest.mark.browser

CHART = "[data-testid=stVegaLiteChart]"
ARROW = '.mark-symbol path[transform$=",5)"]'  # at the upper edge
# Numbers that stand along the axes of a chart; those on their way out have no opacity.
TICKS = """chart => [...chart.querySelectorAll('.role-axis-label text')]
    .filter(e => e.getAttribute('opacity') !== '0').map(e => e.textContent)"""


def chart(page: Page) -> Locator:
    return page.locator(CHART).first


def aim(page: Page) -> tuple[float, float]:
    """Put the mouse on the middle of the chart, wherever it stands now."""
    chart(page).scroll_into_view_if_needed()
    box = chart(page).bounding_box()
    place = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(*place)
    return place


def steps_in_view(page: Page) -> tuple[float, float]:
    """The first and the last number along the lower axis."""
    texts = chart(page).evaluate(TICKS)
    numbers = [float(t.replace(",", "")) for t in texts if re.fullmatch(r"[\d,]+", t)]
    return min(numbers), max(numbers)


def tick(page: Page, row: int) -> None:
    """Tick a row of the table of runs, which is a picture without elements of its own."""
    at_rest(page)  # a table on its way out takes no click
    table = page.locator("[data-testid=stDataFrame]").last
    table.evaluate("e => e.scrollIntoView({block: 'center'})")
    box = table.bounding_box()
    page.mouse.click(box["x"] + 14, box["y"] + 35 * (row + 1) + 17)


@pytest.mark.slow
def test_a_value_above_the_picture_is_an_arrow_that_says_it(page: Page, store: RunStore) -> None:
    """Never a point at the edge: the number is that of the headline."""
    page.goto("/train")
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_enabled()
    owner = next(c["value"] for c in page.context.cookies() if c["name"] == COOKIE)
    spec = default_spec(CorpusSpec(name="names"), "lstm", budget=Budget(steps=40))
    run = store.create(owner, "It climbs", spec.to_dict())
    steps = [Step(k, 100 * k, 0.1 * k, 3.3 - 0.02 * k) for k in range(1, 41)]
    climbs = [(1, 3.3), (10, 3.0), (20, 4.0), (30, 16.69)]
    evaluated = [Evaluated(k, 100 * k, "validation", nats, 500, True) for k, nats in climbs]
    store.record(run, [*steps, *evaluated])
    store.update(run, status="stopped", facts=FACTS)
    page.goto(f"/train?run={run}")
    said = "1 value lies above the picture, up to 16.7 (validation, step 30)"
    expect(page.get_by_text(said)).to_be_visible()
    expect(page.locator("[data-testid=stMetricValue]").filter(has_text="16.69")).to_be_visible()
    arrow = chart(page).locator(ARROW)
    expect(arrow).to_have_count(1)
    top = chart(page).locator(".role-frame .background").first.bounding_box()
    assert abs(arrow.bounding_box()["y"] - top["y"]) < 10
    arrow.hover()
    expect(page.locator("#vg-tooltip-element")).to_contain_text("16.69")


@pytest.mark.slow
def test_one_voice_judges_a_run_beside_an_alarm(page: Page, store: RunStore) -> None:
    """The status, the sentence of the curve and the verdict lead to one thing, with its step."""
    page.goto("/train")
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_enabled()
    owner = next(c["value"] for c in page.context.cookies() if c["name"] == COOKIE)
    spec = default_spec(CorpusSpec(name="names"), "lstm", budget=Budget(steps=40))
    run = store.create(owner, "It is too fast", spec.to_dict())
    steps = [Step(k, 100 * k, 0.1 * k, 3.3 - 0.02 * k) for k in range(1, 41)]
    falls = [Evaluated(k, 100 * k, "validation", 3.3 - 0.02 * k, 500, True) for k in (1, 10, 40)]
    alarm = Diagnosed(27, "rate_too_high", "alarm", "It climbed.", "Lower it.", "train.lr")
    store.record(run, [*steps, *falls, alarm])
    store.update(run, status="finished", facts=FACTS)
    page.goto(f"/train?run={run}")
    status = page.get_by_role("status").filter(has_text="after step 40")
    expect(status).to_contain_text("something is to be mended, see below")
    expect(page.get_by_text("An alarm was raised at step 27, see below")).to_be_visible()
    at_rest(page)
    for other in ("learning, not memorising", "both curves still fall", "too early to say"):
        expect(page.get_by_text(other)).to_have_count(0)


@pytest.mark.slow
def test_what_does_not_fit_is_told_beside_its_control(page: Page) -> None:
    """In view, in the words of the label, aloud; and Start says what it waits for."""
    page.goto("/train?text=names&train-model=Transformer")
    at_rest(page)
    page.get_by_text("More settings").click()
    at_rest(page)
    heads, width = (page.get_by_role("spinbutton", name=name).last for name in ("Heads", "Width"))
    heads.fill("3")
    heads.press("Enter")
    told = page.get_by_role("alert").filter(has_text="“Width”")
    expect(told).to_contain_text("must be “Heads” (3) times an even number")
    at_rest(page)
    expect(told).to_be_in_viewport(ratio=1)
    at, field = told.bounding_box(), width.bounding_box()
    assert field["y"] < at["y"] < field["y"] + 4 * field["height"]
    assert abs(at["x"] - field["x"]) < field["width"]
    start = page.get_by_role("button", name="Start", exact=True)
    expect(start).to_be_disabled()
    expect(page.get_by_role("status").filter(has_text="Start waits: “Width”")).to_have_count(1)
    heads.fill("4")
    heads.press("Enter")
    expect(told).to_have_count(0)
    expect(start).to_be_enabled()


@pytest.mark.slow
def test_a_view_is_kept_while_the_curve_grows(page: Page) -> None:
    start(page)
    until(lambda: step_of(page) > 60)
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.get_by_text("Paused.")).to_be_visible()
    whole = steps_in_view(page)
    aim(page)
    for turn in (200, -200):  # alone the wheel scrolls the page
        page.mouse.wheel(0, turn)
        settled(lambda: chart(page).bounding_box())
    assert settled(lambda: steps_in_view(page)) == whole
    aim(page)
    page.keyboard.down("Alt")
    for _ in range(4):
        page.mouse.wheel(0, -200)
        page.wait_for_timeout(100)
    page.keyboard.up("Alt")
    until(lambda: steps_in_view(page)[1] < whole[1])
    closer = settled(lambda: steps_in_view(page))  # the last turn of the wheel has been drawn
    drawn = chart(page).locator("svg, canvas").first.element_handle()
    then = step_of(page)
    page.get_by_role("button", name="Resume", exact=True).click()
    until(lambda: step_of(page) > then + 40)
    assert steps_in_view(page) == closer
    assert drawn.evaluate("e => e.isConnected"), "drawn in place, not mounted anew"
    page.mouse.dblclick(*aim(page))
    until(lambda: steps_in_view(page)[1] > whole[1])
    stop(page)


def step_of(page: Page) -> int:
    text = page.locator(STEP).inner_text().replace(",", "")
    return int(text) if text.isdigit() else 0


@pytest.mark.slow
def test_two_runs_are_laid_over_each_other_named_noted_and_deleted(
    page: Page, store: RunStore, lab: LabServer
) -> None:
    first = start(page, budget="10 s")
    expect(page.get_by_text("Done: the budget is spent")).to_be_visible()
    page.get_by_role("combobox", name=re.compile("Model")).click()
    page.get_by_role("option", name="LSTM", exact=True).click()
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page).not_to_have_url(re.compile(f"run={first}"))
    second = re.search(r"run=([\w-]+)", page.url).group(1)
    expect(page.get_by_text("Done: the budget is spent")).to_be_visible()
    page.get_by_role("button", name="Measure on the test split, once").click()
    expect(page.get_by_text("Nothing was chosen by it")).to_be_visible()
    expect(page.locator(".st-key-train-figures-test")).to_contain_text("Test perplexity")
    tick(page, 0)
    expect(page.locator(".st-key-train-open button")).to_be_enabled()
    tick(page, 1)
    together = page.get_by_text(re.compile(r"At their last point, lowest first"))
    expect(together).to_be_visible()
    expect(together).to_contain_text("LSTM")
    expect(together).to_contain_text("Transformer")
    tick(page, 0)
    expect(together).to_be_hidden()

    page.get_by_role("button", name="Name and note").click()
    page.get_by_label("Name", exact=True).fill("My best")
    page.get_by_label("Note", exact=True).fill("higher rate next")
    page.get_by_role("button", name="Keep", exact=True).click()
    until(lambda: store.get(first).note == "higher rate next")
    assert store.get(first).title == "My best"
    find = page.get_by_label("Find")
    find.fill("higher best")
    find.press("Enter")
    page.get_by_role("button", name="Download", exact=True).click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="CSV", exact=True).click()
    assert saved.value.suggested_filename == f"run-{first}.csv"
    with page.expect_download() as saved:
        page.get_by_role("button", name="Script, weights and text").click()
    with zipfile.ZipFile(saved.value.path()) as packed:
        names = {name.partition("/")[2] for name in packed.namelist()}
    assert names >= {"model.py", "model.safetensors", "train.txt", "README.txt"}
    for title in ("TorchScript", "torch.export", "ONNX"):
        expect(page.get_by_role("button", name=f"Prepare {title}")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("Delete run 1, “My best”, started today, ")).to_be_visible()
    page.get_by_role("button", name="Delete it", exact=True).click()
    expect(page.get_by_text("Run 1, “My best”, is deleted.")).to_be_visible()
    expect(page.get_by_test_id("stPopoverBody")).to_be_hidden()
    owner = store.get(second).owner
    until(lambda: [run.id for run in store.runs_of(owner)] == [second])


@pytest.mark.slow
def test_back_in_time(page: Page) -> None:
    start(page, budget="10 s")
    expect(page.get_by_text("Done: the budget is spent")).to_be_visible()
    page.get_by_text("Back in time").click()
    likely = page.get_by_text(re.compile("^Likeliest next token"))
    expect(likely).to_be_visible()
    now = likely.inner_text()
    knob = page.get_by_role("slider", name="Step")
    knob.press("Home")
    until(lambda: likely.count() and likely.inner_text() != now)
    assert len(set(re.findall(r"\(([\d.]+) %\)", likely.inner_text()))) <= 2, "it knew nothing yet"
    expect(page.get_by_text(re.compile("^Layer 1, head 1: the strongest look"))).to_be_visible()
    knob.press("End")
    until(lambda: likely.count() and likely.inner_text() == now)
