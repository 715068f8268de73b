"""Sentences of the screens in another language, looked up by what they are in English.

A screen is written and computed in English. What leaves for the browser is looked up here: the
catalogue knows each sentence of the code with its blanks, `Stopped after {} steps.`, and what it is
in the other language, `Nach {} Schritten angehalten.`; what fills a blank is looked up in its turn,
and numbers take the language's signs. So ids, keys and addresses are the same in every language,
and a verdict that a worker wrote an hour ago is read in the language of whoever reads it now.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

BLANK = re.compile(r"\{[A-Za-z_0-9]*\}")
SENTENCE = re.compile(r"(?<=[.!?])(\s+)|(\s*\n\s*)")  # where one sentence ends and another begins
PART = re.compile(r"(\s*[:;·|]\s+|,\s+|\s+[-–—]\s+|<br>)")  # and where a part of one does
WORD = re.compile(r"[^\W\d_]{2,}")
# 1,234,567.89 and 0.25, but neither a version (1.67.0) nor a part of a name (v2.1).
NUMBER = re.compile(
    r"(?<![\w.,])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w,]|\.\d)|(?<![\w.,])\d+\.\d+(?![\w.]*\.\d)"
)
SIGNS = str.maketrans(",.", ".,")
LABEL = 60  # characters that an option of a choice has at most
JOINED = 4  # sentences that one template may span, where what fills a blank has several


class Template(NamedTuple):
    """A sentence with blanks: how it is told, what it is, and how many words it has itself."""

    pattern: re.Pattern[str]
    value: str
    says: int


class Catalogue:
    """The sentences of one language.

    Args:
        sentences: English, with `{}` for each blank -> the other language, where blanks follow in
            the same order or are told by number, `{1} von {0}`.
    """

    def __init__(self, sentences: Mapping[str, str]) -> None:
        self._exact = {key: value for key, value in sentences.items() if "{}" not in key}
        blanks = [(key, value) for key, value in sentences.items() if "{}" in key]
        blanks.sort(key=lambda pair: -len(pair[0]))  # the one that says most is tried first
        self._by_word: dict[str, list[Template]] = {}
        for key, value in blanks:
            says = WORD.findall(BLANK.sub(" ", key))
            if says:
                one = Template(_pattern(key), value, len(says))
                self._by_word.setdefault(max(says, key=len), []).append(one)
        self.say = lru_cache(maxsize=20_000)(self._say)

    def labels(self) -> dict[str, str]:
        """Short ones without a blank, such as the options of a choice."""
        return {key: one for key, one in self._exact.items() if len(key) <= LABEL}

    def _say(self, text: str, words: int = 1) -> str:
        """`text` in the language; what is not known stays as it is.

        Args:
            words: the fewest that a sentence must have to be taken for one of ours, where a text
                may be somebody else's.
        """
        pieces = SENTENCE.split(text)
        sentences, gaps = (
            pieces[::3],
            [a or b or "" for a, b in zip(pieces[1::3], pieces[2::3], strict=True)],
        )
        gaps.append("")
        said, at = [], 0
        while at < len(sentences):
            upto, whole = at + 1, self._whole(sentences[at], words)
            while whole is None and upto < min(at + JOINED, len(sentences)):
                upto += 1
                together = zip(sentences[at:upto], [*gaps[at : upto - 1], ""], strict=True)
                whole = self._whole("".join(a + gap for a, gap in together), words)
            if whole is None:
                upto, whole = at + 1, self._parts(sentences[at], words)
            said += [whole, gaps[upto - 1]]
            at = upto
        return "".join(said)

    def _whole(self, text: str, words: int) -> str | None:
        """A sentence that is known as a whole, also where it begins small; None for any other."""
        inner = text.strip()
        if len(WORD.findall(inner)) < words:
            return None
        said = self._known(inner)
        if said is None and inner[0].islower():
            said = self._known(inner[0].upper() + inner[1:])
        return None if said is None else text.replace(inner, said, 1)

    def _known(self, inner: str) -> str | None:
        if (exact := self._exact.get(inner)) is not None:
            return exact
        for one in self._candidates(inner):
            match = one.pattern.fullmatch(inner)
            if match and (one.says > 1 or all(map(self._fits, match.groups()))):
                return self._filled(one.value, match.groups())
        return None

    def _fits(self, blank: str) -> bool:
        """Whether it may fill a template of a single word, as "3" and "5" do in `{} of {}`."""
        return not WORD.search(blank) or self._known(blank.strip()) is not None

    def _parts(self, text: str, words: int) -> str:
        """A sentence that is not known as a whole: by its parts, each with the sign before it or
        without."""
        pieces = PART.split(text)
        if len(pieces) == 1:
            return localised(text) if words == 1 else text
        said, before = [], ""
        for piece, sign in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
            one = self._whole(before + piece, words) if before else None
            if one is None:
                one = self._whole(piece, words)
                said.append(before)
            if one is None:
                one = localised(piece) if words == 1 else piece
            said.append(one)
            before = sign
        return "".join([*said, before])

    def _candidates(self, text: str) -> Iterator["Template"]:
        """Templates one of whose words stands in the text, those that say most first."""
        found = [one for word in set(WORD.findall(text)) for one in self._by_word.get(word, ())]
        return iter(sorted(found, key=lambda one: -len(one.pattern.pattern)))

    def _filled(self, template: str, blanks: tuple[str, ...]) -> str:
        said, order = (
            [self.say(blank) if blank else "" for blank in blanks],
            iter(range(len(blanks))),
        )

        def blank(match: re.Match[str]) -> str:
            inside = match[0][1:-1]
            return said[int(inside) if inside else next(order)]

        return BLANK.sub(blank, template)


def localised(text: str) -> str:
    """Numbers with a comma before their decimals and points between thousands."""
    return NUMBER.sub(lambda match: match[0].translate(SIGNS), text)


def _pattern(key: str) -> re.Pattern[str]:
    return re.compile("(.*?)".join(re.escape(part) for part in key.split("{}")), re.DOTALL)


def read(folder: Path) -> Catalogue:
    """The catalogue of a language: all its files, each the sentences of a room."""
    sentences: dict[str, str] = {}
    for path in sorted(folder.glob("*.json")):
        sentences |= json.loads(path.read_text(encoding="utf-8"))
    return Catalogue(sentences)
