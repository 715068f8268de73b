"""Each screen for everyone: what axe finds on it, light and dark, and where a keyboard leads."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import at_rest

pytestmark = pytest.mark.browser

LINKS = "[data-testid=stSidebarNavLink]"
PROJECTOR, PHONE = {"width": 1366, "height": 768}, {"width": 400, "height": 800}
# Of what holds, one example a rule instead of each element: half the work for the same violations.
VIOLATIONS = {"resultTypes": ["violations"]}
# What is Streamlit's own and cannot be set: the rule, where, and why.
THEIRS = {
    # Groups of screens are `div`s between the list and its items.
    ("list", "[data-testid=stSidebarNavItems]"),
    ("listitem", "[data-testid=stSidebarNavItems] li"),
}


STILL = """Promise.all(document.getAnimations()
    .filter(one => one.effect.getComputedTiming().endTime < Infinity)
    .map(one => one.finished.catch(() => null)))"""


def found(page: Page) -> list[str]:
    """What axe holds against this page and is serious and ours; headings in any order, too."""
    wrong = []
    page.evaluate(STILL)  # what fades in is not yet what is read
    for violation in Axe().run(page, options=VIOLATIONS).response["violations"]:
        rule = violation["id"]
        if violation["impact"] not in ("serious", "critical") and rule != "heading-order":
            continue
        for node in violation["nodes"]:
            target = page.locator(node["target"][0])
            theirs = [where for name, where in THEIRS if name == rule]
            if not any(target.first.evaluate("(e, where) => e.matches(where)", w) for w in theirs):
                said = [check["message"] for check in node["any"] + node["all"] + node["none"]]
                wrong.append(f"{rule}: {node['html'][:200]} {said}")
    return wrong


def found_in_both(page: Page) -> list[str]:
    """In light and in dark colours."""
    wrong = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", scheme)
        wrong += [f"{scheme}: {what}" for what in found(page)]
    return wrong


def test_axe_finds_nothing_serious_that_is_ours(page: Page) -> None:
    """Where it takes least time; Compare and Translate are looked at elsewhere, all below."""
    page.set_viewport_size(PROJECTOR)
    page.goto("/")
    at_rest(page)
    page.get_by_text("In words and numbers").click()
    expect(page.get_by_test_id("stPopoverBody")).to_be_visible()
    assert found_in_both(page) == []


@pytest.mark.slow
def test_axe_finds_nothing_serious_on_any_screen(page: Page) -> None:
    page.set_viewport_size(PROJECTOR)
    page.goto("/")
    at_rest(page)
    wrong = {}
    for place in range(page.locator(LINKS).count()):
        page.locator(LINKS).nth(place).click()
        at_rest(page)
        if more := found_in_both(page):
            wrong[page.title()] = more
    assert wrong == {}


# Where something learns while one looks: address, the button that begins it, what is there then.
LEARNING = {
    "train": ("train?text=names&train-budget=5+min", "Start", "Stop"),
    "forecast": ("forecast?text=waves&forecast-budget=10+s", "Start", "Stop"),
    "neuron": ("neuron?neuron-part=XOR", "Learn", "Stop"),
}


@pytest.mark.slow
@pytest.mark.parametrize("screen", LEARNING)
def test_axe_finds_nothing_serious_while_something_learns(page: Page, screen: str) -> None:
    address, button, there = LEARNING[screen]
    page.set_viewport_size(PROJECTOR)
    page.goto(f"/{address}")
    at_rest(page)
    page.get_by_role("button", name=button, exact=True).first.click()
    expect(page.get_by_text(re.compile(f"{there}$")).first).to_be_visible()
    assert found_in_both(page) == []


@pytest.mark.slow
def test_a_keyboard_enters_a_screen_at_its_beginning(page: Page) -> None:
    page.goto("/")
    at_rest(page)
    page.get_by_role("button", name="Train a model").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Train")
    expect(page.locator("h1")).to_be_focused()
    at_rest(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Link to these settings")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("[data-testid=stSelectbox]").first.locator(":focus")).to_have_count(1)
    for _ in range(9):  # the line of choices and what is below it: each shows where one is
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if not focused.evaluate("element => element.matches('input, textarea')"):
            expect(focused).to_have_css("outline-style", "solid")


@pytest.mark.slow
def test_a_table_is_downloaded_by_our_button_alone(page: Page) -> None:
    """Streamlit's own leaves formulas as they are."""
    page.goto("/architectures")
    at_rest(page)
    table = page.locator("[data-testid=stDataFrame]:visible").first
    table.hover()
    toolbar = page.get_by_test_id("stElementToolbar")
    expect(toolbar.get_by_label("Search").locator("visible=true").first).to_be_visible()
    theirs = toolbar.get_by_label("Download as CSV")
    assert theirs.count() > 0
    expect(theirs.locator("visible=true")).to_have_count(0)


