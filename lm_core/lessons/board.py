"""The class board: what a class predicted, whether it came so, and why, without saying who.

    board.answer("letter-pairs", "3f0c…", pupil, "an LSTM", moment="before", right=False)
    board.tally("letter-pairs", "3f0c…").change        ->  {(False, True): 11, ...}

A pupil is a random number, made anew for each lesson in each session of a browser and kept there
alone: with it the answer of before and the one of after are two of one pupil, and nothing else is
known of them. No id of a visitor, no address and no cookie comes here, and the time is kept to the
minute, so that it does not lead to a run that was started then. One file of SQLite beside the
record of runs, handled as that is: a damaged one is put aside and begun anew.
"""

import json
import secrets
import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lm_core.errors import LabError
from lm_core.json_files import dumps
from lm_core.lessons.kept import Kept
from lm_core.lessons.tally import MOMENTS, Tally, tally
from lm_core.runs.caps import caps
from lm_core.texts import is_text
from lm_core.visible import readable

FILE, VERSION = "board.sqlite", 1
NAME, ASKED, WHY, SAID = 80, 600, 500, 500  # characters; the last two of a reason, a prediction
OPTIONS, PLACES = 12, 64  # of a choice; of a curve
LARGEST = 1e15  # of a number that is predicted
MOST_ANSWERS, MOST_LESSONS = 5_000, 100  # of a lesson, and in all; the oldest go first
PUPILS = 2**53  # as many as there are numbers that every reader of JSON takes
MINUTE, DAY = 60, 24 * 3600.0
SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, lesson TEXT NOT NULL, question TEXT NOT NULL,
    moment TEXT NOT NULL, pupil INTEGER NOT NULL, prediction TEXT NOT NULL, correct INTEGER,
    distance REAL, why TEXT NOT NULL, given INTEGER NOT NULL,
    UNIQUE (lesson, question, moment, pupil));
CREATE TABLE IF NOT EXISTS questions (
    lesson TEXT NOT NULL, question TEXT NOT NULL, asked TEXT NOT NULL, options TEXT NOT NULL,
    PRIMARY KEY (lesson, question));
