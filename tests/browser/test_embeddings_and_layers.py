"""The lens is there untouched, a cell of it is pressed, and its numbers are the library's; the map
fits a phone."""

import pytest
from playwright.sync_api import Page, expect

from lm_core.charts.words import nats
from lm_core.checkpoints import load_checkpoint
from lm_core.inspection import text_ids
from lm_core.inspection.logit_lens import read_lens
from pages._ui.shared.models import SHIPPED
from tests.browser.conftest import at_rest
from tests.browser.test_access import PHONE, found

pytestmark = pytest.mark.browser


def test_a_cell_of_the_lens_is_the_librarys(page: Page) -> None:
    saved = load_checkpoint(SHIPPED / "names-transformer")
    lens = read_lens(saved.model, text_ids(saved.tokenizer, "anastasia", items=True))

    def said(layer: int, place: int) -> str:
        entropy, far = lens.entropy[layer, place], lens.divergence[layer, place]
        return (
            f"Entropy {nats(float(entropy))} nats; {nats(float(far))} nats from the last layer's "
            f"guess; the stream is {float(lens.norms[layer, place]):.1f} long."
        )

    page.goto("/embeddings_and_layers?layers-view=Layer+by+layer")
    expect(page.locator(".st-key-layers-grid .js-plotly-plot")).to_be_visible()
    expect(page.get_by_text(said(3, 9))).to_be_visible()  # at first what it guesses in the end
    at_rest(page)
    page.locator(".st-key-layers-grid .scatterlayer .text").first.wait_for()
    cells = page.locator(".st-key-layers-grid .nsewdrag")
    box = cells.bounding_box()
    cells.click(position={"x": box["width"] * 1.5 / 4, "y": box["height"] * 2.5 / 10})
    expect(page.get_by_text(said(1, 2))).to_be_visible()
    at_rest(page)
    assert found(page) == []
    page.set_viewport_size(PHONE)
    at_rest(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
