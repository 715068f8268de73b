"""A question before the answer: what a pupil predicts, and whether that came true.

    choice   one of the options            the next token, the cure, the family that wins
    number   a number                      the perplexity, the parameters
    curve    a number at each place        the loss after 10, 100 and 1,000 steps
    open     words, or one of the options  "why did it write something strange?": nothing is right

The answer stands in the question, or the lab computes it when it is asked for (`answers.py`).
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from lm_core.errors import nearest
from lm_core.figures import percent, significant
from lm_core.json_files import dumps
from lm_core.lessons.reading import BadLesson, known, number, numbers, text, texts

Prediction = str | float | tuple[float, ...]  # of choice and open; of number; of curve
KINDS = {
    "choice": "Choose one",
    "number": "Guess a number",
    "curve": "Draw the curve",
    "open": "In one's own words",
}
MOMENTS = ("", "before", "after")  # of a question that is asked twice
WHY = "Why?"
MOST_TEXT, MOST_WORDS, MOST_OPTION = 600, 500, 200  # characters
MOST_OPTIONS, MOST_PLACES = 8, 12
FIELDS = (
    *("text", "kind", "options", "answer", "computed", "tolerance", "at", "along", "unit"),
    *("why", "when", "folded"),
)


@dataclass(frozen=True)
class Computed:
    """An answer by the lab: an entry of `answers.ANSWERS`, and what it is given. Which entries
    there are, and what each takes, is checked where it is computed."""

    name: str
    given: tuple[tuple[str, str | float | bool], ...] = ()  # sorted by name

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, **dict(self.given)}

    @classmethod
    def from_dict(cls, data: Any) -> "Computed":
        """Raises BadLesson."""
        if not isinstance(data, dict) or len(data) > 12:
            raise BadLesson("What computes an answer must be a JSON object with a name.")
        given = dict(data)
        name = text(given.pop("name", ""), 40, "The name of what computes an answer")
        for key, value in given.items():
            text(key, 40, "A setting of a computed answer")
            if isinstance(value, str):
                text(value, 2000, "What an answer is computed from")
            elif not isinstance(value, bool):
                number(value, "What an answer is computed from")
        return cls(name, tuple(sorted(given.items())))


@dataclass(frozen=True)
class Checked:
    """What came of a prediction. `right` is None where nothing is right or wrong."""

    right: bool | None
    said: str


@dataclass(frozen=True)
class Question:
    """One question.

    Args:
        options: of a choice, from two on; of an open one what the teacher counts answers by, or
            none, and then it is answered in words.
        answer: in words: the option, the number, or a number for each place; None where the lab
            computes it, or where nothing is right.
        computed: how the lab computes it.
        tolerance: how far off a number may be, as a share of the answer: 0.2 is 20 % of it.
        at: of a curve the places, rising: steps, seconds.
        along: what those are, as a word: "steps".
        unit: of a number: "nats".
        why: what is asked after the prediction, in a line; "" for nothing.
        when: "before" or "after" of a question that is asked twice.
        folded: whether the screen waits until one has answered or skipped.

    Raises:
        BadLesson: what is wrong, in a sentence.
    """

    text: str
    kind: str = "choice"
    options: tuple[str, ...] = ()
    answer: Prediction | None = None
    computed: Computed | None = None
    tolerance: float = 0.2
    at: tuple[float, ...] = ()
    along: str = "steps"
    unit: str = ""
    why: str = WHY
    when: str = ""
    folded: bool = True

    def __post_init__(self) -> None:
        if not isinstance(self.kind, str) or self.kind not in KINDS:
            raise BadLesson(f"A question cannot be {self.kind!r}{nearest(self.kind, list(KINDS))}")
        if not text(self.text, MOST_TEXT, "A question").strip():
            raise BadLesson("A question needs words: write what is asked.")
        for name, most in (("along", 40), ("unit", 40), ("why", 120)):
            text(getattr(self, name), most, f"“{name}” of a question")
        if self.when not in MOMENTS:
            raise BadLesson("A question is asked before, after, or at no such moment.")
        if not isinstance(self.folded, bool):
            raise BadLesson("A screen waits for an answer, or not: true or false.")
        options = texts(self.options, MOST_OPTION, MOST_OPTIONS, "The options")
        object.__setattr__(self, "options", options)
        object.__setattr__(self, "at", numbers(self.at, MOST_PLACES, "The places of a curve"))
        object.__setattr__(
            self, "tolerance", number(self.tolerance, "The tolerance of a number", 0.0, 10.0)
        )
        self._check_kind()
        if self.computed is not None and self.answer is not None:
            raise BadLesson("A question has an answer in words, or one that is computed: not both.")
        if self.answer is not None:
            object.__setattr__(self, "answer", self.prediction(self.answer))
        if self.kind == "open" and self.has_answer:
            raise BadLesson("A question in one's own words has no right answer: leave it out.")

    def _check_kind(self) -> None:
        """That what the kind needs is there, and nothing of another kind."""
        if len(set(self.options)) < len(self.options) or not all(map(str.strip, self.options)):
            raise BadLesson("The options must differ, and none may be empty.")
        if self.kind == "choice" and len(self.options) < 2:
            raise BadLesson("A choice needs two options at least.")
        if self.kind in ("number", "curve") and self.options:
            raise BadLesson("A number or a curve has no options: take them out.")
        rising = all(a < b for a, b in zip(self.at, self.at[1:], strict=False))
        if self.kind == "curve" and (len(self.at) < 2 or not rising):
            raise BadLesson("A curve needs two places at least, each beyond the one before.")
        if self.kind != "curve" and self.at:
            raise BadLesson("Only a curve has places: take them out.")

    @property
    def has_answer(self) -> bool:
        """Whether there is something to compare a prediction with."""
        return self.answer is not None or self.computed is not None

    @property
    def id(self) -> str:
        """Twelve hexadecimal digits; a question asked before and after is one question."""
        same = self.to_dict() | {"when": ""}
        canonical = dumps(same, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()[:12]

    def prediction(self, value: Any) -> Prediction:
        """`value` as a prediction of this question.

        Raises:
            BadLesson: it is none; says what is asked for.
        """
        if self.kind == "number":
            return number(value, "A guess")
        if self.kind == "curve":
            drawn = numbers(value, MOST_PLACES, "A curve")
            if len(drawn) != len(self.at):
                raise BadLesson(f"The curve needs a number at each of its {len(self.at)} places.")
            return drawn
        said = text(value, MOST_OPTION if self.options else MOST_WORDS, "An answer")
        if self.options and said not in self.options:
            raise BadLesson("Choose one of the options.")
        if not said.strip():
            raise BadLesson("Write a few words, or skip the question.")
        return said

    def check(self, predicted: Prediction, answer: Prediction | None) -> Checked:
        """How a prediction compares with the answer, in one line.

        Args:
            answer: that of the question, or the one that was computed; None where there is none.
        """
        if answer is None:
            return Checked(None, "Noted. Nothing is right or wrong here.")
        if self.kind in ("choice", "open"):
            right = predicted == answer
            return Checked(right, "It came as you said." if right else f"It is: {answer}")
        if self.kind == "number":
            right = self._near(predicted, answer)
            return Checked(right, f"{self._said(predicted)} was {_far(predicted, answer)}.")
        near = sum(map(self._near, predicted, answer))
        said = f"{near} of {len(answer)} places are within {percent(self.tolerance)}."
        return Checked(near == len(answer), said)

    def _near(self, predicted: float, answer: float) -> bool:
        return abs(predicted - answer) <= self.tolerance * abs(answer) + 1e-9 * abs(answer)

    def _said(self, value: float) -> str:
        return f"{significant(value, 4)} {self.unit}".strip()

    def shown(self, value: Prediction) -> str:
        """A prediction or an answer in words."""
        if isinstance(value, str):
            return value
        if isinstance(value, tuple):
            return ", ".join(
                f"{self._said(v)} at {significant(a, 6)}"
                for v, a in zip(value, self.at, strict=True)
            )
        return self._said(value)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types, without what is usual."""
        usual = {name: field.default for name, field in Question.__dataclass_fields__.items()}
        said = {name: getattr(self, name) for name in FIELDS if getattr(self, name) != usual[name]}
        if self.computed is not None:
            said["computed"] = self.computed.to_dict()
        return {k: list(v) if isinstance(v, tuple) else v for k, v in said.items()}

    @classmethod
    def from_dict(cls, data: Any) -> "Question":
        """A question from what `to_dict` gave.

        Raises:
            BadLesson: an unknown key, or a value that cannot be.
        """
        given = dict(known(data, FIELDS, "A question"))
        if "text" not in given:
            raise BadLesson("A question needs words: write what is asked.")
        if given.get("computed") is not None:
            given["computed"] = Computed.from_dict(given["computed"])
        return cls(**given)


def _far(predicted: float, answer: float) -> str:
    """How far a guess was from the answer, in words."""
    if predicted == answer:
        return "exactly right"
    if answer == 0 or predicted / answer <= 0:
        return f"off by {significant(abs(predicted - answer), 2)}"
    times = predicted / answer
    if 0.5 < times < 2:
        return f"{percent(abs(times - 1))} too {'high' if times > 1 else 'low'}"
    return f"{significant(max(times, 1 / times), 2)} times too {'high' if times > 1 else 'low'}"
