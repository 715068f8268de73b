"""Numbers in words: right in three languages, and none of those held back was ever trained."""

import pytest

from lm_core.corpora import SPLITS, Pairs, is_ready, load_corpus, number_words
from lm_core.corpora.number_words import PACKAGE, in_words, numbers
from lm_core.errors import CorpusUnavailable
from tests.shared_texts import unshare

RIGHT = {
    0: ("zero", "zéro", "null"),
    21: ("twenty-one", "vingt et un", "einundzwanzig"),
    71: ("seventy-one", "soixante et onze", "einundsiebzig"),
    80: ("eighty", "quatre-vingts", "achtzig"),
    81: ("eighty-one", "quatre-vingt-un", "einundachtzig"),
    99: ("ninety-nine", "quatre-vingt-dix-neuf", "neunundneunzig"),
    200: ("two hundred", "deux cents", "zweihundert"),
    201: ("two hundred and one", "deux cent un", "zweihunderteins"),
    1180: (
        "one thousand, one hundred and eighty",
        "mille cent quatre-vingts",
        "eintausendeinhundertachtzig",
    ),
}
TARGETS = {"numbers-in-words": "Digits", "numbers-en-fr": "French", "numbers-en-de": "German"}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("kept"))


@pytest.fixture
def fewer(home: object, kept: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Making all of them takes seconds: a sixth, and once."""
    unshare(monkeypatch)
    monkeypatch.setenv("LM_LAB_HOME", kept)
    monkeypatch.setattr(number_words, "ALL_BELOW", 2000)
    monkeypatch.setattr(number_words, "EACH", 1500)


def test_words_are_right_in_each_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(number_words, "numbers", lambda: list(RIGHT))
    words = [in_words(language) for language in ("en", "fr", "de")]
    assert dict(zip(RIGHT, zip(*words, strict=True), strict=True)) == RIGHT


@pytest.mark.parametrize("language", ["en", "fr", "de"])
def test_they_are_the_words_of_num2words(
    language: str, home: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    from num2words import num2words

    some = [*range(0, 1000, 37), *range(1000, 1_000_000, 12_347), 200_000, 999_999]
    monkeypatch.setattr(number_words, "numbers", lambda: some)
    assert in_words(language) == [num2words(number, lang=language) for number in some]


def test_short_numbers_are_all_there_and_long_ones_drawn() -> None:
    every = numbers()
    assert every == sorted(set(every))
    assert every[:10_000] == list(range(10_000))
    assert [sum(len(str(n)) == digits for n in every) for digits in (5, 6)] == [10_000, 10_000]
    assert f"{len(every):,} pairs" in number_words.TO_DIGITS.size


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_held_back_is_a_number_never_trained(name: str, fewer: None) -> None:
    corpus = load_corpus(name)
    assert isinstance(corpus, Pairs)
    assert corpus.sides == ("English", TARGETS[name])
    assert [len(corpus.splits[split]) for split in SPLITS] == [3000, 1000, 1000]
    for side in (0, 1):
        seen = [{pair[side] for pair in corpus.splits[split]} for split in SPLITS]
        assert len(set.union(*seen)) == sum(map(len, seen)) == 5000


def test_all_three_hold_back_the_same_numbers_and_train_the_words_they_are_made_of(
    fewer: None,
) -> None:
    sources = [
        [[source for source, _ in load_corpus(name).splits[split]] for split in SPLITS]
        for name in TARGETS
    ]
    assert sources[0] == sources[1] == sources[2]
    assert in_words("en")[:100] == sources[0][0][:100]


def test_digits_say_what_the_words_say(fewer: None) -> None:
    from num2words import num2words

    pairs = load_corpus("numbers-in-words").splits["test"]
    assert [source for source, _ in pairs] == [num2words(int(target)) for _, target in pairs]


def test_progress_is_told_until_all_are_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(number_words, "numbers", lambda: list(range(3000)))
    seen: list[tuple[int, int]] = []
    in_words("de", lambda done, total: seen.append((done, total)))
    assert seen == [(1000, 3000), (2000, 3000), (3000, 3000)]
    in_words("de", lambda done, total: pytest.fail("made again"))


def test_without_the_package_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lm_core.corpora.packages.find_spec", lambda name: None)
    assert not is_ready("numbers-en-fr")
    assert PACKAGE.identity() == []
    with pytest.raises(CorpusUnavailable, match=r"num2words.*pip install -r requirements\.txt"):
        in_words("en")
