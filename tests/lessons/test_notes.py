"""The teacher's notes on paper: all of it, and text is text."""

from html.parser import HTMLParser

from lm_core.lessons.doing import doing
from lm_core.lessons.lesson import Figure, Lesson, Step, Task
from lm_core.lessons.link import LessonLink
from lm_core.lessons.notes import notes
from lm_core.lessons.question import Computed, Question
from lm_core.lessons.ready import lesson

NASTY = "<script>x</script> & \"'"


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.seen.append(tag)
        assert all(not name.startswith("on") and name != "src" for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_foreign_words_are_text() -> None:
    question = Question(NASTY, options=(NASTY, "b"), answer="b")
    figure = Figure(NASTY, 1, 2, NASTY, Computed("initial_loss"))
    task = Task(NASTY, doing("answered"))
    link = LessonLink("metrics", words=NASTY, question=question)
    step = Step(NASTY, 45, link, (task,), (figure,), (NASTY,))
    page = Tags(notes(Lesson("a", NASTY, NASTY, (step,), notes=(NASTY,)), {1: NASTY}, {1: NASTY}))
    assert "script" not in page.seen
    assert page.text.count(NASTY) >= 12


def test_all_of_a_lesson_is_on_it() -> None:
    found = lesson("gpt")
    page = Tags(notes(found, {2: "·States"}, {})).text
    for step in found.steps:
        assert step.title in page
        assert all(line in page for line in step.notes)
        assert all(figure.said in page for figure in step.figures)
    assert found.aim in page
    assert "·States" in page
