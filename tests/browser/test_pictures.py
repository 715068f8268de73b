"""The screens of pictures in a browser: cells painted, boxes dragged, a picture of one's own."""

import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import at_rest
from tests.browser.test_access import PHONE, found

pytestmark = pytest.mark.browser


def test_a_box_is_dragged_and_moved_by_keys(page: Page) -> None:
    page.goto("/boxes")
    expect(page.get_by_text("IoU = 2,500 / 17,500 = 0.1429")).to_be_visible()
    at_rest(page)
    box = page.get_by_role("slider", name="B, what was said")
    around = box.locator("rect").bounding_box()
    fifty = 50 / 250 * page.locator("svg[role=group]").evaluate("(one) => one.clientWidth")
    x, y = around["x"] + around["width"] * 0.7, around["y"] + around["height"] * 0.7
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - fifty, y - fifty, steps=4)
    page.mouse.up()
    expect(page.get_by_text("IoU = 10,000 / 10,000 = 1.0000")).to_be_visible()
    box.focus()
    for _ in range(2):
        box.press("ArrowRight")
    expect(page).to_have_url(re.compile("boxes-pair=50%2C50%2C150%2C150%2C60%2C50%2C160%2C150"))
    expect(page.get_by_text("IoU = 9,000 / 11,000 = 0.8182")).to_be_visible()
    box.press("Shift+ArrowDown")
    expect(page).to_have_url(re.compile("160%2C155"))
    at_rest(page)
    assert found(page) == []
    page.reload()
    expect(page.get_by_text("area of B = (160 − 60) × (155 − 50) = 10,500")).to_be_visible()


@pytest.mark.slow
def test_cells_are_painted_by_pointer_and_by_keys(page: Page) -> None:
    page.goto("/image_bench?bench-view=Erosion and dilation by hand")
    picture = page.get_by_role("slider", name="The picture, cells of 0 and 1")
    at_rest(page)
    page.get_by_role("button", name="Empty the picture").click()
    expect(picture).to_have_attribute("data-cells", "0" * 80)
    size = picture.locator("canvas").bounding_box()["width"] / 10
    canvas = picture.locator("canvas")
    canvas.click(position={"x": 2.5 * size, "y": 1.5 * size})
    expect(page).to_have_url(re.compile("bench-cells=0000000000%2F0010000000"))
    picture.press("ArrowRight")
    picture.press(" ")
    expect(page).to_have_url(re.compile("bench-cells=0000000000%2F0011000000"))
    page.get_by_text("Show the result").click()
    expect(page.get_by_text("2 cells were 1, now 12 are.")).to_be_visible()
    at_rest(page)
    assert found(page) == []
    page.set_viewport_size(PHONE)
    at_rest(page)
    assert found(page) == []


@pytest.mark.slow
def test_a_chain_and_a_picture_of_ones_own(page: Page) -> None:
    page.goto("/image_bench?bench-size=160")
    expect(page.get_by_text("After the step: Sobel").first).to_be_visible()
    at_rest(page)
    assert found(page) == []
    page.get_by_role("button", name="Take this one out").click()
    expect(page).to_have_url(re.compile("bench-chain=gray(&|$)"))
    file = io.BytesIO()
    Image.fromarray(np.full((40, 50, 3), (200, 100, 0), dtype=np.uint8)).save(file, "PNG")
    page.get_by_role("button", name="A picture of your own").click()
    chooser = page.get_by_test_id("stFileUploaderDropzoneInput")
    chooser.set_input_files({"name": "m.png", "mimeType": "image/png", "buffer": file.getvalue()})
    expect(page.get_by_text("40 × 50 pixels").first).to_be_visible()
    expect(page.get_by_text("0.2125 × 200 + 0.7154 × 100 + 0.0721 × 0 = 114")).to_be_visible()
    chooser.set_input_files({"name": "t.png", "mimeType": "image/png", "buffer": b"Once"})
    expect(page.get_by_text("This is no picture that can be read here")).to_be_visible()
