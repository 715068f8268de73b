"""Generate text in a browser: its controls are set and what is written is what the library writes;
beams, samples and branches too."""

import re

import pytest
from playwright.sync_api import Page, expect

from lm_core.checkpoints import load_checkpoint
from lm_core.generation import SamplerSettings, write_text
from lm_core.generation.beam import beam_search
from pages._ui.shared.models import SHIPPED
from tests.browser.conftest import at_rest
from tests.browser.test_access import PHONE, found

pytestmark = pytest.mark.browser

PROMPT = "The state of the"
WHERE = (
    "/generate_text?generate_text-model=Transformer,+State+of+the+Union+addresses"
    f"&generate_text-prompt={PROMPT.replace(' ', '+')}"
)
TEXT = ".st-key-generate_text-tokens [role=group]"


def whole(page: Page, text: str) -> None:
    """The text on the page, prompt and all."""
    expect(page.locator(TEXT)).to_have_text(text, use_inner_text=False)


def sound(page: Page) -> None:
    at_rest(page)
    page.mouse.move(0, 0)  # what is hovered over or has the focus is Streamlit's own colour
    page.evaluate("document.activeElement.blur()")
    assert found(page) == []


def test_what_the_controls_say_is_what_is_written(page: Page) -> None:
    saved = load_checkpoint(SHIPPED / "speeches-transformer")

    def greedy(n: int, **more: int) -> str:
        sampler = SamplerSettings(temperature=0.0, **more)
        return write_text(saved.model, saved.tokenizer, PROMPT, max_tokens=n, sampler=sampler)[0]

    page.goto(f"{WHERE}&generate_text-length=3")
    at_rest(page)
    slider = page.get_by_role("slider", name="Temperature")
    slider.focus()
    slider.press("Home")
    expect(page).to_have_url(re.compile("temperature=0"))
    page.get_by_text("More controls").click()
    for name, value, said in (("No repeat of", "2", "no_repeat=2"), ("Length", "14", "length=14")):
        field = page.get_by_role("spinbutton", name=re.compile(f"^{name}"))
        field.fill(value)
        field.press("Enter")
        expect(page).to_have_url(re.compile(said))
    at_rest(page)
    page.get_by_role("button", name="Start over").click()
    whole(page, PROMPT)
    page.get_by_role("button", name="Write", exact=True).click()
    whole(page, greedy(14, no_repeat=2))
    assert greedy(14, no_repeat=2) != greedy(14), "the control would change nothing"
    page.get_by_role("button", name="Back", exact=True).click()
    whole(page, greedy(13, no_repeat=2))
    page.get_by_role("button", name="Step", exact=True).click()
    whole(page, greedy(14, no_repeat=2))
    at_rest(page)
    page.reload()  # the settings stand in the address; it opens on what they write
    whole(page, greedy(14, no_repeat=2))
    sound(page)


@pytest.mark.slow
def test_beams_samples_and_branches_are_the_librarys(page: Page) -> None:
    saved = load_checkpoint(SHIPPED / "speeches-transformer")
    page.goto(f"{WHERE}&generate_text-length=12&generate_text-look=Several+samples")
    (second,) = write_text(
        saved.model,
        saved.tokenizer,
        PROMPT,
        max_tokens=12,
        sampler=SamplerSettings(temperature=0.8),
        seed=2,
    )
    expect(page.get_by_text("Seed 2", exact=True)).to_be_visible()
    sound(page)
    page.get_by_role("button", name="Go on with it").nth(2).click()
    expect(page).to_have_url(re.compile("seed=2"))
    whole(page, second)
    page.get_by_role("radio", name="Beam search").click()
    ids = saved.tokenizer.encode(PROMPT).tolist()
    best = beam_search(saved.model, ids, width=3, max_tokens=10)[0]
    expect(page.get_by_text(f"score {best.score(1.0):.3g}").first).to_be_visible()
    sound(page)
    page.get_by_role("radio", name="By hand, and branches").click()
    page.get_by_role("button", name="Branch at the end").click()
    expect(page.get_by_role("button", name="Go on with B")).to_be_visible()
    sound(page)
    page.get_by_role("radio", name="What is new").click()
    expect(page.get_by_text("Longest copied span")).to_be_visible()
    sound(page)
    page.set_viewport_size(PHONE)
    at_rest(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
