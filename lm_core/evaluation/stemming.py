"""Porter's stemmer: a word of English without its endings (connected, connecting -> connect).

A word is read as [C](VC)^m[V], C a run of consonants and V of vowels; m, the `measure`, tells how
much of a word is left before an ending, and most endings go only where enough is. In each step the
longest ending that fits decides, whether or not its condition holds.
Paper: Porter 1980, "An algorithm for suffix stripping", with the three departures of the author's
own later program (bli -> ble, logi -> log, words of one or two letters stay).
"""


def _rules(text: str) -> dict[str, str]:
    """ "ational:ate ful:" -> {"ational": "ate", "ful": ""}"""
    return dict(rule.split(":") for rule in text.split())


# An ending and what takes its place, where the measure of what stands before it is above 0.
_STEP_2 = _rules(
    "ational:ate tional:tion enci:ence anci:ance izer:ize bli:ble alli:al entli:ent eli:e "
    "ousli:ous ization:ize ation:ate ator:ate alism:al iveness:ive fulness:ful ousness:ous "
    "aliti:al iviti:ive biliti:ble logi:log"
)
_STEP_3 = _rules("icate:ic ative: alize:al iciti:ic ical:ic ful: ness:")
# Dropped where that measure is above 1; "ion" only after s or t.
_STEP_4 = _rules(
    "al: ance: ence: er: ic: able: ible: ant: ement: ment: ent: ion: ou: ism: ate: iti: ous: "
    "ive: ize:"
)


def stem(word: str) -> str:
    """The stem of one word in lower case."""
    if len(word) <= 2:
        return word
    word = _plural(word)
    word = _past_or_ing(word)
    if word.endswith("y") and "v" in _shape(word[:-1]):
        word = f"{word[:-1]}i"
    word = _swap(word, _STEP_2, above=0)
    word = _swap(word, _STEP_3, above=0)
    if not word.endswith("ion") or word.endswith(("sion", "tion")):
        word = _swap(word, _STEP_4, above=1)
    if word.endswith("e"):
        m = measure(word[:-1])
        if m > 1 or (m == 1 and not _consonant_vowel_consonant(word[:-1])):
            word = word[:-1]
    if word.endswith("ll") and measure(word[:-1]) > 1:
        word = word[:-1]
    return word


def measure(word: str) -> int:
    """m of [C](VC)^m[V]: how often a consonant follows a vowel (tree 0, trouble 1, private 2)."""
    return _shape(word).count("vc")


def _shape(word: str) -> str:
    """`c` or `v` for each letter; y is a vowel after a consonant (toy: cvc, syzygy: cvcvcv)."""
    shape = ""
    for letter in word:
        vowel = letter in "aeiou" or (letter == "y" and shape.endswith("c"))
        shape += "v" if vowel else "c"
    return shape


def _swap(word: str, endings: dict[str, str], *, above: int) -> str:
    """The longest ending the word has is exchanged where the measure before it is `above` that."""
    ending = max((e for e in endings if word.endswith(e)), key=len, default="")
    before = word.removesuffix(ending)
    return before + endings[ending] if ending and measure(before) > above else word


def _plural(word: str) -> str:
    if word.endswith(("sses", "ies")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _past_or_ing(word: str) -> str:
    if word.endswith("eed"):
        return word[:-1] if measure(word[:-3]) > 0 else word
    ending = next((e for e in ("ed", "ing") if word.endswith(e)), "")
    before = word[: -len(ending)]
    if not ending or "v" not in _shape(before):
        return word
    if before.endswith(("at", "bl", "iz")):
        return f"{before}e"
    if before[-1:] == before[-2:-1] and _shape(before)[-1] == "c":  # hopp(ing), but fall(ing)
        return before if before[-1] in "lsz" else before[:-1]
    if measure(before) == 1 and _consonant_vowel_consonant(before):  # fil(ing) -> file
        return f"{before}e"
    return before


def _consonant_vowel_consonant(word: str) -> bool:
    """Ends like hop or fil: the e of hope, file has to come back. Not after w, x, y."""
    return _shape(word).endswith("cvc") and word[-1] not in "wxy"
