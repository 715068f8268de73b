"""Arrays, optimizers and the MLP in a browser: a shape guessed, a race, three networks learning."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import at_rest
from tests.browser.test_access import PHONE, found
from tests.browser.test_beyond import ROWS

pytestmark = pytest.mark.browser


@pytest.mark.slow
def test_a_shape_is_guessed_and_a_walk_walked(page: Page) -> None:
    page.goto("/arrays_and_tensors")
    at_rest(page)
    assert found(page) == []
    page.get_by_text("(2, 2) + (2, 3)", exact=True).click()
    expect(page.get_by_label("Shape of b")).to_have_value("2, 3")
    page.get_by_role("button", name="It is an error").click()
    expect(page.get_by_text("Right: it gives an error.")).to_be_visible()
    expect(page.get_by_text("must match the size of tensor b (3)")).to_be_visible()
    page.mouse.move(0, 0)
    expect(page).to_have_url(re.compile("arrays-b=2"))
    at_rest(page)
    assert found(page) == []
    page.set_viewport_size(PHONE)
    page.get_by_role("radio", name="Chance").click()
    page.get_by_role("button", name="Walk", exact=True).click()
    expect(page.get_by_text("You guessed 50 %.")).to_be_visible()
    page.mouse.move(0, 0)
    at_rest(page)
    assert found(page) == []


@pytest.mark.slow
def test_three_networks_learn_while_one_looks(page: Page) -> None:
    page.goto("/mlp_from_scratch?mlp-data=Two+moons")
    at_rest(page)
    assert found(page) == []
    page.get_by_role("button", name="Learn", exact=True).click()
    expect(page.get_by_text(re.compile("Epoch 100 of 100"))).to_be_visible()
    expect(page.get_by_role("button", name="Go on")).to_be_disabled()
    at_rest(page)
    known = page.get_by_text("Who always says the commonest class").inner_text()
    always = float(re.search(r"in ([\d.]+) of", known).group(1))
    head, *rows = page.evaluate(ROWS, "right (test)")
    assert all(float(row[head.index("right (test)")]) > always + 0.2 for row in rows)
    assert len(rows) == 3
    page.mouse.move(0, 0)
    assert found(page) == []
    page.set_viewport_size(PHONE)
    page.get_by_role("radio", name="The way back").click()
    expect(page.get_by_text("Nudged instead")).to_be_visible()
    page.mouse.move(0, 0)
    at_rest(page)
    assert found(page) == []


@pytest.mark.slow
def test_optimizers_race_to_the_end(page: Page) -> None:
    page.goto("/activations_and_optimizers")
    at_rest(page)
    page.get_by_role("button", name="Race", exact=True).click()
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Race", exact=True)).to_be_visible()


@pytest.mark.slow
@pytest.mark.parametrize("part", ["Optimizers", "First weights", "Dropout and decay", "Questions"])
def test_optimizers_and_what_is_beside_them(page: Page, part: str) -> None:
    page.goto(f"/activations_and_optimizers?activations-part={part.replace(' ', '+')}")
    at_rest(page)
    assert found(page) == []
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark")
    at_rest(page)
    assert found(page) == []
