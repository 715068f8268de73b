"""The teacher's page: for whoever has its address and nobody else; what a class does stands there,
and what the teacher asks is done."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lm_core.lessons.board import HEADINGS
from lm_core.runs.teaching import BY_TEACHER
from pages._ui.shared import class_board, first_name, session
from pages._ui.shared.teacher_token import VARIABLE, is_token, teachers_address, token
from pages._ui.teacher import spotlight
from pages._ui.teacher.board import _file
from tests.pages.foreign import TITLE
from tests.pages.stored import stored_run
from tests.waiting import PATIENCE

APP = Path(__file__).parents[2] / "app.py"
TOKEN = "a-word-that-nobody-guesses"
ADA, BOB = "ada-who-is-a-visitor-here", "bob-who-is-a-visitor-here"
LESSON = "Which family wins?"


@pytest.fixture(autouse=True)
def a_class(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    monkeypatch.setenv("LM_LAB_CLASS", "1")
    monkeypatch.setenv(VARIABLE, TOKEN)
    monkeypatch.setattr(session, "open_pages", lambda: {ADA: 2, BOB: 1})
    for thing in (session._manager, class_board.board, token):
        thing.clear()
    yield
    spotlight.take_back()
    first_name._names.clear()
    for thing in (session._manager, class_board.board, token):
        thing.clear()


def opened(screen: str = "teacher", **address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    for name, value in address.items():
        app.query_params[name] = value
    app.switch_page(f"pages/{screen}.py").run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    parts = [*app.markdown, *app.caption, *app.info, *app.error, *app.header]
    return "\n".join(one.value for one in parts)


def answered() -> None:
    board = class_board.board()
    ask = {"asked": LESSON, "options": ["LSTM", "n-gram"]}
    for pupil, (before, after) in enumerate([(False, True), (False, True), (True, True)]):
        for moment, right in (("before", before), ("after", after)):
            what = "LSTM" if right else "n-gram"
            board.answer("first", "q", pupil, what, moment=moment, right=right, why=TITLE, **ask)


def counted() -> None:
    """The table to take away has what the page says, and nobody in it."""
    text = _file("first", None).decode("utf-8-sig")
    headings, *rows = csv.reader(io.StringIO(text))
    assert tuple(headings) == HEADINGS
    given = [dict(zip(headings, row, strict=True)) for row in rows]
    right = Counter(one["Moment"] for one in given if one["Right"] == "yes")
    assert right == {"before": 1, "after": 3}
    both = Counter(one["Pupil"] for one in given)
    assert both == {"1": 2, "2": 2, "3": 2}
    assert not [who for who in (ADA, BOB, "Ada") if who in text]


def test_without_the_word_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    answered()
    stored_run(ADA, status="running", title="hers")
    for address in ({}, {"teacher": TOKEN[:-1] + "x"}, {"teacher": "x" * 90}):
        app = opened(**address)
        assert len(app.info) == 1
        assert app.info[0].value.startswith("This page is the teacher's")
        assert not app.button
        assert not app.dataframe
    monkeypatch.delenv("LM_LAB_CLASS")
    app = opened(teacher=TOKEN)
    assert [one.value for one in app.info] == [
        "This lab was not started for a class: start it with `make class`."
    ]


def test_the_word_is_made_anew_where_none_was_given(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert teachers_address("http://x/lab/") == f"http://x/lab/teacher?teacher={TOKEN}"
    monkeypatch.setenv(VARIABLE, "too short")
    token.clear()
    made = token()
    assert len(made) >= 20
    assert is_token(made)
    assert [is_token(wrong) for wrong in (None, "", "too short", TOKEN, "ä")] == [False] * 5
    assert VARIABLE in caplog.text
    assert made not in caplog.text
    token.clear()
    assert token() != made


def test_a_lesson_from_the_teachers_side() -> None:
    """One page is opened, and everything on it is used."""
    answered()
    first_name.give(ADA, f"  Ada  {TITLE}")
    mine, other = (stored_run(who, status="running", title=TITLE) for who in (ADA, BOB))
    app = opened(teacher=TOKEN)
    going, here = (app.dataframe[n].value for n in range(2))
    assert here["Pages open"].tolist() == [2, 1]
    assert here["First name"].tolist()[0].startswith("Ada ")
    assert here["First name"].tolist()[1] == "–"
    assert going["State"].tolist() == ["running", "running"]
    assert going["Step"].tolist() == [120, 120]
    assert "2 pupils here, with 3 pages open" in said(app)

    runs = session.manager()
    app.button(key="teacher-pause").click().run()
    assert runs.held
    assert "Everything is paused" in said(app)
    assert app.dataframe[0].value["State"].tolist() == ["held", "held"]
    app.button(key="teacher-go-on").click().run()
    assert not runs.held

    app.selectbox(key="teacher-run").set_value(other).run()
    app.button(key="teacher-show").click().run()
    assert spotlight.chosen().id == other
    app.button(key="teacher-end").click().run()
    assert runs.store.requested(other).state == "stop"
    assert runs.store.get(other).message == BY_TEACHER
    assert runs.store.requested(mine).state == "run"
    app.button(key="teacher-hide").click().run()
    assert spotlight.chosen() is None

    assert "Right before: 1 of 3 (33 %). Right after: 3 of 3 (100 %)." in said(app)
    assert "2 went from wrong to right" in said(app)
    assert "Lowest on US first names, 2017" in said(app)
    counted()
    app.button(key="teacher-clear").click().run()
    assert class_board.board().lessons() == []
    assert "No answers yet." in said(app)
    assert not app.exception


def test_the_projector_shows_what_the_teacher_chose_and_nothing_else() -> None:
    run = stored_run(ADA, status="running", title="her run")
    app = opened("spotlight", run=run)
    assert "Nothing is shown now" in said(app)
    assert "her run" not in said(app)
    first_name.give(ADA, "Ada")
    spotlight.show(run)
    app.run()
    assert [one.value for one in app.header] == ["Ada: her run"]
    assert app.metric[0].value == "120"
    assert not app.button  # nothing steers it
    session._manager().store.update(run, status="stopped")
    session._manager().store.delete(run, ADA)
    app.run()
    assert "Nothing is shown now" in said(app)


def test_a_pupil_may_give_a_first_name_in_a_class_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened("train")
    app.text_input(key="first-name").set_value(" Ada \u202e ").run()
    visitor = app.session_state["visitor"]
    assert first_name.of(visitor) == "Ada ⟨202E⟩"
    app.text_input(key="first-name").set_value("").run()
    assert first_name.of(visitor) == ""
    labels = [link.proto.label for link in app.get("page_link")]
    assert "Teacher" not in labels
    monkeypatch.delenv("LM_LAB_CLASS")
    assert not [one for one in app.run().text_input if one.key == "first-name"]


def test_a_pupil_reads_that_everything_is_paused() -> None:
    app = opened("train")
    run = stored_run(app.session_state["visitor"], status="running")
    session.manager().pause_all()
    app.run()
    assert [one.value for one in app.info if "paused everything" in one.value]
    app.query_params["run"] = run
    app.run()
    assert any("paused everything" in one.value for one in app.caption)
    session.manager().go_on_all()
    app.run()
    assert "paused everything" not in said(app)


def test_a_session_has_one_number_for_each_lesson() -> None:
    """It is no visitor's id, and goes with all that is the visitor's."""
    app = opened("train")
    visitor = app.session_state["visitor"]
    stored_run(visitor)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(class_board.st, "session_state", {})
        class_board.answer("one", "q", "x")
        class_board.answer("one", "q", "y")
        class_board.answer("two", "q", "y")
        pupils = class_board.st.session_state[class_board.PUPILS]
        assert len(set(pupils.values())) == 2
        assert [one.prediction for one in class_board.board().answers("one")] == ["y"]
        class_board.forget_mine()
        assert class_board.board().lessons() == []
