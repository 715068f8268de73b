"""Dates in words: ten right wordings, one ISO date, and no day in two splits."""

import datetime

import pytest

from lm_core.corpora import SPLITS, Pairs
from lm_core.corpora.date_words import load_dates_in_words, wordings


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Pairs:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LM_LAB_HOME", str(tmp_path_factory.mktemp("home")))
        made = load_dates_in_words()
        assert load_dates_in_words() == made  # from the kept copy
    return made


def test_a_day_is_said_in_ten_ways() -> None:
    assert wordings(datetime.date(1776, 7, 4)) == [
        "Thursday, July 4, 1776",
        "July 4, 1776",
        "Jul 4, 1776",
        "Thursday, 4 July 1776",
        "4 July 1776",
        "4 Jul 1776",
        "the 4th of July 1776",
        "the fourth of July 1776",
        "the fourth of July, seventeen seventy-six",
        "July the fourth, seventeen seventy-six",
    ]
    assert (
        wordings(datetime.date(2001, 1, 31))[-1] == "January the thirty-first, two thousand and one"
    )
    assert wordings(datetime.date(1906, 5, 22))[-2] == "the twenty-second of May, nineteen oh-six"


def test_every_wording_leads_to_its_day(corpus: Pairs) -> None:
    for split in SPLITS:
        for wording, day in corpus.splits[split][:300]:
            assert wording in wordings(datetime.date.fromisoformat(day))
            assert 1700 <= int(day[:4]) <= 2099
    assert corpus.sides == ("English", "ISO 8601")


def test_all_wordings_of_a_day_are_in_one_split(corpus: Pairs) -> None:
    assert [len(corpus.splits[split]) for split in SPLITS] == [28_000, 1000, 1000]
    days = [{day for _, day in corpus.splits[split]} for split in SPLITS]
    assert [len(found) for found in days] == [7000, 250, 250]
    assert len(set.union(*days)) == 7500
    said = [wording for split in SPLITS for wording, _ in corpus.splits[split]]
    assert len(set(said)) == 30_000
