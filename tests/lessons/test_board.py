"""The class board: counts add up whatever is answered, and nobody is known by it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.errors import StoreUnavailable
from lm_core.lessons import board as module
from lm_core.lessons.board import FILE, HEADINGS, PUPILS, BadAnswer, Board, new_pupil
from lm_core.lessons.tally import MOMENTS, MOST_BARS, OTHERS, tally
from lm_core.runs.owners import new_owner

ASK = {"asked": "Which family wins?", "options": ["LSTM", "Transformer", "n-gram"]}


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return Board(tmp_path)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Board:
    """One for all examples, which is cleared for each."""
    return Board(tmp_path_factory.mktemp("board"))


PREDICTIONS = st.one_of(
    st.sampled_from(["LSTM", "Transformer", OTHERS]),
    st.text(max_size=20),
    st.floats(-1e15, 1e15),
    st.lists(st.floats(0, 10), max_size=3),
)
ANSWERS = st.lists(
    st.tuples(
        st.integers(0, 4),  # few pupils, so that they answer again
        st.sampled_from(MOMENTS),
        PREDICTIONS,
        st.sampled_from([None, True, False]),
    ),
    max_size=16,
)


@given(answers=ANSWERS)
def test_counts_add_up_over_any_answers(shared: Board, answers: list) -> None:
    """Each pupil counts once at each moment, with what they said last."""
    board, last = shared, {}
    board.clear()
    for pupil, moment, prediction, right in answers:
        board.answer("lesson", "q", pupil, prediction, moment=moment, right=right, **ASK)
        last[pupil, moment] = right
    found = board.tally("lesson", "q")
    for moment in MOMENTS:
        here = [right for (_, when), right in last.items() if when == moment]
        assert found.answered(moment) == len(here)
        assert found.right.get(moment, 0) == here.count(True)
        assert found.judged.get(moment, 0) == len(here) - here.count(None)
    both = {
        pupil: (last[pupil, "before"], last[pupil, "after"])
        for pupil in range(5)
        if None not in (last.get((pupil, "before")), last.get((pupil, "after")))
    }
    assert found.both == len(both)
    assert all(count == [*both.values()].count(key) for key, count in found.change.items())
    assert len(found.said) <= MOST_BARS
    assert len(board.table("lesson")) == 1 + len(last)


def test_nothing_that_is_kept_is_a_visitor(board: Board, tmp_path: Path) -> None:
    """Every column is known, and none takes what identifies somebody."""
    owner = new_owner()
    with pytest.raises(BadAnswer):
        board.answer("lesson", "q", owner, "LSTM")
    for who in (-1, PUPILS, True, 0.5, None):
        with pytest.raises(BadAnswer):
            board.answer("lesson", "q", who, "LSTM")
    board.answer("lesson", "q", new_pupil(), "LSTM", why="it remembers", **ASK)
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        columns = {row[1] for row in db.execute("PRAGMA table_info(answers)")}
        (given,) = db.execute("SELECT given FROM answers").fetchone()
    assert columns == {
        *("seq", "lesson", "question", "moment", "pupil", "prediction", "correct", "distance"),
        *("why", "given"),
    }
    assert given % 60 == 0
    assert owner.encode() not in b"".join(path.read_bytes() for path in tmp_path.glob("board*"))


def test_what_a_teacher_reads(board: Board) -> None:
    board.answer("first", "q1", 7, "LSTM", moment="before", right=False, why=" a  b\n", **ASK)
    board.answer("first", "q1", 7, "Transformer", moment="after", right=True, why="=1+1", **ASK)
    board.answer("first", "q1", 3, "Transformer", moment="before", right=True)
    board.answer("first", "q2", 3, 12.5, distance=2.5, asked="How much?")
    board.answer("second", "q1", 9, [3.0, 2.0])
    assert board.lessons() == ["second", "first"]
    assert board.questions("first") == {"q1": "Which family wins?", "q2": "How much?"}
    found = board.tally("first", "q1")
    assert found.said == {
        "LSTM": {"before": 1},
        "Transformer": {"before": 1, "after": 1},
        "n-gram": {},
    }
    assert found.change == {
        **{(False, True): 1, (False, False): 0},
        **{(True, True): 0, (True, False): 0},
    }
    assert [one.why for one in board.explanations("first", "q1")] == ["=1+1", "a b"]
    table = board.table("first")
    assert table[0] == HEADINGS
    assert [row[4] for row in table[1:]] == [2, 2, 1, 1]  # pupils, by no order of theirs
    assert table[4][3:9] == ("", 1, 12.5, "", 2.5, "")
    board.clear("first")
    assert board.lessons() == ["second"]
    board.forget([9])
    assert board.lessons() == board.answers("second") == []
    assert board.questions("second") == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"lesson": ""},
        {"lesson": "x" * 81},
        {"question": "\ud800"},
        {"prediction": float("nan")},
        {"prediction": 1e16},
        {"prediction": None},
        {"prediction": {"a": 1}},
        {"prediction": "x" * 501},
        {"prediction": [1.0] * 65},
        {"moment": "during"},
        {"right": 1},
        {"distance": "far"},
        {"why": "x" * 501},
        {"asked": 3},
        {"options": ["a"] * 13},
    ],
    ids=str,
)
def test_what_cannot_be_kept_is_a_sentence_and_nothing_is(board: Board, wrong: dict) -> None:
    usual = {"lesson": "l", "question": "q", "pupil": 1, "prediction": "x"}
    with pytest.raises(BadAnswer, match=r"\.$"):
        board.answer(**usual | wrong)
    assert board.lessons() == []


def test_the_oldest_go_first(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ANSWERS", 3)
    monkeypatch.setattr(module, "MOST_LESSONS", 2)
    for pupil in range(5):
        board.answer("one", "q", pupil, "x")
    assert [one.pupil for one in board.answers("one")] == [2, 3, 4]
    board.answer("two", "q", 0, "x")
    board.answer("three", "q", 0, "x")
    assert board.lessons() == ["three", "two"]
    assert board.questions("one") == {}


def test_answers_go_after_the_days_that_things_are_kept(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module.time, "time", lambda: 1e9)
    board.answer("old", "q", 1, "x")
    board.tidy()
    assert board.lessons() == ["old"]  # for ever, as usual
    monkeypatch.setattr(module.time, "time", lambda: 1e9 + 2 * module.DAY)
    monkeypatch.setenv("LM_LAB_KEEP_DAYS", "1")
    board.answer("new", "q", 1, "x")
    assert board.lessons() == ["new"]


def test_nobody_who_only_looks_makes_a_file(board: Board, tmp_path: Path) -> None:
    assert board.lessons() == board.explanations("l", "q") == []
    assert board.table("l") == [HEADINGS]
    assert board.tally("l", "q").moments == []
    board.tidy()
    assert not list(tmp_path.iterdir())


def test_a_damaged_board_is_put_aside_and_that_of_a_newer_lab_left_alone(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database" * 1000)
    board = Board(tmp_path)
    board.answer("l", "q", 1, "x")
    assert board.lessons() == ["l"]
    assert len(list(tmp_path.glob("board.damaged-*"))) == 1
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        db.execute("PRAGMA user_version = 2")
    with pytest.raises(StoreUnavailable, match="newer lab"):
        Board(tmp_path).answer("l", "q", 2, "x")


def test_many_numbers_are_put_into_ranges_and_rare_words_together() -> None:
    found = tally([(n, "", float(n), None) for n in range(40)])
    assert found.said["0 to 5"] == {"": 5}
    assert len(found.said) == 8
    words = tally([(n, "", f"word {n}", None) for n in range(40)] + [(99, "", "word 7", None)])
    assert next(iter(words.said)) == "word 7"
    assert words.said[OTHERS] == {"": 41 - 2 - 10}
