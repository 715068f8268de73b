"""Dates in English as people write them, to ISO 8601, by the rules of Babel and num2words.

    Thursday, July 4, 1776                         -> 1776-07-04
    the 4th of July 1776                           -> 1776-07-04
    July the fourth, seventeen seventy-six         -> 1776-07-04

Day and year change places, a month becomes a number. All wordings of a date go into one split:
what is held back is a date that was never seen, and 100 % is possible.
"""

import datetime
from functools import cache

import numpy as np

from lm_core.corpora.corpus import CorpusInfo, Pairs, Progress, register, untold
from lm_core.corpora.files import kept_lines
from lm_core.corpora.packages import Package
from lm_core.corpora.splitting import SEED, split_pairs, unique

PACKAGES = (Package("babel"), Package("num2words"))
FIRST_YEAR, LAST_YEAR = 1700, 2099
DATES, WORDINGS = 7500, 4  # of each date so many wordings, drawn from all of them
HELD_OUT = 1000  # pairs that validate, and as many that test: 250 dates each
_PORTION = 250  # dates between two words of progress

INFO = CorpusInfo(
    name="dates-in-words",
    title="Dates in words to ISO dates",
    licence="None needed: made by rule.",
    may_be_passed_on=True,
    source="Made on this machine by the packages babel 2.18.0 (BSD) and num2words 0.5.14 (LGPL).",
    kind="pairs",
    size="30,000 pairs, 1.1 MB",
    split_rule=(
        "7,500 days of 1700 to 2099, each in four of ten wordings, shuffled once by day; 250 days "
        "validate and 250 test."
    ),
)


@register(
    INFO,
    idea="“the fourth of July 1776” to 1776-07-04: ten ways to say a day, and one to write it.",
    order=120,
    sources=lambda: PACKAGES,
)
def load_dates_in_words(progress: Progress | None = None) -> Pairs:
    """Raises CorpusUnavailable when babel or num2words is not installed."""
    made_by = "-".join(package.check() for package in PACKAGES)
    lines = kept_lines(f"date-words-{DATES}-{WORDINGS}-{made_by}", lambda: _made(progress))
    pairs = [(wording, day) for wording, _, day in (line.partition("\t") for line in lines)]
    splits = split_pairs(pairs, validation=HELD_OUT, test=HELD_OUT)
    return Pairs(INFO, splits, ("English", "ISO 8601"))


def wordings(day: datetime.date) -> list[str]:
    """The ten ways to say a day: six of Babel's, American and British, and four in words."""
    from babel.dates import format_date

    formats = ("full", "long", "medium")
    babel = [format_date(day, form, locale) for locale in ("en_US", "en_GB") for form in formats]
    month, nth = format_date(day, "MMMM", "en_US"), _ordinal(day.day)
    return [
        *babel,
        f"the {_ordinal(day.day, 'ordinal_num')} of {month} {day.year}",
        f"the {nth} of {month} {day.year}",
        f"the {nth} of {month}, {_year(day.year)}",
        f"{month} the {nth}, {_year(day.year)}",
    ]


def _made(progress: Progress | None) -> list[str]:
    """A line for each pair, with a tab between its sides."""
    rng, told = np.random.default_rng(SEED), progress or untold
    first = datetime.date(FIRST_YEAR, 1, 1).toordinal()
    days = datetime.date(LAST_YEAR + 1, 1, 1).toordinal() - first
    lines = []
    for done, drawn in enumerate(rng.choice(days, size=DATES, replace=False).tolist(), start=1):
        day = datetime.date.fromordinal(first + drawn)
        ways = unique(wordings(day))  # "May" is as short as it is long
        chosen = sorted(rng.choice(len(ways), size=WORDINGS, replace=False).tolist())
        lines += [f"{ways[way]}\t{day.isoformat()}" for way in chosen]
        if done % _PORTION == 0:
            told(done, DATES)
    return lines


@cache
def _ordinal(number: int, form: str = "ordinal") -> str:
    """ "fourth", or as an "ordinal_num" "4th"."""
    from num2words import num2words

    return num2words(number, to=form)


@cache
def _year(year: int) -> str:
    """As it is said: "seventeen seventy-six"."""
    from num2words import num2words

    return num2words(year, to="year")
