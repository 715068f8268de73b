"""Keys that are pressed before the lab has answered: what each did stays, also in the address."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.conftest import at_rest
from tests.marks import most_slow
from tests.waiting import until

pytestmark = pytest.mark.browser


class Answers:
    """What the lab sends to a page; while they are `held` it comes later, in the same order."""

    def __init__(self, page: Page) -> None:
        self._page, self._kept, self.held = page, [], False
        page.route_web_socket(re.compile("_stcore/stream"), self._opened)

    def _opened(self, route: WebSocketRoute) -> None:
        self._route = route
        route.connect_to_server().on_message(self._came)

    def _came(self, message: bytes) -> None:
        self._kept.append(message)
        if not self.held:
            self.let_go()

    def let_go(self) -> None:
        self.held = False
        while self._kept:
            self._route.send(self._kept.pop(0))

    def ended(self) -> bool:
        """Whether a run of the screen has ended of which the page knows nothing."""
        self._page.evaluate("0")  # what has come is handed over meanwhile
        kept = (ForwardMsg.FromString(one).WhichOneof("type") for one in self._kept)
        return "script_finished" in kept


# Screen; what has the keys; what it shows; the parameter; before the first key, the two.
PRESSED = {
    "digits": (".painting", "data-cells", "digits-drawn", ("Home", "Space", "ArrowRight Space")),
    "boxes": (
        "[role=slider][aria-label^=A]",
        "aria-valuetext",
        "boxes-pair",
        ("ArrowUp", "ArrowRight", "ArrowRight"),
    ),
}


@pytest.mark.parametrize("screen", most_slow(list(PRESSED), quick=["digits"]))
def test_a_key_pressed_before_the_first_was_answered_is_not_lost(page: Page, screen: str) -> None:
    where, shows, name, (before, first, second) = PRESSED[screen]
    answers = Answers(page)
    page.goto(f"/{screen}")
    at_rest(page)
    box = page.locator(where)
    box.focus()
    page.keyboard.press(before)
    at_rest(page)
    stood = box.get_attribute(shows)
    answers.held = True
    page.keyboard.press(first)
    once = box.get_attribute(shows)
    until(answers.ended)
    for key in second.split():
        page.keyboard.press(key)
    twice = box.get_attribute(shows)
    assert len({stood, once, twice}) == 3
    answers.let_go()
    at_rest(page)
    expect(box).to_have_attribute(shows, twice)
    inside = twice.replace(", ", "%2C")
    expect(page).to_have_url(re.compile(f"{name}={re.escape(inside)}"))


def test_a_change_taken_back_before_it_was_answered_is_a_step_of_back(page: Page) -> None:
    where, shows, name, (before, *_) = PRESSED["digits"]
    answers = Answers(page)
    page.goto("/digits")
    at_rest(page)
    box = page.locator(where)
    box.focus()
    for key in (before, "Space"):
        page.keyboard.press(key)
        at_rest(page)
    stood = said(page, name)
    answers.held = True
    page.keyboard.press("Space")
    changed = box.get_attribute(shows)
    until(answers.ended)
    page.keyboard.press("Space")
    answers.let_go()
    at_rest(page)
    assert (said(page, name), box.get_attribute(shows)) == (stood, stood)
    page.go_back()
    at_rest(page)
    expect(box).to_have_attribute(shows, changed)
    assert said(page, name) == changed != stood


def test_of_thirty_quick_keys_none_is_lost_and_back_and_forward_restore(page: Page) -> None:
    where, shows, name, (before, *_) = PRESSED["digits"]
    page.goto("/digits")
    at_rest(page)
    box = page.locator(where)
    box.focus()
    for key in (before, "Space"):  # an empty picture is in no address
        page.keyboard.press(key)
        at_rest(page)
    drawn = {said(page, name)}
    for key in 15 * ("ArrowRight", "Space"):
        page.keyboard.press(key)
        drawn.add(box.get_attribute(shows))
    last = box.get_attribute(shows)
    at_rest(page)
    expect(box).to_have_attribute(shows, last)
    assert said(page, name) == last
    page.go_back()
    at_rest(page)
    earlier = said(page, name)  # how many of them are one step of Back depends on their pace
    assert earlier in drawn - {last}
    expect(box).to_have_attribute(shows, earlier)
    page.go_forward()
    at_rest(page)
    assert said(page, name) == last
    expect(box).to_have_attribute(shows, last)


def said(page: Page, name: str) -> str:
    return parse_qs(urlsplit(page.url).query).get(name, [""])[0]
