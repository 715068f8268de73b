"""A sentence with blanks, and what fills them in a text."""

import re
from typing import NamedTuple

MARKDOWN = "\\`*[]{}<>$~&|#+=-.)_"
# Literals that tell nothing, as names hold them as well, each by its pattern.
LOOSE = {re.escape(" "): " ", ",\\ ": ", "}
ENDING = re.compile(r"(?<!\S)s\b")  # of a plural, where no word stands before it


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
            if at == there.start() and ENDING.match(text, at):  # a unit: "{} {}s" is not "5 s"
                return None
            found.append((at, there.start()))
            at = there.end()
        return found if here else None

    def later(self, text: str, spans: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
        """Where each blank begins and ends, of two with nothing but a space or a comma between them
        the first as long as it can be: "{} {} mostly" of "Neural bigram looks mostly". Each such
        pair by itself, and then all of them."""
        ways, moved = [], list(spans)
        for n, literal in enumerate(self.literals[1:-1]):
            sign = LOOSE.get(literal.pattern)
            if sign is None:
                continue
            (a, _), (_, d) = moved[n], spans[n + 1]
            if (at := text.rfind(sign, a, d)) > a:
                pair = [(a, at), (at + len(sign), d)]
                ways.append([*spans[:n], (spans[n][0], at), pair[1], *spans[n + 2 :]])
                moved[n : n + 2] = pair
        return [way for way in ([*ways, moved] if len(ways) > 1 else ways) if way != spans]


def literals(key: str) -> list[re.Pattern[str]]:
    """What stands before, between and behind the blanks, also where `plain` has taken the sense
    from signs of Markdown; the last ends the text."""
    *parts, last = ("".join(map(_sign, part)) for part in key.split("{}"))
    return [re.compile(part) for part in [*parts, rf"{last}\Z"]]


def _sign(char: str) -> str:
    if char in ":@":
        return rf"(?::color\[\\?{char}\]|{char})"
    return rf"\\?{re.escape(char)}" if char in MARKDOWN else re.escape(char)
