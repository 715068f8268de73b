"""Which encoding a text without any mark is in: a guess, and never more than that.

Latin letters are told apart by languages: read in the right encoding, the accents of a text are
mostly those of one language, and capitals do not stand inside small words. Libraries for it take
Spanish for Polish here. Other alphabets are left to charset-normalizer, which knows how often the
letters of a language come.
"""

import unicodedata
from collections import Counter
from itertools import pairwise

_SAMPLE = 200_000  # bytes looked at, from the first line that is not ASCII
_DENSE = 0.75  # share of accented letters in words that have any; more is no Latin text
_MIN_LATIN = 0.5  # share of the accents that are those of one language
_MIN_COHERENT = 0.2  # charset-normalizer's measure of a language's letters
_PRINTERS = frozenset("‘’‚“”„–—…•€£§©®™«»°·¿¡½¼¾²³º ")
_INSIDE = frozenset("’·")  # of them, those that may stand between two letters

LATIN = {  # the first of equals is taken
    "cp1252": "Western European (Windows-1252)",
    "latin-1": "Western European (Latin-1)",
    "mac_roman": "Western European (Mac Roman)",
    "cp850": "Western European (DOS, code page 850)",
    "cp1250": "Central European (Windows-1250)",
    "iso8859_2": "Central European (Latin-2)",
    "cp852": "Central European (DOS, code page 852)",
    "cp1254": "Turkish (Windows-1254)",
}
OTHERS = {
    "cp1251": "Cyrillic (Windows-1251)",
    "koi8_r": "Cyrillic (KOI8-R)",
    "cp866": "Cyrillic (DOS, code page 866)",
    "mac_cyrillic": "Cyrillic (Mac)",
    "cp1253": "Greek (Windows-1253)",
    "iso8859_7": "Greek (ISO 8859-7)",
    "cp1255": "Hebrew (Windows-1255)",
    "cp1256": "Arabic (Windows-1256)",
    "gb18030": "Chinese (GBK)",
    "big5": "Chinese (Big5)",
    "shift_jis": "Japanese (Shift-JIS)",
    "euc_jp": "Japanese (EUC-JP)",
    "euc_kr": "Korean (EUC-KR)",
}
_WIDE = {"gb18030", "big5", "shift_jis", "euc_jp", "euc_kr"}  # several bytes a letter

# The accented letters of German, French, Spanish, Portuguese, Italian, Danish and Norwegian,
# Swedish and Finnish, Icelandic; Polish, Czech and Slovak, Hungarian, Croatian and Slovene,
# Romanian, Turkish.
_ALPHABETS = (
    *("äöüß", "àâæçéèêëîïôœùûüÿ", "áéíñóúü", "àáâãçéêíóôõú", "àèéìòóù", "åæéø", "åäéö"),
    *("áæéíðóöúýþ", "ąćęłńóśźż", "áäčďéěíĺľňóôŕřšťúůýž", "áéíóöőúüű", "ćčđšž", "âăîşţșț"),
    "çğıöşüâî",
)


def guess(data: bytes, first: int) -> tuple[str, str] | None:
    """The text of bytes that are not UTF-8, and a sentence that says what they were read as, with
    some words that show whether it is right; None where there is nothing to go by.

    Args:
        first: where the first byte stands that is not ASCII, or no UTF-8.
    """
    begin = data.rfind(b"\n", 0, first) + 1
    sample = data[max(begin, first - _SAMPLE // 2) :][:_SAMPLE]
    if len(data) > _SAMPLE and b"\n" in sample:
        sample = sample[: sample.rindex(b"\n")]  # a letter may be cut there
    fits = {encoding: _latin(sample, encoding) for encoding in LATIN}
    likely = sorted((e for e in LATIN if fits[e] >= _MIN_LATIN), key=lambda e: -fits[e])
    for encoding in likely or _other(sample):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue  # a few bytes mean nothing in most of them
        name, letters = (LATIN | OTHERS)[encoding], "accents" if encoding in LATIN else "letters"
        words = _shown(text)
        look = f"check its {letters}, as in {words}" if words else "check its signs"
        mend = "If they are wrong, save it again as UTF-8."
        return text, f"Not UTF-8: read as {name}, a guess; {look}. {mend}"
    return None


def _latin(sample: bytes, encoding: str) -> float:
    """Share of the accents that fit into one language and into their places, 0 to 1."""
    good, accents = 0, Counter()
    dense = [0, 0]
    for word in sample.decode(encoding, "replace").split():
        if word.isascii():
            continue
        for i, c in enumerate(word):
            if c <= "\x7f":
                continue
            before, after = word[i - 1 : i] if i else "", word[i + 1 : i + 2]
            inside = before.isalpha() and after.isalpha()
            if c in _PRINTERS:
                good += not inside or c in _INSIDE
                accents["printers"] += 1
            elif c.isupper() and before.islower():
                accents["misplaced"] += 1
            else:
                accents[c.lower()] += 1
        if len(word) > 1:
            dense[0] += sum(c > "\x7f" for c in word)
            dense[1] += len(word)
    if dense[0] > _DENSE * dense[1]:
        return 0.0
    good += max(sum(accents[letter] for letter in alphabet) for alphabet in _ALPHABETS)
    return good / max(1, accents.total())


def _other(sample: bytes) -> list[str]:
    """The encoding that charset-normalizer finds, if it is sure enough. Of those that give letters
    of a language (small ones for capitals in KOI8-R) the one with the fewest oddities."""
    from charset_normalizer import from_bytes

    sure = [
        found
        for found in from_bytes(sample, cp_isolation=list(OTHERS))
        if found.encoding in _WIDE or found.coherence >= _MIN_COHERENT
    ]
    return [min(sure, key=lambda found: _odd(str(found))).encoding] if sure else []


def _odd(text: str) -> int:
    """Capitals after small letters, and signs for which a text has no use."""
    capitals = sum(a.islower() and b.isupper() for a, b in pairwise(text))
    return capitals + sum(c > "\x7f" and unicodedata.category(c)[0] == "S" for c in text)


def _shown(text: str) -> str:
    """The first words that are not ASCII, up to three different ones."""
    words: dict[str, None] = {}
    for line in text[: 10 * _SAMPLE].split("\n"):
        for word in line.split():
            if any(c.isalpha() and c > "\x7f" for c in word):
                words[word.strip("\"'.,;:!?()“”„‚‘’«»…")[:20]] = None
        if len(words) >= 3:
            break
    return ", ".join(f"“{word}”" for word in list(words)[:3])