@pytest.mark.slow
def test_a_page_for_a_room_is_large_and_begins_with_the_picture(page: Page) -> None:
    page.set_viewport_size(PROJECTOR)
    page.goto("/train")
    at_rest(page)
    type_size = page.locator("h1").evaluate("h1 => parseFloat(getComputedStyle(h1).fontSize)")
    page.get_by_text("Large, for a projector").click()
    expect(page).to_have_url(re.compile("large=true"))
    at_rest(page)
    now = page.locator("h1").evaluate("h1 => parseFloat(getComputedStyle(h1).fontSize)")
    assert now == pytest.approx(1.5 * type_size)
    expect(page.locator(LINKS).first).not_to_be_in_viewport()
    chart = page.get_by_test_id("stVegaLiteChart").first
    expect(chart).to_be_in_viewport(ratio=0.9)
    start = page.get_by_role("button", name="Start", exact=True)
    assert chart.bounding_box()["y"] < start.bounding_box()["y"]
    page.goto(page.url.replace("train", "generate_text"))  # whoever is given the address
    at_rest(page)
    expect(page.get_by_role("button", name="Write", exact=True)).to_be_in_viewport(ratio=1)
    expect(page.locator(LINKS).first).not_to_be_in_viewport()


@pytest.mark.slow
def test_on_a_telephone_the_curve_comes_first_and_how_it_stands_is_said_aloud(page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.goto("/train")
    at_rest(page)
    page.get_by_text("10 s", exact=True).click()
    at_rest(page)
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.locator('[class*="st-key-train-says-train-curve"]')).to_be_in_viewport()
    expect(page.get_by_test_id("stVegaLiteChart").first).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("status").filter(has_text=re.compile("Done|spent"))).to_be_visible()
    assert found(page) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "button"),
    [
        ("neuron?neuron-part=XOR", "Learn"),
        ("mlp_from_scratch", "Learn"),
        ("activations_and_optimizers", "Race"),
        ("counting?counting-part=Learned%20instead", "Learn"),
    ],
)
def test_on_a_telephone_what_learns_is_in_view_and_its_axis_stands_still(
    page: Page, address: str, button: str
) -> None:
    """The chart next below the button that begins it, with one height of its axis all along."""
    page.set_viewport_size(PHONE)
    page.goto(f"/{address}")
    at_rest(page)
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()
    page.wait_for_function(f"{NEXT_CHART} && top >= 0 && bottom <= innerHeight + 40 }}")
    ticks, seen = f"{NEXT_CHART} && of('.ytick text') }}", []
    for _ in range(4):
        seen.append(page.evaluate(ticks))
        page.wait_for_timeout(500)
    assert all(one == seen[0] for one in filter(None, seen)), seen


# In one look, as it is drawn anew meanwhile: the first chart below “Stop”.
NEXT_CHART = """() => {
  const stop = [...document.querySelectorAll("button")].find((b) => b.innerText === "Stop")
  const at = stop?.getBoundingClientRect().top ?? Infinity
  const chart = [...document.querySelectorAll(".js-plotly-plot")].find(
    (c) => c.offsetHeight && c.getBoundingClientRect().top > at)
  const { top, bottom } = chart?.getBoundingClientRect() ?? {}
  const of = (what) => [...chart.querySelectorAll(what)].map((one) => one.textContent).join()
  return chart"""