"""
HEADINGS = (
    *("Lesson", "Question", "Asked", "Moment", "Pupil", "Prediction", "Right", "Distance"),
    *("Why", "Given (UTC, to the minute)"),
)
NEWER = (
    "The class board of this home folder was made by a newer lab: use that, or move "
    f"{FILE} out of the folder."
)


class BadAnswer(LabError):
    """An answer that the board cannot keep."""


@dataclass(frozen=True)
class Answer:
    """One answer. `right` is None where nothing is; `given` is in seconds since 1970, to the
    minute."""

    lesson: str
    question: str
    moment: str
    pupil: int
    prediction: Any
    right: bool | None
    distance: float | None
    why: str
    given: int


def new_pupil() -> int:
    """A number for one pupil in one lesson, which says nothing and is not given twice."""
    return secrets.randbelow(PUPILS)


class Board(Kept):
    """The board in the folder `home` (the lab's home by default); made with the first answer.

    Raises:
        StoreUnavailable: from any method, when the file cannot be read or written.
    """

    file, version, called = FILE, VERSION, "class board"
    schema, newer = SCHEMA, NEWER

    # What a pupil gives -----------------------------------------------------------------------

    def answer(
        self,
        lesson: str,
        question: str,
        pupil: int,
        prediction: Any,
        *,
        moment: str = "",
        right: bool | None = None,
        distance: float | None = None,
        why: str = "",
        asked: str = "",
        options: Sequence[str] = (),
    ) -> None:
        """Keep an answer. One that the same pupil gave to the same question at the same moment is
        replaced.

        Args:
            question: its id, or that of the step it belongs to.
            pupil: as `new_pupil` gives one.
            prediction: text, a number, or a list of numbers.
            moment: "before" or "after" of a question that is asked twice.
            right: whether it came so; None where that cannot be said.
            distance: how far off a number was, in its own unit.
            asked: the question in words; the first words that came for it stay.
            options: of a choice, so that one that nobody chose is shown too.

        Raises:
            BadAnswer: something is too long, or of another kind.
        """
        if moment not in MOMENTS:
            raise BadAnswer("An answer is given before, after, or at no such moment.")
        if type(pupil) is not int or not 0 <= pupil < PUPILS:
            raise BadAnswer("A pupil is a number that the lab gives: load the page anew.")
        if not (right is None or isinstance(right, bool)):
            raise BadAnswer("An answer is right, wrong, or neither.")
        if distance is not None:
            distance = _number(distance)
        if len(options) > OPTIONS:
            raise BadAnswer(f"A question has at most {OPTIONS} options.")
        key = (_name(lesson, "lesson"), _name(question, "question"))
        row = (
            *(*key, moment, pupil, _prediction(prediction)),
            *(right, distance, _line(why, WHY, "A reason")),
            int(time.time()) // MINUTE * MINUTE,
        )
        listed = dumps([_line(one, SAID, "An option") for one in options])
        words = (*key, _line(asked, ASKED, "A question"), listed)
        with self._db.writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO answers (lesson, question, moment, pupil, prediction, "
                "correct, distance, why, given) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )
            db.execute("INSERT OR IGNORE INTO questions VALUES (?, ?, ?, ?)", words)
            _bound(db, key[0])
        self.tidy()

    def forget(self, pupils: Iterable[int]) -> None:
        """What these gave is gone."""
        with self._db.writing() as db:
            db.executemany("DELETE FROM answers WHERE pupil = ?", [(one,) for one in pupils])
            _unasked(db)

    # What a class sees ------------------------------------------------------------------------

    def lessons(self) -> list[str]:
        """Those that have answers, the one that was answered last first."""
        asked = "SELECT lesson FROM answers GROUP BY lesson ORDER BY MAX(seq) DESC"
        return [row["lesson"] for row in self._rows(asked)]

    def questions(self, lesson: str) -> dict[str, str]:
        """The ids of the questions of a lesson that have answers, in the order in which they were
        first answered, and what each asks; "" where nobody said."""
        asked = "SELECT question, asked FROM questions WHERE lesson = ? ORDER BY rowid"
        return {row["question"]: row["asked"] for row in self._rows(asked, lesson)}

    def answers(self, lesson: str, question: str | None = None) -> list[Answer]:
        """Of a lesson, or of one of its questions, in the order in which they came."""
        which = "lesson = ?" + (" AND question = ?" if question is not None else "")
        given = (lesson,) if question is None else (lesson, question)
        asked = f"SELECT * FROM answers WHERE {which} ORDER BY seq"
        return [_answer(row) for row in self._rows(asked, *given)]

    def tally(self, lesson: str, question: str) -> Tally:
        """How many said what, before and after, and how many changed."""
        asked = "SELECT options FROM questions WHERE lesson = ? AND question = ?"
        options = [json.loads(row["options"]) for row in self._rows(asked, lesson, question)]
        given = self.answers(lesson, question)
        return tally(
            [(one.pupil, one.moment, one.prediction, one.right) for one in given],
            next(iter(options), ()),
        )

    def explanations(self, lesson: str, question: str, most: int = 60) -> list[Answer]:
        """The answers with a reason, the latest first."""
        given = [one for one in self.answers(lesson, question) if one.why]
        return given[::-1][:most]

    def table(self, lesson: str) -> list[tuple[Any, ...]]:
        """All answers of a lesson as rows, HEADINGS first. Pupils are numbered anew, in an order
        that says nothing."""
        asked, given = self.questions(lesson), self.answers(lesson)
        places = {pupil: n for n, pupil in enumerate(sorted({one.pupil for one in given}), 1)}
        rows = [
            (
                *(one.lesson, one.question, asked.get(one.question, ""), one.moment),
                *(places[one.pupil], _told(one.prediction)),
                "" if one.right is None else "yes" if one.right else "no",
                "" if one.distance is None else one.distance,
                *(one.why, time.strftime("%Y-%m-%d %H:%M", time.gmtime(one.given))),
            )
            for one in given
        ]
        return [HEADINGS, *rows]

    # What a teacher does ----------------------------------------------------------------------

    def clear(self, lesson: str | None = None) -> None:
        """Forget the answers of a lesson, or all."""
        which, given = ("", ()) if lesson is None else (" WHERE lesson = ?", (lesson,))
        with self._db.writing() as db:
            for table in ("answers", "questions"):
                db.execute(f"DELETE FROM {table}{which}", given)

    def tidy(self) -> None:
        """Answers older than a lab keeps what visitors leave (`keep_days`) go."""
        days = caps().keep_days
        if days is None or not self.path.exists():
            return
        before = time.time() - days * DAY
        if self._rows("SELECT 1 FROM answers WHERE given < ? LIMIT 1", before):
            with self._db.writing() as db:
                db.execute("DELETE FROM answers WHERE given < ?", (before,))
                _unasked(db)


def _bound(db: sqlite3.Connection, lesson: str) -> None:
    """The oldest go where there are too many; call it inside a transaction."""
    beyond = "SELECT seq FROM answers WHERE lesson = ? ORDER BY seq DESC LIMIT -1 OFFSET ?"
    db.execute(f"DELETE FROM answers WHERE seq IN ({beyond})", (lesson, MOST_ANSWERS))
    last = "SELECT lesson FROM answers GROUP BY lesson ORDER BY MAX(seq) DESC LIMIT ?"
    if db.execute(f"DELETE FROM answers WHERE lesson NOT IN ({last})", (MOST_LESSONS,)).rowcount:
        _unasked(db)


def _unasked(db: sqlite3.Connection) -> None:
    """Questions without an answer go."""
    db.execute(
        "DELETE FROM questions WHERE NOT EXISTS (SELECT 1 FROM answers WHERE "
        "answers.lesson = questions.lesson AND answers.question = questions.question)"
    )


def _answer(row: sqlite3.Row) -> Answer:
    right = None if row["correct"] is None else bool(row["correct"])
    read = {"prediction": json.loads(row["prediction"]), "right": right}
    same = ("lesson", "question", "moment", "pupil", "distance", "why", "given")
    return Answer(**{name: row[name] for name in same}, **read)


def _told(prediction: Any) -> Any:
    return ", ".join(map(str, prediction)) if isinstance(prediction, list) else prediction


def _name(text: Any, what: str) -> str:
    said = _line(text, NAME, f"The name of a {what}")
    if not said:
        raise BadAnswer(f"A {what} has a name.")
    return said


def _line(text: Any, most: int, what: str) -> str:
    """One line, and nothing in it that hides."""
    if not isinstance(text, str) or not is_text(text):
        raise BadAnswer(f"{what} is text.")
    said = readable(" ".join(text.split()))
    if len(said) > most:
        raise BadAnswer(f"{what} has at most {most} characters, and this has {len(said):,}.")
    return said


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST:
        raise BadAnswer("A number is one that can be written: no text, and not without end.")
    return float(value)


def _prediction(value: Any) -> str:
    """Its JSON."""
    if isinstance(value, str):
        value = _line(value, SAID, "A prediction")
    elif isinstance(value, list | tuple):
        if len(value) > PLACES:
            raise BadAnswer(f"A curve has at most {PLACES} places.")
        value = [_number(one) for one in value]
    else:
        value = _number(value)
    return dumps(value)
