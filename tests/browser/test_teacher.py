"""A class in Chromium: a lesson from its link to the board, on telephones and by the keyboard;
everything paused and going on."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from lm_core.lessons.board import Board, new_pupil
from lm_core.lessons.link import LessonLink
from lm_core.lessons.question import Computed, Question
from lm_core.runs.store import RunStore
from lm_core.training.events import Step
from tests.browser.conftest import TROUBLE, at_rest, settled
from tests.browser.test_access import LINKS, PHONE, PROJECTOR, found, found_in_both
from tests.waiting import PATIENCE, until
from tools.lab_server import LabServer

pytestmark = pytest.mark.browser
TOKEN = "a-word-that-nobody-guesses"
ASK = {"asked": "Which family wins?", "options": ["LSTM", "n-gram"]}
LESSON = LessonLink(
    "metrics",
    {"metrics-sides": ("3",)},
    hidden=("metrics-side-1",),
    locked=("metrics-sides",),
    words="Look at the die.",
    question=Question(
        "How many nats does guessing among three sides take?",
        "number",
        computed=Computed("initial_loss", (("vocab_size", 3),)),
        unit="nats",
    ),
)
GUESS = "Your guess (nats)"


@pytest.fixture(scope="module")
def class_lab(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    # Its address is given, so that nobody looks for one in the network.
    class_of = {"LM_LAB_CLASS": "http://localhost", "LM_LAB_TEACHER": TOKEN}
    environment = {"LM_LAB_WORKERS": "1", **class_of}
    home = tmp_path_factory.mktemp("class")
    with LabServer(home, environment=environment, seconds=PATIENCE) as server:
        yield server
        assert not TROUBLE.search(server.log)


def by_tab(page: Page, where: Locator) -> None:
    """Go there as somebody without a mouse does."""
    for _ in range(60):
        if where.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the tabulator does not come to {where}")


def test_a_lesson_of_three_pupils_from_its_link_to_the_board(
    new_context, class_lab: LabServer
) -> None:
    """On telephones, one by the keyboard alone; that no page calls another machine `watch` sees."""
    teacher = new_context().new_page()
    asked = f"/metrics?{urlencode({'lesson': LESSON.to_address()})}"
    teacher.goto(f"{class_lab.url}/lesson_builder?{urlencode({'lesson_builder-of': asked})}")
    at_rest(teacher)
    link = teacher.get_by_test_id("stCode").inner_text().strip()
    given = urlsplit(link)
    assert LessonLink.from_address(parse_qs(given.query)["lesson"][0]) == LESSON
    assert found(teacher) == []

    keyboard, *others = (new_context().new_page() for _ in range(3))
    for page in (keyboard, *others):
        page.set_viewport_size(PHONE)
        page.goto(f"{class_lab.url}{given.path}?{given.query}")
    for page in (keyboard, *others):
        at_rest(page)
        expect(page.get_by_text("Look at the die.")).to_be_visible()
        expect(page.get_by_text("The screen opens when")).to_be_visible()
        assert found(page) == []
    alone(keyboard)
    for page, guess in zip(others, ("2", "1.0986"), strict=True):
        page.get_by_role("spinbutton", name=GUESS).fill(guess)
        page.get_by_role("spinbutton", name=GUESS).press("Enter")
        at_rest(page)
        page.get_by_role("button", name="Answer").click()
        page.get_by_role("button", name="Show the answer").click()
        expect(page.get_by_text("The answer: 1.099 nats")).to_be_visible()
        at_rest(page)
        assert found(page) == []

    teacher.goto(f"{class_lab.url}/teacher?teacher={TOKEN}")
    expect(teacher.get_by_text("3 pupils here, with 3 pages open")).to_be_visible()
    expect(teacher.get_by_text("Right: 2 of 3")).to_be_visible()
    expect(teacher.get_by_text("ln 3").first).to_be_visible()
    at_rest(teacher)
    assert found(teacher) == []
    with teacher.expect_download() as download:
        teacher.get_by_role("button", name="Download the table").click()
    rows = download.value.path().read_text("utf-8-sig").splitlines()
    assert len(rows) == 4


def alone(page: Page) -> None:
    """Predict, try, say why and compare with nothing but keys."""
    guess = page.get_by_role("spinbutton", name=GUESS)
    by_tab(page, guess)
    page.keyboard.type("1.1")
    page.keyboard.press("Enter")
    expect(guess).to_have_value("1.1")
    at_rest(page)
    by_tab(page, page.get_by_role("button", name="Answer"))
    page.keyboard.press("Enter")
    sides = page.get_by_role("slider", name="Sides")
    expect(sides).to_have_value("3")
    expect(sides).to_be_disabled()
    at_rest(page)
    hidden = page.locator('[class*="st-key-lesson-unseen-"]')
    expect(hidden).to_have_count(1)
    expect(hidden).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    by_tab(page, page.get_by_role("textbox", name="Why?"))
    page.keyboard.type("ln 3")
    page.keyboard.press("Tab")
    at_rest(page)
    by_tab(page, page.get_by_role("button", name="Show the answer"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="too high")).to_be_visible()
    expect(page.get_by_text("The answer: 1.099 nats")).to_be_visible()
    assert found(page) == []
    page.reload()  # the link has stayed, and so has what it holds
    at_rest(page)
    expect(page.get_by_text("Look at the die.")).to_be_visible()


def a_pupil(page: Page, lab: LabServer, name: str, seed: int) -> None:
    """Gives a first name and starts a run of their own."""
    page.goto(f"{lab.url}/train")
    at_rest(page)
    asked = page.get_by_role("textbox", name="Your first name")
    asked.fill(name)
    asked.press("Enter")
    at_rest(page)
    page.get_by_role("radio", name="5 min").click()  # so that it surely goes on till it is paused
    at_rest(page)
    page.get_by_text("More settings").click()
    field = page.get_by_role("spinbutton", name="Seed").last
    field.fill(str(seed))
    field.press("Enter")
    at_rest(page)
    page.get_by_role("button", name="Start", exact=True).click()


def steps(store: RunStore) -> dict[str, int]:
    """Of each run, how far it is."""
    runs = store.runs_with(("running",))
    return {run.id: (store.last(Step, run.id) or {"step": 0})["step"] for run in runs}


@pytest.mark.slow
def test_a_teacher_and_two_pupils(new_context, class_lab: LabServer) -> None:
    lab, store = class_lab, RunStore(class_lab.home)
    pupils = [new_context().new_page() for _ in range(2)]
    for seed, (page, name) in enumerate(zip(pupils, ("Ada", "Bob"), strict=True), 1):
        a_pupil(page, lab, name, seed)
    until(lambda: len(steps(store)) == 2 and min(steps(store).values()) > 0)
    expect(pupils[0].locator(LINKS).get_by_text("Teacher")).to_have_count(0)

    teacher = new_context().new_page()
    teacher.goto(f"{lab.url}/teacher")
    expect(teacher.get_by_text("This page is the teacher's")).to_be_visible()
    teacher.goto(f"{lab.url}/teacher?teacher={TOKEN}")
    expect(teacher.get_by_text("2 pupils here, with 2 pages open")).to_be_visible()

    teacher.get_by_role("button", name="Pause all").click()
    expect(teacher.get_by_role("button", name="Go on all")).to_be_visible()
    for page in pupils:
        expect(page.get_by_text("The teacher has paused everything.").first).to_be_visible()
    before = settled(lambda: steps(store))
    teacher.get_by_role("button", name="Go on all").click()
    until(lambda: all(now > before[run] for run, now in steps(store).items()))
    for page in pupils:
        expect(page.get_by_text("The teacher has paused everything.")).to_have_count(0)

    teacher.get_by_role("button", name="Show it to the class").click()
    pupils[1].goto(f"{lab.url}/spotlight")
    expect(pupils[1].get_by_role("heading", name="Ada:")).to_be_visible()
    pupils[1].set_viewport_size(PROJECTOR)
    at_rest(pupils[1])
    assert found_in_both(pupils[1]) == []  # while it learns
    teacher.get_by_role("button", name="Take it back").click()
    expect(pupils[1].get_by_text("Nothing is shown now")).to_be_visible()

    board = Board(lab.home)
    for right in (True, True, False):
        pupil = new_pupil()
        board.answer("One", "q", pupil, "n-gram", moment="before", right=False, **ASK)
        said = "LSTM" if right else "n-gram"
        board.answer("One", "q", pupil, said, moment="after", right=right, why="it reads", **ASK)
    # Opened anew it shows the lesson that was answered last, and not one of the test before.
    teacher.goto(f"{lab.url}/teacher?teacher={TOKEN}")
    expect(teacher.get_by_text("2 went from wrong to right")).to_be_visible()
    expect(teacher.get_by_text("it reads").first).to_be_visible()
    for number in range(2):
        teacher.get_by_role("button", name="End it").click()
        until(lambda left=1 - number: len(steps(store)) == left)
    expect(pupils[0].get_by_text("Ended by the teacher.")).to_be_visible()
    at_rest(teacher)
    assert found_in_both(teacher) == []
    teacher.set_viewport_size(PHONE)
    assert teacher.evaluate("document.documentElement.scrollWidth <= innerWidth")
