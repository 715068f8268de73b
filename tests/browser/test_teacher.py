"""A class in Chromium: a teacher and two pupils, everything paused and going on, the board."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from lm_core.lessons.board import Board, new_pupil
from lm_core.runs.store import RunStore
from lm_core.training.events import Step
from tests.browser.conftest import at_rest, settled
from tests.browser.test_access import LINKS, PHONE, found_in_both
from tests.waiting import PATIENCE, until
from tools.lab_server import LabServer

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TOKEN = "a-word-that-nobody-guesses"
ASK = {"asked": "Which family wins?", "options": ["LSTM", "n-gram"]}


@pytest.fixture(scope="module")
def class_lab(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    # Its address is given, so that nobody looks for one in the network.
    class_of = {"LM_LAB_CLASS": "http://localhost", "LM_LAB_TEACHER": TOKEN}
    environment = {"LM_LAB_WORKERS": "1", **class_of}
    home = tmp_path_factory.mktemp("class")
    with LabServer(home, environment=environment, seconds=PATIENCE) as server:
        yield server


def a_pupil(page: Page, lab: LabServer, name: str, seed: int) -> None:
    """Gives a first name and starts a run of their own."""
    page.goto(f"{lab.url}/train")
    at_rest(page)
    asked = page.get_by_role("textbox", name="Your first name")
    asked.fill(name)
    asked.press("Enter")
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
    teacher.get_by_role("button", name="Take it back").click()
    expect(pupils[1].get_by_text("Nothing is shown now")).to_be_visible()

    board = Board(lab.home)
    for right in (True, True, False):
        pupil = new_pupil()
        board.answer("One", "q", pupil, "n-gram", moment="before", right=False, **ASK)
        said = "LSTM" if right else "n-gram"
        board.answer("One", "q", pupil, said, moment="after", right=right, why="it reads", **ASK)
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
