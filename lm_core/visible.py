"""Text that may hold anything, made visible: what has no ink, or would turn or hide what stands
around it, is shown by a sign of its own.

    visible(" the\\n")      == "·the⏎"           a token, as a label
    readable("a\\u202eb")   == "a⟨202E⟩b"        a text, as it is read
"""

import re
import unicodedata
from typing import Any

_SIGNS = {" ": "·", "\n": "⏎", "\r": "␍", "\t": "⇥", "\u00a0": "⍽"}
# Letters, marks and symbols without ink (Unicode's Default_Ignorable_Code_Point, and an empty cell
# of Braille); all others are controls, formats or blanks and are known by their category.
_INKLESS = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0\U00016fe4\U0001d159"
).union(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
_JOINERS = "\u200c\u200d"  # shape the letters and pictures around them
# Hebrew, Arabic and all others that are written from right to left, by their blocks.
RIGHT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
_TURNED = re.compile(f"[{RIGHT}]")
_LETTER = re.compile(r"[^\W\d_]")
_STRETCH = re.compile(rf"[{RIGHT}](?:[\W\d_{RIGHT}]*[{RIGHT}])?")


def visible(token: str) -> str:
    """A token one can see, never empty: `⏎` for a line end, `·` for a space, `⟨200B⟩` for what has
    no sign, `⟨xE2⟩` for a byte of a letter, and a dotted circle under an accent without a letter.
    Of what was made visible already nothing changes."""
    if token.isascii() and token.isprintable() and token and " " not in token:
        return token
    shown, bare = [], True
    for char in token:
        if _hidden(char):
            shown.append(_sign(char))
            bare = True
        else:
            accent = unicodedata.category(char)[0] == "M"
            shown.append(f"◌{char}" if accent and bare else char)
            bare = False
    return "".join(shown) or "∅"


def readable(text: str) -> str:
    """A text as it is read: blanks, line ends, and what shapes the letters beside it stay; what
    cannot be seen, or would turn the order of what follows, gets its sign."""
    if text.replace("\n", "").isprintable() and _INKLESS.isdisjoint(text):
        return text
    return "".join(
        char if _flows(text, at) or not _hidden(char) else _sign(char)
        for at, char in enumerate(text)
    )


def _flows(text: str, at: int) -> bool:
    """Whether a character without ink belongs to what is read: a blank, a line end, a joiner or a
    selector of a variant with something to see before it."""
    char = text[at]
    if char in "\n\t" or unicodedata.category(char) == "Zs":
        return True
    after_ink = at > 0 and unicodedata.category(text[at - 1])[0] not in "CZ"
    joins = char in _JOINERS and at + 1 < len(text)
    return after_ink and (joins or unicodedata.category(char) == "Mn")


def _hidden(char: str) -> bool:
    return char in _INKLESS or unicodedata.category(char)[0] in "CZ"


def _sign(char: str) -> str:
    if "\udc80" <= char <= "\udcff":  # Python's stand-in for a byte that is no letter alone
        return f"⟨x{ord(char) - 0xDC00:X}⟩"
    return _SIGNS.get(char, f"⟨{ord(char):X}⟩")


def apart(text: str) -> str:
    """Words from right to left between marks that end their order, so that a figure behind them is
    not drawn to their other side; all else as it is. A line that begins with such words and has
    mostly them is one piece; in another line each stretch of them is.

    Unicode's Bidirectional Algorithm (annex 9): first strong isolate, pop directional isolate.
    """
    if text.isascii() or not _TURNED.search(text):
        return text
    return "\n".join(map(_line_apart, text.split("\n")))


def all_apart(value: Any) -> Any:
    """Plain data with each text in it `apart`; names of fields stay."""
    match value:
        case str():
            return apart(value)
        case list():
            return [all_apart(one) for one in value]
        case dict():
            return {key: all_apart(one) for key, one in value.items()}
    return value


def _line_apart(line: str) -> str:
    turned = [_TURNED.match(letter) is not None for letter in _LETTER.findall(line)]
    if turned and turned[0] and 2 * sum(turned) >= len(turned):
        return f"\u2068{line}\u2069"
    marked = _STRETCH.sub("\u2068\\g<0>\u2069", line)
    # The first sign tells whoever looks for the side that a line begins at, as tables do.
    return f"\u200e{marked}" if turned and turned[0] else marked
