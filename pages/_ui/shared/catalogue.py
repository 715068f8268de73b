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

from pages._ui.shared.template import Template, literals

BLANK = re.compile(r"(?<!%)\{[A-Za-z_0-9]*(?::[^{}\s]{1,6})?\}")
# Where one sentence, or a part of one, ends and another begins.
PIECE = re.compile(
    r"((?<=[.!?])\s+|(?<=[.!?:]\*\*)\s+|\s*\n\s*|\s*[:;·|]\s+|,\s+|\s+[-–—]\s+|<br>|"
    r"(?<!\S)#{1,6}\s+|(?<!\S)\d+\s+(?=[A-Z])|:material/\w+:\s+|\s+:gray\[\(|\)\]\Z|"
    r"(?<!\S):small\[|(?<=[^\s)])\]\Z)"
)
# A name with its unit or its kind, and one of several that are called alike, or are not here yet.
TOGETHER = re.compile(
    r"(?P<first>.{1,100}?)(?: \((?P<second>.{1,100})\)|(?P<tail>[₀-₉]+| ↓| [-+−]?\d[\d.,]*( %)?))"
)
STRONG = re.compile(r"\*\*([^*]+)\*\*")  # a heading that stands in a card
ESCAPED = re.compile(r":color\[\\(.)\]|\\(.)")
TAG = re.compile(r"(<[^<>]*>)")
QUOTED = re.compile(r"“([^„“”]{1,300})”")  # as in English
SIGN = re.compile(r"[^\w\s]")
WORD = re.compile(r"[^\W\d_]{2,}")
# 1,234,567.89 and 0.25, but neither a version (1.67.0) nor a part of a name (v2.1).
NUMBER = re.compile(
    r"(?<![\w.,])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w,]|\.\d)|(?<![\w.,])\d+\.\d+(?![\w.]*\.\d)"
    r"|(?<![\w.,])\.\d\d?(?![\w.])"
)
SIGNS = str.maketrans(",.", ".,")
LABEL = 100  # characters that an option of a choice has at most
MOST = 2000  # characters: what is longer is no sentence of ours
FOREIGN = 3  # words that a sentence has at least, where what is shown may be tokens and names
DEEP = 2  # blanks within blanks that are looked up
LISTED, SHORT = 40, 300  # pieces of a text, characters of a blank, beyond which little is tried
PARTS, SENTENCES = 6, 4  # that are looked up together, as what fills a blank may have several


class Said(NamedTuple):
    """A text in the language, and how many of its characters were known."""

    text: str
    known: int


