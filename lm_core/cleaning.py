"""Cleaning a text by rules one can switch on.

Cleaning(lower=True, punctuation=False)("The end!") == "the end"

What is said of one text alone is done by calling it, and done again changes nothing. Rare words and
doubles are decided by all texts together (`lm_core.corpora.cleaning`).
"""

import re
import unicodedata
from dataclasses import dataclass

from lm_core.settings import Settings, setting

UNKNOWN = "<unk>"  # a word that is not told; its signs are no punctuation
KEPT, ZEROS, REMOVED = "kept", "each digit 0", "removed"
FORMS = ("as it is", "NFC", "NFD", "NFKC")
_BLANKS = re.compile(r"[^\S\n]+")


@dataclass(frozen=True)
class Cleaning(Settings):
    """What is done, in this order."""

    unicode: str = setting(
        FORMS[0],
        title="Unicode",
        choices=FORMS,
        help="NFC makes a letter and its accent one character, NFD two; NFKC also makes plain "
        "letters of what only looks otherwise, such as ﬁ or ２.",
    )
    lower: bool = setting(False, title="Lower case", help="Capitals become small letters.")
    numbers: str = setting(
        KEPT,
        title="Digits",
        choices=(KEPT, ZEROS, REMOVED),
        help="As zeros all numbers of a length are one word.",
    )
    punctuation: bool = setting(
        True, title="Keep punctuation", help="Off: signs that are no letters and no digits go."
    )
    rarest: int = setting(
        1,
        title="Rarest word",
        low=1,
        high=1000,
        help="Words that train less often, cut at blanks, become <unk>; 1 keeps all.",
    )
    doubles: bool = setting(
        False,
        title="Keep doubles",
        help="A list as it was given: the same item may then be held out and train.",
    )

    @property
    def rules(self) -> list[str]:
        """What is done, in words; none where nothing is."""
        said = []
        if self.unicode != FORMS[0]:
            said.append(f"Unicode {self.unicode}")
        if self.lower:
            said.append("lower case")
        if self.numbers != KEPT:
            said.append("digits removed" if self.numbers == REMOVED else "digits as 0")
        if not self.punctuation:
            said.append("punctuation removed")
        if self.rarest > 1:
            said.append(f"words that train less than {self.rarest} times as {UNKNOWN}")
        if self.doubles:
            said.append("doubles kept")
        return said

    @property
    def of_one_text(self) -> "Cleaning | None":
        """The rules that need no other text; None where there are none."""
        said = {name: getattr(self, name) for name in Cleaning.labels()}
        alone = Cleaning(**said | {"rarest": 1, "doubles": False})
        return alone if alone.rules else None

    def __call__(self, text: str) -> str:
        """One text, but for rare words and doubles."""
        parts = [self._lowered(part) for part in text.split(UNKNOWN)]
        gone = _table("".join(parts), digits=self.numbers, punctuation=self.punctuation)
        if not gone:
            return UNKNOWN.join(parts)
        return _tidied(UNKNOWN.join(part.translate(gone) for part in parts))

    def _lowered(self, text: str) -> str:
        text = self._composed(text)
        # A small letter may be one with its accent where the capital is not.
        return self._composed(text.lower()) if self.lower else text

    def _composed(self, text: str) -> str:
        return text if self.unicode == FORMS[0] else unicodedata.normalize(self.unicode, text)


def _table(text: str, *, digits: str, punctuation: bool) -> dict[int, str]:
    """What becomes of the characters of `text` that do not stay."""
    table: dict[int, str] = {}
    for char in set(text):
        kind = unicodedata.category(char)
        if kind == "Nd" and digits != KEPT:
            table[ord(char)] = "0" if digits == ZEROS else " "
        elif kind[0] in "PS" and not punctuation:
            table[ord(char)] = " "
    return table


def _tidied(text: str) -> str:
    """One blank where several are, and none around a line."""
    return "\n".join(line.strip() for line in _BLANKS.sub(" ", text).split("\n"))
