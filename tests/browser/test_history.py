"""Back and Forward on the screens whose controls are in the address: one change, one entry."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import at_rest
from tests.marks import most_slow

pytestmark = pytest.mark.browser

# Screen; a control, by its kind and parameter; a view, by its button and parameter.
CHANGES = {
    "counting": (("spinbutton", "counting-draws"), ("Coins and dice", "counting-part")),
    "slopes": (("spinbutton", "slopes-px"), ("Curve", "slopes-part")),
    "neuron": (("spinbutton", "neuron-lr"), ("XOR", "neuron-part")),
    "activations_and_optimizers": (
        ("slider", "activations-steps-valley"),
        ("Softmax and loss", "activations-part"),
    ),
    "metrics": (("slider", "metrics-sides"), ("Classification", "metrics-part")),
    "memory": (("spinbutton", "memory-unit"), ("How far back", "memory-view")),
    "quantize": (
        ("spinbutton", "quantize-row"),
        ("Outliers", "quantize-view"),
    ),
    "forecast": (
        ("slider", "forecast-window"),
        ("The series and its windows", "forecast-view"),
    ),
    "masks": (("spinbutton", "masks-scene"), ("Through the network", "masks-view")),
    "upsampling": (
        ("slider", "upsampling-side"),
        ("Fréchet distance", "upsampling-view"),
    ),
    "mlp_from_scratch": (("slider", "mlp-layers"), ("The data", "mlp-part")),
}


def change(control: Locator, role: str) -> None:
    """One step up or down, whichever there is."""
    control.focus()
    before = control.input_value()
    for key in ("ArrowUp", "ArrowDown") if role == "spinbutton" else ("ArrowLeft", "ArrowRight"):
        control.press(key)
        if control.input_value() != before:
            break
    control.blur()


@pytest.mark.parametrize("screen", most_slow(list(CHANGES), quick=["counting"]))
def test_back_and_forward_take_back_one_change_at_a_time(page: Page, screen: str) -> None:
    (role, name), (button, part) = CHANGES[screen]
    page.goto(f"/{screen}")
    at_rest(page)
    control = page.locator(f".st-key-{name}").get_by_role(role).first
    view = page.get_by_role("radio", name=button, exact=True)
    entries, usual = page.evaluate("history.length"), control.input_value()
    change(control, role)
    expect(page).to_have_url(re.compile(f"{name}="))
    at_rest(page)
    assert page.evaluate("history.length") == entries + 1
    changed = control.input_value()
    assert changed != usual
    view.click()
    expect(page).to_have_url(re.compile(f"{part}="))
    at_rest(page)
    assert page.evaluate("history.length") == entries + 2
    page.go_back()
    expect(page).to_have_url(re.compile(f"{name}="))
    expect(view).to_have_attribute("aria-checked", "false")
    at_rest(page)
    assert control.input_value() == changed
    page.go_back()
    expect(page).not_to_have_url(re.compile(f"{name}="))
    at_rest(page)
    assert control.input_value() == usual
    page.go_forward()
    expect(page).to_have_url(re.compile(f"{name}="))
    at_rest(page)
    page.go_forward()
    expect(view).to_have_attribute("aria-checked", "true")
    at_rest(page)


@pytest.mark.parametrize("query", ["", "?home-temperature=1.2"])
def test_home_by_its_name_is_home(page: Page, query: str) -> None:
    """No “Page not found” over it, and what the address says is kept."""
    page.goto(f"/home{query}")
    expect(page.locator("h1")).to_have_text("Language Model Lab")
    at_rest(page)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.url.endswith(f"/{query}")
    shown = "1.2" if query else "0.8"
    expect(page.get_by_role("slider").first).to_have_value(shown)
