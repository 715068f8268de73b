"""A lesson on a telephone, by the keyboard alone: predict, run, explain; and what axe finds."""

from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from lm_core.lessons.link import LessonLink
from lm_core.lessons.question import Computed, Question
from tests.browser.conftest import at_rest
from tests.browser.test_access import PHONE, found

pytestmark = pytest.mark.browser

QUESTION = Question(
    "How many nats does guessing among three sides take?",
    "number",
    computed=Computed("initial_loss", (("vocab_size", 3),)),
    unit="nats",
)
LESSON = LessonLink(
    "metrics",
    {"metrics-sides": ("3",)},
    hidden=("metrics-side-1",),
    locked=("metrics-sides",),
    words="Look at the die.",
    question=QUESTION,
)


def test_a_pupil_predicts_runs_and_compares(page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.goto(f"/metrics?{urlencode({'lesson': LESSON.to_address()})}")
    at_rest(page)
    expect(page.get_by_text("Look at the die.")).to_be_visible()
    expect(page.get_by_text("The screen opens when")).to_be_visible()
    assert found(page) == []
    guess = page.get_by_role("spinbutton", name="Your guess (nats)")
    guess.focus()
    expect(guess).to_be_focused()
    page.keyboard.type("1.1")
    page.keyboard.press("Enter")
    expect(guess).to_have_value("1.1")
    at_rest(page)
    page.get_by_role("button", name="Answer").focus()
    page.keyboard.press("Enter")
    sides = page.get_by_role("slider", name="Sides")
    expect(sides).to_have_value("3")
    expect(sides).to_be_disabled()
    at_rest(page)
    hidden = page.locator('[class*="st-key-lesson-unseen-"]')
    expect(hidden).to_have_count(1)
    expect(hidden).to_be_hidden()
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"]
    page.get_by_role("textbox", name="Why?").focus()
    page.keyboard.type("ln 3")
    page.keyboard.press("Tab")
    at_rest(page)
    page.get_by_role("button", name="Show the answer").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="too high")).to_be_visible()
    expect(page.get_by_text("The answer: 1.099 nats")).to_be_visible()
    assert found(page) == []
    page.reload()  # the link has stayed, and so has what it holds
    at_rest(page)
    expect(page.get_by_text("Look at the die.")).to_be_visible()
