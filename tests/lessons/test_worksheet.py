"""A lesson on paper: all of it is there, the answer is not, and nothing in it is markup."""

from html.parser import HTMLParser

from lm_core.lessons.link import LessonLink
from lm_core.lessons.question import Question
from lm_core.lessons.worksheet import worksheet

NASTY = "<script>alert(1)</script> \u202eab & \"q\" 'p'"


class Tags(HTMLParser):
    """The tags and the words of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.append(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def page(**of: object) -> Tags:
    lesson = LessonLink("train", **of)
    return Tags(worksheet(lesson, title=NASTY, address=f"http://lab/train?lesson={NASTY}"))


def test_what_people_wrote_is_text() -> None:
    asked = Question(NASTY, "choice", (NASTY, "b"), why=NASTY, answer="b")
    found = page(words=f"{NASTY}\n\nSecond line.", question=asked)
    assert "script" not in found.tags
    said = "".join(found.words)
    assert said.count("<script>alert(1)</script> ⟨202E⟩ab") == 7
    assert "Second line." in said


def test_each_kind_has_its_room_and_no_answer() -> None:
    number = page(question=Question("How many?", "number", answer=1234.0, unit="letters"))
    assert "1234" not in "".join(number.words)
    assert "letters" in "".join(number.words)
    curve = page(question=Question("Draw.", "curve", at=(10, 20), answer=(7.125, 5.5)))
    assert {"svg", "table"} <= set(curve.tags)
    assert "7.125" not in "".join(curve.words)
    words = page(question=Question("Why?", "open"))
    assert "Before you try it" in words.words
    assert "Before you try it" not in page(words="Only words.").words
