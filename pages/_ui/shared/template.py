"""A sentence with blanks, and what fills them in a text."""

import re
from typing import NamedTuple

MARKDOWN = "\\`*[]{}<>$~&|#+=-.)_"
SPACE = re.escape(" ")  # a literal that tells nothing


class Template(NamedTuple):
    """A sentence with blanks: what stands between them, what it is in the language, what words and
    how many characters it has itself, and whether these tell it from any other, as one word between
    blanks does not."""

    literals: list[re.Pattern[str]]
    value: str
    words: frozenset[str]
    known: int
    tells: bool

    def spans(self, text: str) -> list[tuple[int, int]] | None:
        """Where what fills each blank begins and ends, each as short as it can be; None where the
        text is another. Each literal is looked for once, from left to right, so that no text, of a
        visitor's making either, takes longer than its length."""
        first, *others = self.literals
        here = first.match(text)
        found, at = [], here.end() if here else 0
        for literal in others if here else ():
            there = literal.search(text, at)
            if there is None:
                return None
            found.append((at, there.start()))
            at = there.end()
        return found if here else None

    def later(self, text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Where each blank begins and ends, of two with nothing but a space between them the first
        as long as it can be: "{} {} mostly" of "Neural bigram looks mostly"."""
        moved = list(spans)
        for n, literal in enumerate(self.literals[1:-1]):
            (a, _), (_, d) = moved[n], moved[n + 1]
            if literal.pattern == SPACE and (at := text.rfind(" ", a, d)) > a:
                moved[n : n + 2] = [(a, at), (at + 1, d)]
        return moved


def literals(key: str) -> list[re.Pattern[str]]:
    """What stands before, between and behind the blanks, also where `plain` has taken the sense
    from signs of Markdown; the last ends the text."""
    *parts, last = ("".join(map(_sign, part)) for part in key.split("{}"))
    return [re.compile(part) for part in [*parts, rf"{last}\Z"]]


def _sign(char: str) -> str:
    if char in ":@":
        return rf"(?::color\[\\?{char}\]|{char})"
    return rf"\\?{re.escape(char)}" if char in MARKDOWN else re.escape(char)
