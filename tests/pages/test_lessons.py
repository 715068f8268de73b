"""The ready lessons as they are walked: each step opened, its thing done, ticked off for that
alone, and left for the next; what a class answers stands on the board; progress is found again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lm_core.lessons.doing import DOING, Condition
from lm_core.lessons.lesson import Lesson, Step
from lm_core.lessons.link import LessonLink
from lm_core.lessons.progress import Progress
from lm_core.lessons.ready import lesson, lessons
from lm_core.training.events import Evaluated
from lm_core.training.events import Step as Point
from pages._ui.lesson import guide
from pages._ui.lesson.link import check
from pages._ui.shared import class_board, lesson_record, session
from pages._ui.shared.parameters import KINDS
from tests.pages.foreign import TITLE
from tests.pages.shared.test_address import opened
from tests.waiting import PATIENCE, rerun_until

TYPED = "Anna and a penguin eat pizza at the sea"
MARKED = "material/"


@pytest.fixture(autouse=True)
def a_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    monkeypatch.setenv("LM_LAB_CLASS", "1")
    things = (session._manager, class_board.board, lesson_record.record)
    for thing in things:
        thing.clear()
    yield
    for thing in things:
        thing.clear()


def ticks(app: AppTest) -> list[bool]:
    """Of the tasks of the step that is open, whether they are ticked off."""
    assert not app.exception
    assert [one.value for one in app.error] == []
    (said,) = (one.value for one in app.markdown if f":{MARKED}" in one.value)
    return ["check_circle" in line for line in said.splitlines()]


def press(app: AppTest, key: str, screen: str) -> None:
    """A button that leads to another screen, where AppTest must be told that it is."""
    app.button(key=key).click().run()
    assert not app.exception
    app.switch_page(f"pages/{screen}.py").run()


def begun(name: str) -> AppTest:
    """A lesson begun from the list."""
    app = opened("lessons")
    app.button(key=f"lessons-to-{name}").click().run()
    press(app, "lessons-go-on", lesson(name).step(1).link.screen)
    return app


def ask(app: AppTest, kind: str, begins: str) -> object:
    return next((one for one in app.get(kind) if str(one.key).startswith(begins)), None)


def answer(app: AppTest, step: Step) -> None:
    """The first option, or a number; and why."""
    if (options := ask(app, "radio", "lesson-asked")) is not None:
        options.set_value(step.link.question.options[0])
    else:
        ask(app, "number_input", "lesson-asked").set_value(1.0)
    ask(app, "button", "lesson-answer").click().run()
    if (why := ask(app, "text_input", "lesson-why")) is not None:
        why.set_value("it looks so")
    ask(app, "button", "lesson-compare").click().run()


def do(app: AppTest, condition: Condition) -> None:
    """What meets a condition, with the controls of its screen. As a browser does, and AppTest does
    not, the address is told what a control says."""
    name, given = condition.parameter, condition.given
    if name == "counting-walk":
        for _ in range(given.tokens):
            app.button(key="counting-draw").click().run()
        return
    key = name
    if name == "text":  # each screen has its own control for it
        key = next(one.key for one in app.selectbox if one.key.endswith("-text"))
    one = next(one for kind in CONTROLS for one in app.main.get(kind) if one.key == key)
    if condition.name == "typed":
        words = " ".join(TYPED.split()[: given.tokens])
        value = words if given.unit == "words" else "annabel"
    elif condition.name == "within":
        value = given.low if given.low > -1e12 else given.high
    elif condition.name == "chosen":
        value = given.value
    elif one.type in ("number_input", "slider"):
        value = one.value + 1
    else:
        value = next(label for label in one.options if label != said(one))
    if one.type in ("selectbox", "button_group") and name != "text":
        app.query_params[name] = value
        values = OTHERS.get(name, {})
        one.set_value(values.get(value, value))
    else:
        one.set_value(value)
        if name != "text":
            app.query_params[name] = str(value)
    app.run()


def said(control: object) -> str:
    """The label of what a control is at."""
    at = getattr(control, "index", None)
    return control.options[at] if isinstance(at, int) else str(control.value)


CONTROLS = ("text_input", "text_area", "number_input", "slider", "selectbox", "segmented_control")
OTHERS = {  # what a label stands for
    "attention-picture": {"Lines between words": "lines"},
    "counting-look": {"One guess, order by order": "path", "Loss on new text": "loss"},
    "generate_text-look": {"What is new": "new", "By hand, and branches": "branches"},
}


def run(app: AppTest, lesson: Lesson, number: int) -> None:
    """The run that a step asks for, and back to the step."""
    step = lesson.step(number)
    if step.link.screen == "doctor":
        press(app, "doctor-break-too-little-data", "train")
        assert app.title[0].value == "Train"
        press(app, "lesson-back", "doctor")
    elif step.link.screen == "compare":
        app.button(key="compare-start").click().run()
    else:
        app.button(key="train-start").click().run()
    place = next(n for n, t in enumerate(step.tasks) if t.condition.name in guide.OF_RUNS)
    rerun_until(app, lambda: ticks(app)[place])


def check_figures(app: AppTest, step: Step) -> None:
    """What the run came to is what the lesson says it will."""
    for figure in step.figures:
        if figure.of_run:
            store = session._manager().store
            made = store.runs_of(app.session_state["visitor"])[0].id
            value = store.latest(Evaluated, made)["nats"]
            if figure.of_run == "gap":
                value -= sum(one["nats"] for one in store.since(Point, made)[-20:]) / 20
            assert figure.holds(value), (figure.what, value)


def walk(app: AppTest, lesson: Lesson, number: int) -> None:
    """Do a step, task by task; each is ticked off by what is done for it, and by nothing else."""
    step = lesson.step(number)
    assert f"step {number} of {len(lesson.steps)}" in app.markdown[0].value
    asks = step.link.question is not None
    if not (asks and step.link.question.folded):
        assert ticks(app) == [False] * len(step.tasks)
    if asks:
        answer(app, step)
        app.run()
        named = [task.condition.name in ("answered", "compared") for task in step.tasks]
        assert ticks(app) == named, step.title
    for place, task in enumerate(step.tasks):
        if task.condition.name in guide.OF_RUNS:
            run(app, lesson, number)
            check_figures(app, step)
        elif task.condition.name not in ("answered", "compared"):
            assert not ticks(app)[place], task.words
            do(app, task.condition)
            app.run()
            assert ticks(app)[place], task.words
    assert all(ticks(app))


@pytest.mark.slow
@pytest.mark.parametrize("name", lessons.names())
def test_a_lesson_from_its_first_step_to_its_last(name: str) -> None:
    found = lesson(name)
    app = begun(name)
    for number in range(1, len(found.steps) + 1):
        walk(app, found, number)
        following = found.step(number + 1)
        press(app, "lesson-next", following.link.screen if following else "lessons")
    assert app.title[0].value == "Lessons"
    assert any("All steps are done" in one.value for one in app.success)
    board = class_board.board()
    asked = [step.link.question for step in found.steps if step.link.question]
    assert set(board.questions(name)) == {one.id for one in asked}
    both = asked[0].id
    assert {one.moment for one in board.answers(name, both)} == {"before", "after"}
    assert board.tally(name, both).both == 1


def test_two_steps_are_walked_and_found_again() -> None:
    found = lesson("letter-pairs")
    app = begun("letter-pairs")
    question = found.step(1).link.question
    walk(app, found, 1)
    assert not any(question.answer in one.value for one in [*app.success, *app.warning])
    (given,) = class_board.board().answers("letter-pairs")
    assert (given.question, given.moment, given.right) == (question.id, "before", False)
    visitor = app.session_state["visitor"]
    assert given.pupil != visitor
    assert visitor not in class_board.board().path.read_bytes().decode("latin-1")
    press(app, "lesson-next", "counting")
    assert app.info  # it waits for an answer
    ask(app, "button", "lesson-skip").click().run()
    assert ticks(app) == [False, False]  # skipped before a try
    app.button(key="counting-draw").click().run()
    app.run()
    assert ticks(app) == [True, False]
    press(app, "lesson-leave", "lessons")
    assert app.title[0].value == "Lessons"
    again = AppTest.from_file(str(Path(__file__).parents[2] / "app.py"), default_timeout=PATIENCE)
    again.session_state["visitor"] = visitor  # the same browser, another day
    again.switch_page("pages/lessons.py").run()
    assert any("1 of them done" in one.value for one in again.caption)
    again.button(key="lessons-to-letter-pairs").click().run()
    assert again.button(key="lessons-go-on").label == f"Go on: {found.step(2).title}"
    again.button(key="lessons-anew").click().run()
    assert again.button(key="lessons-go-on").label == f"Begin: {found.step(1).title}"


def test_the_list_and_the_teachers_notes() -> None:
    app = opened("lessons", **{"lessons-open": TITLE})  # nothing of that name
    assert not app.exception
    assert [one.label for one in app.button if one.key.startswith("lessons-to-")] == [
        f"Open: {lesson(name).title}" for name in lessons.names()
    ]
    app = opened("lessons", **{"lessons-open": lesson("watch-one-learn").title})
    assert not any("ln 27" in one.value for one in app.markdown)
    app.toggle(key="lessons-notes-watch-one-learn").set_value(True).run()
    assert not app.exception
    said = "\n".join(one.value for one in app.markdown)
    for shown in ("2\\.206", "3\\.296 nats", "all 27,910 names"):  # computed here
        assert shown in said
    assert app.get("download_button")


def test_every_step_opens_what_its_screen_has() -> None:
    for name in lessons.names():
        for step in lesson(name).steps:
            check(step.link)
            step.link.to_address()
            for task in step.tasks:
                of = task.condition.parameter
                assert not of or (of in KINDS and of not in step.link.fixed), task.words
                assert task.condition.name in DOING


def test_a_lesson_that_is_not_here_is_a_link_like_any_other() -> None:
    for name in ("no-such-lesson/1", "letter-pairs/9", "letter-pairs/2"):
        app = opened("metrics", lesson=LessonLink("metrics", lesson=name).to_address())
        assert not app.exception
        assert app.markdown[0].value == "## Lesson"
        assert not Progress().path.exists()
