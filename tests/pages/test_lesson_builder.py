"""Make a lesson: from a screen as it stands to a link that opens it, a code and a worksheet."""

from urllib.parse import parse_qs, urlsplit

from streamlit.testing.v1 import AppTest

from lm_core.lessons.link import LessonLink
from lm_core.lessons.question import Computed, Question
from pages._ui.lesson import builder
from tests.pages.foreign import TITLE
from tests.pages.shared.test_address import opened


def control(app: AppTest, kind: str, name: str) -> object:
    """A control of the form, whose keys end with the mark of what it began with."""
    return next(one for one in getattr(app, kind) if one.key.startswith(f"lesson_builder-{name}-"))


def link(app: AppTest) -> LessonLink:
    """The lesson in the link that the page gives."""
    assert not app.exception
    (address,) = (one.value for one in app.code if "lesson=" in one.value)
    parts = urlsplit(address)
    (said,) = parse_qs(parts.query)["lesson"]
    lesson = LessonLink.from_address(said)
    assert parts.path == f"/{lesson.screen}"
    return lesson


def test_a_lesson_is_made_of_a_screen_and_opens_it() -> None:
    app = opened("metrics", **{"metrics-sides": "3"})
    app.button(key="lesson-make").click().run()
    assert not app.exception
    assert app.title[0].value == "Make a lesson"
    assert app.query_params[builder.OF] == "/metrics?metrics-sides=3"
    assert link(app) == LessonLink("metrics", {"metrics-sides": ("3",)})
    app = opened("lesson_builder", **{builder.OF: "/metrics?metrics-sides=3"})  # as a browser is
    control(app, "multiselect", "locked").set_value(["metrics-sides"])
    control(app, "text_area", "words").set_value(TITLE)
    control(app, "toggle", "ask").set_value(True).run()
    assert [one.value for one in app.warning] == ["A question needs words: write what is asked."]
    control(app, "text_input", "text").set_value("How many nats?").run()
    control(app, "selectbox", "kind").set_value("number").run()
    control(app, "selectbox", "answer").set_value("initial_loss").run()
    vocabulary = next(one for one in app.number_input if "initial_loss" in one.key)
    vocabulary.set_value(3).run()
    computed = Computed("initial_loss", (("vocab_size", 3),))
    asked = Question("How many nats?", "number", computed=computed)
    made = LessonLink(
        "metrics", {"metrics-sides": ("3",)}, (), ("metrics-sides",), TITLE.strip(), asked
    )
    assert link(app) == made
    control(app, "button", "compute").click().run()
    assert app.info[-1].value == "The lab answers: 1\\.099"
    again = opened("metrics", lesson=made.to_address())
    assert not again.exception
    assert any("How many nats?" in one.value for one in again.markdown)


def test_what_is_pasted() -> None:
    """A lesson is changed, an address of the lab taken, and all else is said in a sentence."""
    app = opened("lesson_builder")
    curve = Question("Draw it.", "curve", at=(10, 20), answer=(2.0, 1.5), along="steps")
    old = LessonLink("train", {"text": ("names",)}, ("text",), (), "Look.", curve, "pairs/2")
    paste(app, f"http://lab:8501/train?lesson={old.to_address()}")
    assert link(app) == old
    for asked in (
        Question("Which?", "choice", ("a", "b"), answer="b", folded=False),
        Question("Why?", "open", ("data", "luck"), when="after"),
        Question("How?", "number", answer=2.5, unit="nats", tolerance=0.5),
    ):
        one = LessonLink("metrics", question=asked)
        paste(app, f"/metrics?lesson={one.to_address()}")
        assert link(app) == one
    paste(app, "http://lab/train?text=names&run=mine&train-model=lstm&large=true")
    assert link(app).state == {"text": ("names",), "train-model": ("lstm",)}
    for wrong, sentence in (
        ("http://lab/elsewhere", "does not have"),
        ("/train?colour=red", "no screen of this lab"),
        ("/metrics?metrics-sides=99", "what it cannot be"),
        ("/metrics?lesson=nonsense", "damaged"),
        ("http://[", "no address"),
    ):
        paste(app, wrong)
        assert not app.exception
        assert [sentence in one.value for one in app.error] == [True], wrong


def paste(app: AppTest, address: str) -> None:
    app.text_input(key=builder.OF).set_value(address).run()
