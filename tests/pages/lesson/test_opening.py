"""A lesson link opens its screen as it says, holds what is locked, and goes with the screen."""

import json

from streamlit.testing.v1 import AppTest

from lm_core.lessons.link import LessonLink
from lm_core.lessons.question import Question
from pages._ui.shared import held
from tests.pages.shared.test_address import opened

SEED, HOT, PROMPT = (f"generate_text-{name}" for name in ("seed", "temperature", "prompt"))
LESSON = LessonLink(
    "generate_text",
    {SEED: ("7",), HOT: ("0.5",), PROMPT: ("The people",)},
    hidden=(SEED,),
    locked=(HOT, "generate_text-top_k"),
    words="Read *this*.\nThen write.",
)


def shown(app: AppTest, *said: str) -> None:
    """It is drawn without an error, and its paragraphs hold these words."""
    assert not app.exception
    words = [one.value for one in app.markdown]
    for one in said:
        assert any(one in word for word in words), words


def unseen(block: object) -> list[str]:
    """The keys of the controls in boxes that are not displayed."""
    found = []
    for child in getattr(block, "children", {}).values():
        if held.UNSEEN in str(getattr(child, "proto", "")):
            found += [one.key for one in getattr(child, "children", {}).values()]
        found += unseen(child)
    return found


def test_it_opens_holds_and_goes() -> None:
    app = opened("generate_text", lesson=LESSON.to_address())
    shown(app, "## Lesson", r"Read \*this\*", "Then write")
    assert app.text_input(key=PROMPT).value == "The people"
    assert app.slider(key=HOT).value == 0.5
    assert app.slider(key=HOT).disabled
    assert app.slider(key="generate_text-top_k").disabled
    assert not app.text_input(key=PROMPT).disabled
    assert app.number_input(key=SEED).value == 7
    assert app.query_params["lesson"] == LESSON.to_address()
    assert unseen(app.main) == [SEED]
    # What a browser sends for it all the same is not taken, and what is free is.
    for control, value in ((app.slider(key=HOT), 1.5), (app.number_input(key=SEED), 3)):
        control.proto.disabled = False
        control.set_value(value)
    app.text_input(key=PROMPT).set_value("The state").run()
    shown(app, "## Lesson")
    assert (app.slider(key=HOT).value, app.number_input(key=SEED).value) == (0.5, 7)
    assert app.text_input(key=PROMPT).value == "The state"
    # Nor what the address says in the session, by Back.
    app.query_params[HOT] = "1.9"
    app.run()
    assert app.slider(key=HOT).value == 0.5
    assert [HOT in toast.value for toast in app.toast] == [True]
    assert app.query_params[HOT] == "0.5"
    # It goes with the screen.
    app.switch_page("pages/reading.py").run()
    assert "lesson" not in app.query_params
    assert held.HELD not in app.session_state
    assert not any("## Lesson" in one.value for one in app.markdown)
    app.switch_page("pages/generate_text.py").run()
    assert not app.slider(key=HOT).disabled


def test_by_hand_in_the_address() -> None:
    """What is locked is put back and said; what is free and was changed stays."""
    both = {HOT: "1.75", PROMPT: "Once", SEED: "9"}
    app = opened("generate_text", lesson=LESSON.to_address(), **both)
    shown(app, "## Lesson")
    assert app.slider(key=HOT).value == 0.5
    assert app.number_input(key=SEED).value == 7
    assert app.text_input(key=PROMPT).value == "Once"
    said = [toast.value for toast in app.toast]
    assert said == [
        "The lesson keeps this as it was, and it was put back: "
        "generate_text-seed, generate_text-temperature."
    ]