class Catalogue:
    """The sentences of one language.

    Args:
        sentences: English, with `{}` for each blank -> the other language, where blanks follow in
            the same order or are told by number, `{1} von {0}`.
        code: of the language: "de".
    """

    def __init__(self, sentences: Mapping[str, str], code: str = "") -> None:
        self.code = code
        sentences = _between_tags(sentences) | dict(sentences)
        self._exact = {key: value for key, value in sentences.items() if "{}" not in key}
        self._by_word: dict[str, list[Template]] = {}
        for key, value in sentences.items():
            literal = key.replace("{}", "")
            own = WORD.findall(key.replace("{}", " "))
            if "{}" in key and own:
                tells = len(own) > 1 or SIGN.search(literal) is not None
                # Signs around a single word say little: "{}: {}, {} to {}" fits much.
                known = len(literal.strip()) if len(own) > 1 else len(own[0])
                one = Template(literals(key), value, frozenset(own), known, tells)
                self._by_word.setdefault(max(own, key=len), []).append(one)
        self._best = lru_cache(maxsize=5_000)(self._found)
        self._known = lru_cache(maxsize=20_000)(self._looked_up)

    def labels(self) -> dict[str, str]:
        """Short ones without a blank, such as the options of a choice."""
        short = (pair for pair in self._exact.items() if len(pair[0]) <= LABEL)
        return {key: one for key, one in short if one != key}

    def say(self, text: str, words: int = 1) -> str:
        """`text` in the language; what is not known stays as it is.

        Args:
            words: the fewest that a sentence must have to be taken for one of ours, where a text
                may be somebody else's.
        """
        if len(text) > MOST:
            return text
        said = self._best(text, words, 0).text
        return QUOTED.sub(r"„\1“", said) if words == 1 and self.code == "de" else said

    def ours(self, text: str) -> str | None:
        """`text` in the language where each word of it is known; None where one is not."""
        if len(text) > SHORT:
            return None
        said = self._best(text, 1, 0)
        return said.text if said.known >= _letters(text) else None

    def _found(self, text: str, words: int, depth: int) -> Said:
        """As a whole, or in pieces: the way in which most of it is known."""
        if depth and len(text) > SHORT:
            return _unknown(text, words)
        whole, pieces = self._whole(text, words, depth), PIECE.split(text)
        if len(pieces) == 1 or (whole and whole.known >= len(text.strip())):
            return whole or _unknown(text, words)
        found = self._pieces(pieces, words, depth)
        return whole if whole and whole.known >= found.known else found

    def _whole(self, text: str, words: int, depth: int) -> Said | None:
        """A sentence that is known, also where it begins small, or large, or has a full stop more;
        None for any other."""
        inner = text.strip()
        if len(WORD.findall(inner)) < words:
            return None
        found = [self._known(inner, depth)]
        if inner[0].islower():
            found.append(self._known(inner[0].upper() + inner[1:], depth))
        elif inner[0].isupper() and len(WORD.findall(inner)) > 1:
            small = self._known(inner[0].lower() + inner[1:], depth)
            found.append(small and Said(small.text[:1].upper() + small.text[1:], small.known))
        if inner[-1] == "." and (bare := self._known(inner[:-1], depth)):
            found.append(Said(f"{bare.text}.", bare.known))
        said = max((one for one in found if one), key=lambda one: one.known, default=None)
        if said and words >= FOREIGN and 10 * said.known < 9 * _letters(inner):
            return None  # somebody else's, with some words that ours have too
        return said and Said(text.replace(inner, said.text, 1), said.known)

    def _looked_up(self, inner: str, depth: int) -> Said | None:
        if (exact := self._exact.get(bare(inner))) is not None:
            return Said(exact, len(inner))
        if depth > DEEP:
            return None
        found = [self._filled(one, inner, depth) for one in self._candidates(inner)]
        found.append(self._together(inner, depth))
        if strong := STRONG.fullmatch(inner):
            said = self._best(strong[1], 1, depth + 1)
            found.append(Said(f"**{said.text}**", said.known))
        return max((one for one in found if one), key=lambda one: one.known, default=None)

    def _together(self, inner: str, depth: int) -> Said | None:
        """A name and what stands behind it, where both are known."""
        if (parts := TOGETHER.fullmatch(inner)) is None:
            return None
        first, second, tail = parts["first"], parts["second"], parts["tail"]
        named = self._best(first, 1, depth + 1)
        kind = self._best(second, 1, depth + 1) if second else Said("", 0)
        if named.known < _letters(first) or kind.known < _letters(second or ""):
            return None
        text = f"{named.text} ({kind.text})" if second else f"{named.text}{localised(tail)}"
        return Said(text, named.known + kind.known)

    def _candidates(self, text: str) -> Iterator[Template]:
        """Templates whose words stand in the text, those that say most themselves first."""
        there = dict.fromkeys(WORD.findall(text))  # in order: what is said must not depend on luck
        some = (one for word in there for one in self._by_word.get(word, ()))
        fit = (one for one in some if one.words <= there.keys())
        return iter(sorted(fit, key=lambda one: -one.known))

    def _filled(self, template: Template, text: str, depth: int) -> Said | None:
        spans = template.spans(text)
        if spans is None:
            return None
        ways = [spans, *template.later(text, spans)]
        found = (self._with(template, text, way, depth) for way in ways)
        return max((one for one in found if one), key=lambda one: one.known, default=None)

    def _with(
        self, template: Template, text: str, spans: list[tuple[int, int]], depth: int
    ) -> Said | None:
        """What is said where these fill its blanks."""
        # What stands in quotation marks is quoted.
        said = [
            Said(text[a:b], _letters(text[a:b]))
            if a == b or text[a - 1 : a] == "“"
            else self._best(text[a:b], 1, depth + 1)
            for a, b in spans
        ]
        filled = zip((text[a:b] for a, b in spans), said, strict=True)
        if not template.tells and any(_strange(blank) and not one.known for blank, one in filled):
            return None
        order = iter(range(len(said)))

        def blank(place: re.Match[str]) -> str:
            inside = place[0][1:-1]
            return said[int(inside) if inside else next(order)].text

        known = template.known + sum(one.known for one in said)
        return Said(BLANK.sub(blank, template.value), known)

    def _pieces(self, pieces: list[str], words: int, depth: int) -> Said:
        """Piece after piece, several together where they are known so.

        Args:
            pieces: those of a text, and between them what parts them.
        """
        best = {len(pieces) + 1: Said("", 0)}  # from a piece on
        for at in range(len(pieces) - 1, -1, -2):
            sign = pieces[at - 1] if at else ""
            rest = best[at + 2]
            alone = _unknown(pieces[at], words)
            best[at] = Said(sign + alone.text + rest.text, rest.known)
            few = depth or len(pieces) > 2 * LISTED
            for end in [at + 1] if few else _ends(pieces, at):
                part, rest = "".join(pieces[at:end]), best[end + 1]
                after = pieces[end] if end < len(pieces) else ""
                for before, one, behind in (
                    ("", sign + part, ""),
                    (sign, part, ""),
                    (sign, part + after.rstrip(), after),
                ):
                    said = self._whole(one, words, depth)
                    if said and said.known + rest.known > best[at].known:
                        tail = rest.text.removeprefix(behind.rstrip())
                        best[at] = Said(before + said.text + tail, said.known + rest.known)
        return best[0]


