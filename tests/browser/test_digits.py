"""The picture that is painted on Digits, by pointer and by keyboard, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import at_rest
from tests.browser.test_access import found
from tests.waiting import PATIENCE
from tools.lab_server import LabServer

pytestmark = pytest.mark.browser


def cells(page: Page) -> str:
    return page.locator(".painting").get_attribute("data-cells") or ""


def test_a_digit_is_painted_and_read_at_once(lab: LabServer, page: Page) -> None:
    page.set_default_timeout(PATIENCE * 1000)
    page.goto(f"{lab.url}/digits")
    expect(page.get_by_text("It takes this for 3")).to_be_visible(timeout=PATIENCE * 1000)
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("An empty picture has a class too")).to_be_visible()
    expect(page.locator(".painting")).to_have_attribute("data-cells", "0" * 64)
    box = page.locator(".painting").bounding_box()
    size = box["width"] / 8
    x = box["x"] + 3.5 * size
    page.mouse.move(x, box["y"] + 0.5 * size)
    page.mouse.down()
    for row in range(1, 8):
        page.mouse.move(x, box["y"] + (row + 0.5) * size)
    page.mouse.up()
    expect(page.get_by_text("It takes this for 1")).to_be_visible()
    assert [row[3] for row in re.findall(".{8}", cells(page))] == ["f"] * 8
    expect(page).to_have_url(re.compile("digits-drawn=[0-9a-f]{64}"))
    page.locator(".painting").focus()
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    expect(page.locator(".painting")).to_have_attribute("data-cells", re.compile(".{56}f"))
    at_rest(page)
    page.mouse.move(0, 0)
    assert found(page) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "address",
    [
        *(f"digits?digits-part={one}" for one in ("Inside", "Noise", "The pictures", "Train")),
        *(f"gan?gan-part={one}" for one in ("The game", "Losses", "Digits", "Play")),
    ],
)
def test_every_part_can_be_read_by_everybody(lab: LabServer, page: Page, address: str) -> None:
    page.set_default_timeout(PATIENCE * 1000)
    page.goto(f"{lab.url}/{address}")
    at_rest(page)
    page.mouse.move(0, 0)
    assert found(page) == []
