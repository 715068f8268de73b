"""Slopes, one neuron and autograd in a browser: played, typed, stepped by keyboard, on a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import at_rest
from tests.browser.test_access import PHONE, found, found_in_both

pytestmark = pytest.mark.browser


def narrow(page: Page) -> bool:
    """Whether nothing is wider than the phone."""
    return page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.slow
def test_a_weight_rolls_to_2_and_leaves_with_a_rate_too_large(page: Page) -> None:
    page.goto("/neuron")
    at_rest(page)
    assert found_in_both(page) == []
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_text("Arrived after 7 steps: w = 2.000000.")).to_be_visible()
    page.get_by_role("button", name="No rate: 1").click()
    expect(page.get_by_text("further each time: it leaves")).to_be_visible()
    expect(page).to_have_url(re.compile(r"neuron-lr=1"))
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_text("It has left: after")).to_be_visible()
    page.set_viewport_size(PHONE)
    at_rest(page)
    assert narrow(page)
    assert found(page) == []


@pytest.mark.slow
def test_three_neurons_learn_xor_while_one_looks(page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.goto("/neuron?neuron-part=XOR")
    at_rest(page)
    page.get_by_role("button", name="Learn", exact=True).click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    expect(page.get_by_text("4 of 4 rows on their side of one half")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    assert loss(page) < 0.25  # of who always says one half, the best of one neuron
    expect(page.get_by_text("Hidden 1 is OR")).to_be_visible()
    expect(page.get_by_text("Hidden 2 is NAND")).to_be_visible()
    at_rest(page)
    assert narrow(page)
    assert found(page) == []


def loss(page: Page) -> float:
    """What stands under the curve of a net that learns."""
    said = page.get_by_text("on their side of one half.").inner_text()
    return float(re.search(r"loss ([\d.]+);", said).group(1))


@pytest.mark.slow
def test_one_neuron_becomes_a_gate(page: Page) -> None:
    page.goto("/neuron?neuron-part=AND+and+OR")
    at_rest(page)
    page.get_by_role("button", name="Learn", exact=True).click()
    expect(page.get_by_text("4 of 4 rows on their side of one half")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    at_rest(page)
    assert loss(page) < 0.25  # of who always says one half


@pytest.mark.slow
def test_an_expression_is_typed_and_walked_with_the_keyboard(page: Page) -> None:
    page.goto("/autograd")
    at_rest(page)
    assert found_in_both(page) == []
    field = page.get_by_role("textbox", name="Your expression")
    field.fill("s = a*b; y = tanh(s)")
    field.press("Enter")
    expect(page.get_by_text("Step 1 of 4")).to_be_visible()
    expect(page.get_by_text("The tanh hands its gradient on")).to_be_visible()
    at_rest(page)
    page.get_by_role("button", name="Next").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Step 2 of 4")).to_be_visible()
    expect(page).to_have_url(re.compile(r"autograd-step=2"))
    at_rest(page)
    page.reload()
    expect(page.get_by_text("Step 2 of 4")).to_be_visible()
    field.fill("import os")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("cannot be read")
    page.set_viewport_size(PHONE)
    page.get_by_role("radio", name="Orders").click()
    field.fill("s = a*b; y = tanh(s)")
    field.press("Enter")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("judged rightly")).to_be_visible()
    at_rest(page)
    assert narrow(page)
    assert found(page) == []


@pytest.mark.slow
def test_slopes_are_moved_on_a_phone(page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.goto("/slopes")
    at_rest(page)
    page.get_by_role("button", name="Steep, down").click()
    expect(page.get_by_text("It goes down from left to right")).to_be_visible()
    assert found(page) == []
    for part, said in (
        ("Curve", "the dashed line turns"),
        ("Chain", "The chain says"),
        ("Squashing", "at most 0.25"),
    ):
        page.get_by_role("radio", name=part).click()
        expect(page.get_by_text(said)).to_be_visible()
        page.mouse.move(0, 0)
        at_rest(page)
        assert narrow(page)
        assert found(page) == []