def _ends(pieces: list[str], at: int) -> list[int]:
    """Where what begins with a piece may end: after each of some parts, of some sentences."""
    parts = range(at + 1, min(at + 2 * PARTS, len(pieces)) + 1, 2)
    stops = [end for end in range(at + 1, len(pieces) + 1, 2) if pieces[end - 1][-1:] in ".!?"]
    return sorted({*parts, *stops[:SENTENCES], len(pieces)})


def _letters(text: str) -> int:
    """How many characters its words have."""
    return sum(map(len, WORD.findall(text)))


def _strange(blank: str) -> bool:
    """Whether it has words and no figure, as what others wrote."""
    return WORD.search(blank) is not None and not re.search(r"\d", blank)


def _unknown(text: str, words: int) -> Said:
    """Numbers are put into the language's way all the same, where the text is surely ours."""
    return Said(localised(text) if words == 1 else text, 0)


def localised(text: str) -> str:
    """Numbers with a comma before their decimals and points between thousands."""
    return NUMBER.sub(lambda match: match[0].translate(SIGNS), text)


def _between_tags(sentences: Mapping[str, str]) -> dict[str, str]:
    """Of those with markup, the words between its tags."""
    found = {}
    for key, value in sentences.items():
        english, other = TAG.split(key), TAG.split(value)
        if len(english) > 1 and english[1::2] == other[1::2]:
            pairs = zip(english[::2], other[::2], strict=True)
            found |= {one.strip(): there.strip() for one, there in pairs if WORD.search(one)}
    return found


def bare(text: str) -> str:
    """Without what `plain` puts before signs."""
    return ESCAPED.sub(lambda match: match[1] or match[2], text) if "\\" in text else text


def sentences_in(folder: Path) -> dict[str, str]:
    """Those of a language: of all its files, each of which holds the sentences of a room."""
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.json")):
        found |= json.loads(path.read_text(encoding="utf-8"))
    return found