WRONG = [
    ("x" * 10_000, "10,000 characters"),
    ("nonsense", "damaged"),
    ('{"version":9,"screen":"train"}', "another version"),
    ('{"version":2,"screen":"train","colour":"red"}', "has no 'colour'"),
    ('{"version":2,"screen":"settings"}', "does not have"),
    ('{"version":2,"screen":"metrics","state":{"visitor":["x"]}}', "no screen of this lab"),
    ('{"version":2,"screen":"metrics","state":{"metrics-sides":["99"]}}', "what it cannot be"),
    ('{"version":2,"screen":"metrics","locked":["train-start"]}', "does not have"),
    (["a", "b"], "several lesson links"),
]


def test_what_is_no_lesson_is_said() -> None:
    app = opened("metrics")
    for given, sentence in WRONG:
        app.query_params["lesson"] = given
        app.run()
        assert not app.exception
        assert [sentence in error.value for error in app.error] == [True], given
        assert "lesson" not in app.query_params
        assert app.title


def test_on_another_screen_it_goes_to_its_own() -> None:
    lesson = LessonLink("metrics", {"metrics-sides": ("3",)}, locked=("metrics-sides",))
    app = opened("counting", lesson=lesson.to_address())
    assert not app.exception
    assert app.title[0].value == "Metrics"
    assert app.query_params["metrics-sides"] == "3"


# As labs before wrote them, on paper by now: a link, and the settings of a run inside one.
BEFORE = (
    "dY_BCsIwEER_peyxxCKCCP0M8VZLKc1gQ9skbFYrlP67CZ60etthZt_uLPQAB-MslQdFoWMgjnSDBbeCRvAUioZEQe"
    "Xyaew8u8kLlRVdemQezo-gWn2lAqBT5rS1BJNP8s5IiX1xpHpV1But0x_VL1KEjK4b3sz_uM0p55shLc-OdYgdz2h1"
    "lktvQl5cbSxgs5mNoKD1BQ"
)
SPEC_1 = {"version": 1, "corpus": {"name": "speeches"}, "tokenizer": {"name": "char"}}
SPEC_1 |= {"model": {"name": "lstm"}}


def test_links_of_labs_before_still_open() -> None:
    app = opened("generate_text", lesson=BEFORE)
    shown(app, "## Lesson", r"Read \*this\*")
    assert app.slider(key=HOT).value == 0.5
    assert app.slider(key=HOT).disabled
    assert not app.error
    app = opened("train", lesson=LessonLink("train", {"spec": (json.dumps(SPEC_1),)}).to_address())
    shown(app, "## Lesson")
    assert not app.error
    assert app.selectbox(key="train-text").value == "speeches"


QUESTION = Question("How many sides?", "number", answer=6.0, tolerance=0.0, why="Why so?")


def test_predict_run_explain() -> None:
    asked = LessonLink("metrics", words="A die.", question=QUESTION)
    app = opened("metrics", lesson=asked.to_address())
    shown(app, "### How many sides?")
    assert app.title[0].value == "Metrics"
    assert [one.value for one in app.info] == [
        "The screen opens when you have answered or skipped the question."
    ]
    button(app, "Answer").click().run()
    assert "Answer first" in app.warning[0].value
    app.number_input[0].set_value(8.0)
    button(app, "Answer").click().run()
    shown(app, "You said: **8**")
    assert not any("The answer" in one.value for one in app.markdown)
    assert any(one.key and one.key.startswith("metrics-") for one in app.number_input)
    app.text_input[0].set_value("It *looked* so")
    button(app, "Show the answer").click().run()
    shown(app, "The answer: **6**", r"Why so? It \*looked\* so")
    assert [one.value for one in app.warning] == ["8 was 33 % too high."]


def test_it_can_be_skipped() -> None:
    asked = LessonLink("metrics", question=QUESTION)
    app = opened("metrics", lesson=asked.to_address())
    button(app, "Skip").click().run()
    assert not app.exception
    assert any("skipped" in one.value for one in app.caption)
    assert any(one.key and one.key.startswith("metrics-") for one in app.number_input)


def button(app: AppTest, label: str) -> object:
    return next(one for one in app.button if one.label == label)
