"""Numbers in words, by the rules of num2words: to digits, to French words, to German words.

    ninety-one thousand and eighty -> 91080
                                   -> quatre-vingt-onze mille quatre-vingts
                                   -> einundneunzigtausendachtzig

French counts by twenties; German says the units before the tens and writes all of it as one word:
what is learned is a rule, not a list. An answer is right or wrong, and 100 % is possible. The three
corpora hold back the same numbers, so that they can be compared.
"""

from collections.abc import Callable
from copy import copy
from dataclasses import replace
from functools import cache

import numpy as np

from lm_core.corpora.corpus import CorpusInfo, Pairs, Progress, register, untold
from lm_core.corpora.files import kept_lines
from lm_core.corpora.packages import Package
from lm_core.corpora.splitting import SEED, split_pairs

PACKAGE = Package("num2words")
ALL_BELOW = 10_000
DIGITS, EACH = (5, 6), 10_000  # of the longer ones so many of each length: drawn evenly from all,
# nine of ten would have six digits, and nobody would have learned to read a short one
TRAINED_BELOW = 100  # the words that every number is put together from
HELD_OUT = 1000  # validate, and as many test
_PORTION = 1000  # numbers between two words of progress

TO_DIGITS = CorpusInfo(
    name="numbers-in-words",
    title="Numbers in words to digits",
    licence="None needed: made by rule.",
    may_be_passed_on=True,
    source="Made on this machine by the package num2words 0.5.14 (LGPL).",
    kind="pairs",
    size="30,000 pairs, 1.9 MB",
    split_rule=(
        "All numbers below 10,000 and 20,000 from there to 999,999, shuffled once; 1,000 validate "
        "and 1,000 test, none of them below 100."
    ),
    cut="word",
    cut_target="char",
)
TO_FRENCH = replace(
    TO_DIGITS,
    name="numbers-en-fr",
    title="Numbers, English to French",
    size="30,000 pairs, 3.2 MB",
    cut_target="",
)
TO_GERMAN = replace(
    TO_DIGITS,
    name="numbers-en-de",
    title="Numbers, English to German",
    size="30,000 pairs, 3.2 MB",
    cut_target="bpe",  # words put together of words
    cut_size=400,
)


@register(
    TO_DIGITS,
    idea="“ninety-one thousand and eighty” to 91080: a rule to find, and 100 % is possible.",
    order=110,
    sources=lambda: [PACKAGE],
)
def load_numbers_in_words(progress: Progress | None = None) -> Pairs:
    """Raises CorpusUnavailable when num2words is not installed."""
    return _pairs(TO_DIGITS, list(map(str, numbers())), "Digits", progress)


@register(
    TO_FRENCH,
    idea="Number words in two languages: 91 is four twenties and eleven in French.",
    order=130,
    sources=lambda: [PACKAGE],
)
def load_numbers_en_fr(progress: Progress | None = None) -> Pairs:
    """Raises CorpusUnavailable when num2words is not installed."""
    return _pairs(TO_FRENCH, in_words("fr", progress), "French", progress)


@register(
    TO_GERMAN,
    idea="Number words in two languages: German says one-and-ninety, and all in one word.",
    order=140,
    sources=lambda: [PACKAGE],
)
def load_numbers_en_de(progress: Progress | None = None) -> Pairs:
    """Raises CorpusUnavailable when num2words is not installed."""
    return _pairs(TO_GERMAN, in_words("de", progress), "German", progress)


def numbers() -> list[int]:
    """The numbers of all three, from the least to the greatest."""
    rng = np.random.default_rng(SEED)
    found = list(range(ALL_BELOW))
    for digits in DIGITS:
        least = 10 ** (digits - 1)
        drawn = rng.choice(9 * least, size=EACH, replace=False)
        found += sorted((least + drawn).tolist())
    return found


def in_words(language: str, progress: Progress | None = None) -> list[str]:
    """`numbers()` in the words of a language ("en", "fr", "de"); a second the first time, then
    from a copy in the home folder.

    Args:
        progress: told how many of them are done, and of all.

    Raises:
        CorpusUnavailable: num2words is not installed.
    """
    told, every = progress or untold, numbers()

    def make() -> list[str]:
        said, words = _speaker(language, max(every)), []
        for done, number in enumerate(every, start=1):
            words.append(said(number))
            if done % _PORTION == 0:
                told(done, len(every))
        return words

    which = f"{len(every)}-{sum(every)}"
    return kept_lines(f"number-words-{language}-{which}-{PACKAGE.check()}", make)


def _speaker(language: str, most: int) -> Callable[[int], str]:
    """num2words for numbers up to `most`, in a tenth of the time: nothing looks whether 10^600 fits
    into a number, and what comes in many numbers (two hundred and five) is put into words once."""
    from num2words import CONVERTER_CLASSES

    speaker = copy(CONVERTER_CLASSES[language])
    parts, words = speaker.splitnum, speaker.cards.items()
    speaker.cards = type(speaker.cards)((n, word) for n, word in words if n <= most)
    speaker.splitnum = cache(lambda n: [speaker.clean(parts(n))])
    return speaker.to_cardinal


def _pairs(info: CorpusInfo, targets: list[str], side: str, progress: Progress | None) -> Pairs:
    pairs = list(zip(in_words("en", progress), targets, strict=True))
    always, others = pairs[:TRAINED_BELOW], pairs[TRAINED_BELOW:]
    splits = split_pairs(others, validation=HELD_OUT, test=HELD_OUT)
    splits["train"] = always + splits["train"]
    return Pairs(info, splits, ("English", side))
