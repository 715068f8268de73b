"""From screen to screen and back, as a reader wanders; what the log says meanwhile is watched."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import at_rest
from tests.browser.test_access import PROJECTOR

pytestmark = pytest.mark.browser


def on_a_projector(page: Page) -> None:
    """The tab says where one is, and what a screen is for can be pressed at once."""
    name = page.locator("h1").inner_text()
    assert page.title() in (name, f"{name} · Language Model Lab")
    for button in page.locator("[data-testid=stBaseButton-primary]:visible").all():
        expect(button).to_be_in_viewport(ratio=1)


@pytest.mark.slow
@pytest.mark.parametrize("back", [2, None], ids=["near", "all the way"])
def test_back_undoes_one_visible_change_at_a_time(page: Page, back: int | None) -> None:
    """A screen is one entry of the browser's history, a changed control is one; and nothing is said
    in the log on the way through every screen, there and `back`."""
    page.set_viewport_size(PROJECTOR)
    page.goto("/")
    at_rest(page)
    links, entries = page.locator("[data-testid=stSidebarNavLink]"), "history.length"
    names = [name.strip() for name in links.all_inner_texts()]
    assert "Doctor" in names
    names.sort(key="Generate names".__eq__)  # the last one that is opened has a seed to change
    first, titles = page.evaluate(entries), {page.title()}
    on_a_projector(page)
    for name in names[1:]:
        links.get_by_text(name, exact=True).click()
        expect(page.locator("h1")).to_have_text(name)
        at_rest(page)
        on_a_projector(page)
        titles.add(page.title())
    assert len(titles) == len(names)
    assert page.evaluate(entries) == first + len(names) - 1
    seed = page.get_by_role("spinbutton", name="Seed").first
    usual = seed.input_value()
    seed.fill("77")
    seed.press("Enter")
    expect(page).to_have_url(re.compile("seed=77"))
    at_rest(page)
    assert page.evaluate(entries) == first + len(names)
    page.go_back()
    expect(seed).to_have_value(usual)
    page.go_forward()
    expect(seed).to_have_value("77")
    at_rest(page)
    links.get_by_text(names[1], exact=True).click()
    expect(page.locator("h1")).to_have_text(names[1])
    at_rest(page)
    page.go_back()
    expect(seed).to_have_value("77")
    at_rest(page)
    page.go_back()
    expect(seed).to_have_value(usual)
    for name in ["Language Model Lab", *names[1:-1]][::-1][:back]:
        at_rest(page)
        page.go_back()
        expect(page.locator("h1")).to_have_text(name)


# Where the heading below the stage is, once the page has its style, and whenever it is elsewhere;
# what stands along the axis of the bars, and whenever that is something else.
HEADING = """window.tops = []; window.axes = []; (function look() {
  const h2 = [...document.querySelectorAll("h2")].find((h) => h.textContent === "Three ways in")
  const top = h2 && Math.round(h2.getBoundingClientRect().top + scrollY)
  const stage = document.querySelector(".st-key-home-stage")
  const drawn = h2 && stage && parseFloat(getComputedStyle(stage).minHeight) > 0
  if (drawn && tops.at(-1) !== top && document.fonts.status === "loaded") tops.push(top)
  const along = [...document.querySelectorAll(".st-key-home-stage .role-axis-label text")]
    .map((text) => text.textContent).filter((text) => /^\\d+ %$/.test(text)).join()
  if (along && axes.at(-1) !== along) axes.push(along)
  requestAnimationFrame(look)
})()"""


def test_back_takes_back_a_model_that_was_chosen_on_train(page: Page) -> None:
    """On the way there from another screen, as a reader comes."""
    page.goto("/architectures")
    page.get_by_role("link", name="Train", exact=True).click()
    expect(page.locator("h1")).to_have_text("Train")
    model = page.get_by_role("combobox", name=re.compile("Model"))
    expect(model).to_have_value("Transformer")
    at_rest(page)
    entries = page.evaluate("history.length")
    model.click()
    page.get_by_role("option", name="LSTM", exact=True).click()
    expect(page).to_have_url(re.compile("train-model=LSTM"))
    at_rest(page)
    assert page.evaluate("history.length") == entries + 1
    page.go_back()
    expect(page).not_to_have_url(re.compile("LSTM"))
    expect(model).to_have_value("Transformer")
    at_rest(page)
    page.go_back()
    expect(page.locator("h1")).to_have_text("Architectures")
    at_rest(page)


@pytest.mark.slow
def test_back_takes_back_what_was_chosen_on_train(page: Page) -> None:
    """The model, the budget and a setting: one entry each."""
    page.goto("/train")
    at_rest(page)
    model = page.get_by_role("combobox", name=re.compile("Model"))
    short = page.get_by_role("radio", name="10 s")
    seed = page.get_by_role("spinbutton", name="Seed").last  # one on its way out stands before it
    entries = page.evaluate("history.length")
    model.click()
    page.get_by_role("option", name="LSTM", exact=True).click()
    expect(page).to_have_url(re.compile("train-model=LSTM"))
    at_rest(page)
    short.click()
    expect(page).to_have_url(re.compile("train-budget=10"))
    at_rest(page)
    page.get_by_text("More settings").click()
    seed.fill("77")
    seed.press("Enter")
    expect(page).to_have_url(re.compile("spec=.*77"))
    at_rest(page)
    assert page.evaluate("history.length") == entries + 3
    page.go_back()
    expect(page).not_to_have_url(re.compile("spec="))
    at_rest(page)
    expect(seed).to_have_value("0")
    page.go_back()
    expect(short).to_have_attribute("aria-checked", "false")
    at_rest(page)
    page.go_back()
    expect(page).not_to_have_url(re.compile("LSTM"))
    at_rest(page)
    expect(model).to_have_value("Transformer")
    for what in ("train-model=LSTM", "train-budget=10", "spec=.*77"):
        page.go_forward()
        expect(page).to_have_url(re.compile(what))
        at_rest(page)
    expect(seed).to_have_value("77")
    expect(short).to_have_attribute("aria-checked", "true")


@pytest.mark.slow
def test_nothing_drops_and_labels_are_in_line(page: Page) -> None:
    page.add_init_script(HEADING)
    page.goto("/")
    expect(page.locator(".st-key-home-about p")).to_be_visible()
    at_rest(page)
    tops = page.evaluate("tops.slice(-2)")
    assert max(tops) - min(tops) <= 4, "pixels that the cards move while the model wakes"
    page.get_by_role("button", name="Next token").click()
    at_rest(page)
    (along,) = page.evaluate("axes")  # one and the same while it wrote
    assert along.startswith("0 %")
    assert along.endswith("100 %")
    page.goto("/train")
    labels = [f".st-key-train-{name} label" for name in ("text", "model", "budget")]
    expect(page.locator(labels[-1]).first).to_be_visible()
    at_rest(page)
    tops = [page.locator(label).first.bounding_box()["y"] for label in labels]
    assert max(tops) - min(tops) <= 1


@pytest.mark.slow
def test_a_finger_is_not_offered_what_needs_a_mouse(new_context) -> None:
    page = new_context(has_touch=True, is_mobile=True).new_page()
    page.goto("/dataset_explorer")
    chart = page.locator(".js-plotly-plot").first
    expect(chart).to_be_visible()
    expect(chart.locator(".modebar-container")).to_be_hidden()


@pytest.mark.slow
def test_the_view_of_the_doctor_that_was_left_is_found_again(page: Page) -> None:
    page.goto("/doctor")
    view = page.get_by_role("radio", name="Failure gallery")
    view.click()
    expect(page).to_have_url(re.compile("doctor-view=Failure"))
    at_rest(page)
    page.get_by_role("link", name="Attention", exact=True).click()
    at_rest(page)
    page.get_by_role("link", name="Doctor", exact=True).click()
    expect(view).to_have_attribute("aria-checked", "true")
    at_rest(page)
