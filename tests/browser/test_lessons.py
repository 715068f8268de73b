"""The first lesson on a telephone, by the keyboard alone, from its card to its end."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from lm_core.lessons.ready import lesson
from tests.browser.conftest import at_rest
from tests.browser.test_access import PHONE, found

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LESSON = lesson("letter-pairs")
PANEL = ".st-key-lesson-panel"


def press(page: Page, where: Locator) -> None:
    where.focus()
    expect(where).to_be_focused()
    page.keyboard.press("Enter")


def type_in(page: Page, where: Locator, text: str) -> None:
    where.focus()
    expect(where).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def to_the_step(page: Page, number: int) -> Locator:
    """Its panel, once it is open."""
    step = LESSON.step(number)
    panel = page.locator(PANEL)
    title = f"step {number} of {len(LESSON.steps)}: {step.title}"
    expect(panel.get_by_role("heading", level=2)).to_contain_text(title)
    at_rest(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    return panel


def choose(page: Page, panel: Locator) -> None:
    """The first option, and the answer."""
    option = panel.get_by_role("radio").first
    option.focus()
    page.keyboard.press("Space")
    expect(option).to_be_checked()
    at_rest(page)
    press(page, panel.get_by_role("button", name="Answer"))
    expect(panel.get_by_text("You said:")).to_be_visible()
    at_rest(page)


def ticked(page: Page, panel: Locator) -> None:
    """All of the step is done, and the next one is offered; go there."""
    expect(panel.get_by_text("All done here.")).to_be_visible()
    at_rest(page)
    press(page, page.locator(".st-key-lesson-next button"))


def test_a_pupil_alone_walks_the_first_lesson(page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.goto("/lessons")
    at_rest(page)
    assert found(page) == []
    press(page, page.get_by_role("button", name=f"Open: {LESSON.title}"))
    press(page, page.get_by_role("button", name="Begin: Something strange"))

    panel = to_the_step(page, 1)
    choose(page, panel)
    expect(panel.get_by_text("All done here.")).to_have_count(0)
    type_in(page, page.get_by_role("spinbutton", name="Seed"), "5")
    ticked(page, panel)

    panel = to_the_step(page, 2)
    choose(page, panel)
    for letters in range(1, 4):
        press(page, page.get_by_role("button", name="Draw one", exact=True))
        expect(page).to_have_url(re.compile(rf"counting-walk=[a-z.]{{{letters}}}"))
        at_rest(page)
    ticked(page, panel)

    panel = to_the_step(page, 3)
    type_in(page, panel.get_by_role("spinbutton"), "3.3")
    at_rest(page)
    press(page, panel.get_by_role("button", name="Answer"))
    expect(panel.get_by_text("You said:")).to_be_visible()
    at_rest(page)
    press(page, page.get_by_role("button", name="Start", exact=True))
    expect(page).to_have_url(re.compile("run="))
    press(page, panel.get_by_role("button", name="Show the answer"))
    expect(panel.get_by_text("The answer: 3.296 nats")).to_be_visible()
    ticked(page, panel)

    panel = to_the_step(page, 4)
    choose(page, panel)
    look = page.get_by_role("radio", name="One guess, order by order")
    look.focus()
    page.keyboard.press("Enter")
    expect(look).to_be_checked()
    ticked(page, panel)

    panel = to_the_step(page, 5)
    type_in(page, page.get_by_role("textbox", name="Begins with"), "an")
    at_rest(page)
    heat = page.get_by_role("slider", name="Temperature: cautious to adventurous")
    heat.focus()
    page.keyboard.press("End")
    expect(heat).to_have_value("2")
    ticked(page, panel)

    panel = to_the_step(page, 6)
    page.reload()  # another session of the same browser
    panel = to_the_step(page, 6)
    choose(page, panel)
    type_in(page, page.get_by_role("spinbutton", name="Seed"), "6")
    expect(panel.get_by_text("All done here.")).to_be_visible()
    at_rest(page)
    assert found(page) == []
    ticked(page, panel)
    expect(page.get_by_role("heading", name="Lessons", level=1)).to_be_visible()
    expect(page.get_by_text("All steps are done.")).to_be_visible()
    at_rest(page)
    press(page, page.get_by_role("button", name="All lessons"))
    expect(page.get_by_text(f"{LESSON.minutes} minutes, 6 steps, 6 of them done")).to_be_visible()
