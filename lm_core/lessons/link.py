"""A lesson link: a whole screen in one parameter of an address, with a teacher's words on it.

What a screen shows is what its address says, so its state is those parameters with their values.
The link adds which of them a pupil may not change, or does not see; words; and a question. It is
JSON, deflated where that is shorter, in letters that an address takes as they are.

Version 2. The links before it are the plain addresses (`?text=names`, `?spec=...`), which go on
opening as they do.
"""

import base64
import binascii
import hashlib
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from lm_core.json_files import dumps
from lm_core.lessons.question import Question
from lm_core.lessons.reading import BadLesson, known, text, texts

VERSION = 2
PARAMETER = "lesson"  # of the address
MOST = 6000  # characters of a link: browsers, proxies and messages take that many
MOST_BYTES = 65_536  # that it may hold once it is unpacked
MOST_WORDS = 2000  # characters of a teacher's text
MOST_PARAMETERS, MOST_VALUES, MOST_VALUE = 80, 80, 20_000
NAME = re.compile(r"[a-z0-9_][A-Za-z0-9_-]{0,79}")
STEP = re.compile(r"(?:[a-z0-9-]{1,60}(?:/[0-9]{1,3})?)?")
FIELDS = (*("version", "screen", "state", "hidden", "locked", "words", "question", "lesson"),)
DAMAGED = "This lesson link is damaged: copy it again, whole."


@dataclass(frozen=True)
class LessonLink:
    """A screen as a teacher set it up.

    Args:
        screen: its place in the address: "train"; of the first one "home".
        state: parameter of the address -> its values.
        hidden: parameters and controls, by name, that a pupil does not see: each keeps the value
            of the link.
        locked: those that are seen and cannot be changed.
        words: of the teacher: plain text.
        question: asked before the answer is seen.
        lesson: the ready lesson this is a step of, and which: "letter-pairs/2"; "" for none.

    Raises:
        BadLesson: what is wrong, in a sentence.
    """

    screen: str
    state: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()
    words: str = ""
    question: Question | None = None
    lesson: str = ""
    version: int = VERSION

    def __post_init__(self) -> None:
        if self.version != VERSION or isinstance(self.version, bool):
            raise BadLesson(
                f"This lesson link is of another version than {VERSION}, the one this lab reads: "
                "make it anew."
            )
        if not isinstance(self.screen, str) or not re.fullmatch("[a-z0-9_]{1,60}", self.screen):
            raise BadLesson("This lesson link names no screen.")
        object.__setattr__(self, "state", _state(self.state))
        for part in ("hidden", "locked"):
            names = texts(getattr(self, part), 80, MOST_PARAMETERS, f"What is {part}")
            for name in names:
                _named(name)
            object.__setattr__(self, part, tuple(sorted(set(names))))
        text(self.words, MOST_WORDS, "The words of a lesson")
        if not isinstance(self.lesson, str) or not STEP.fullmatch(self.lesson):
            raise BadLesson("A ready lesson is named as letter-pairs/2.")

    @property
    def fixed(self) -> tuple[str, ...]:
        """Parameters and controls that keep what the link says, seen or not."""
        return tuple(sorted({*self.hidden, *self.locked}))

    @property
    def name(self) -> str:
        """What a class board calls it: the ready lesson it belongs to, or its screen and eight
        digits of what it says."""
        said = dumps(self.to_dict(), sort_keys=True, separators=(",", ":"))
        digits = hashlib.sha256(said.encode()).hexdigest()[:8]
        return self.lesson.partition("/")[0] or f"{self.screen}-{digits}"

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types, without what is empty."""
        said = {
            "version": self.version,
            "screen": self.screen,
            "state": {name: list(values) for name, values in self.state.items()},
            "hidden": list(self.hidden),
            "locked": list(self.locked),
            "words": self.words,
            "question": self.question and self.question.to_dict(),
            "lesson": self.lesson,
        }
        return {name: value for name, value in said.items() if value or name == "screen"}

    @classmethod
    def from_dict(cls, data: Any) -> "LessonLink":
        """A lesson from what `to_dict` gave.

        Raises:
            BadLesson: an unknown key, another version, a value that cannot be.
        """
        given = dict(known(data, FIELDS, "A lesson link"))
        for name in ("version", "screen"):
            if name not in given:
                raise BadLesson(f"This lesson link says no {name}: copy it again, whole.")
        if given.get("question") is not None:
            given["question"] = Question.from_dict(given["question"])
        return cls(**given)

    def to_address(self) -> str:
        """The value of the parameter `lesson`: at most MOST characters that need no quoting, or
        plain JSON where that is shorter quoted.

        Raises:
            BadLesson: it holds too much for a link.
        """
        said = dumps(self.to_dict(), separators=(",", ":"), ensure_ascii=False)
        raw = said.encode()
        packed = _packed(raw)
        shorter = min(packed, said, key=lambda one: len(quote(one)))
        if len(quote(shorter)) > MOST or len(raw) > MOST_BYTES:
            raise BadLesson(
                f"This lesson needs {len(quote(shorter)):,} characters of at most {MOST:,} in a "
                "link: shorten its words, or the text of the screen."
            )
        return shorter

    @classmethod
    def from_address(cls, said: str) -> "LessonLink":
        """A lesson from what `to_address` gave.

        Raises:
            BadLesson: what is wrong with it, in a sentence.
        """
        if len(said) > MOST:
            raise BadLesson(
                f"This lesson link has {len(said):,} characters, and one has {MOST:,} at most: "
                "copy it again."
            )
        try:
            return cls.from_dict(_loaded(said))
        except (ValueError, RecursionError, binascii.Error, zlib.error):
            raise BadLesson(DAMAGED) from None


def _packed(raw: bytes) -> str:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    return base64.urlsafe_b64encode(deflate.compress(raw) + deflate.flush()).decode().rstrip("=")


def _loaded(said: str) -> Any:
    """Raises ValueError, RecursionError, zlib.error: it holds nothing that reads."""
    if not said.startswith("{"):
        packed = base64.b64decode(said + "=" * (-len(said) % 4), b"-_", validate=True)
        inflate = zlib.decompressobj(-15)
        raw = inflate.decompress(packed, MOST_BYTES)
        if not inflate.eof or inflate.unused_data:
            raise ValueError("cut off, or more than a lesson")
        said = raw.decode()
    return json.loads(said, parse_constant=_none)


def _none(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


def _state(state: Any) -> dict[str, tuple[str, ...]]:
    """Raises BadLesson."""
    if not isinstance(state, Mapping) or len(state) > MOST_PARAMETERS:
        raise BadLesson("The state of a screen is an object of parameters with their values.")
    said = {}
    for name in sorted(state, key=str):
        _named(name)
        if name == PARAMETER:
            raise BadLesson("A lesson link holds no other lesson link.")
        said[name] = texts(state[name], MOST_VALUE, MOST_VALUES, f"The values of {name}")
    return said


def _named(name: Any) -> None:
    """Raises BadLesson: it can be no parameter and no control."""
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise BadLesson(f"A parameter cannot be called {name!r}: copy the link again.")
