"""Patterns are found as Python's own engine finds them, and cannot hold the lab up."""

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.corpora import pattern_search
from lm_core.corpora.corpus import Corpus, CorpusInfo
from lm_core.corpora.pattern_search import LONGEST, check, search_pattern
from lm_core.errors import BadText


def make(*texts: str) -> Corpus:
    return Corpus(CorpusInfo("x", "X", "none", "a test"), {"train": list(texts)})


PATTERNS = [r"a+b", r"(a|b)c", r"\bab", r"[^a]b", r"a{2}", r"^a.*c$", r"ab?c*", r"a*"]


@given(texts=st.lists(st.text("abcC é\n", max_size=20), max_size=3))
@pytest.mark.parametrize("pattern", PATTERNS)
def test_matches_are_those_of_python(pattern: str, texts: list[str]) -> None:
    if "é" in "".join(texts) and r"\b" in pattern:
        texts = [text.replace("é", " ") for text in texts]  # RE2's words are ASCII
    found = search_pattern(make(*texts), pattern, limit=999)
    expected = [
        (i, match.start(), match[0])
        for i, text in enumerate(texts)
        for match in re.finditer(pattern, text, re.IGNORECASE | re.MULTILINE)
        if match[0]
    ]
    assert [(hit.document, hit.position, hit.match) for hit in found.hits] == expected
    assert found.total == len(expected)
    assert found.documents == len({i for i, *_ in expected})
    for hit in found.hits:
        around = texts[hit.document][hit.position :].partition("\n")[0]
        assert "\n" in hit.match or (hit.match + hit.after) == around[:62]


def test_the_case_can_matter_and_the_label_is_told() -> None:
    corpus = Corpus(
        CorpusInfo("x", "X", "none", "a test"),
        {"train": ["War and war"]},
        {"train": ["1861 Lincoln"]},
    )
    assert search_pattern(corpus, "war").total == 2
    (hit,) = search_pattern(corpus, "war", match_case=True).hits
    assert (hit.label, hit.position, hit.before) == ("1861 Lincoln", 8, "War and ")


def test_long_texts_are_read_in_pieces_and_places_stay_right() -> None:
    line = "the quick brown fox jumps over\n"
    text = line * 2000
    found = search_pattern(make(text), r"fox\b", limit=5000)
    assert [hit.position for hit in found.hits] == [k * len(line) + 16 for k in range(2000)]


def test_a_pattern_that_holds_other_engines_up_reads_each_letter_once() -> None:
    assert search_pattern(make("a" * 100_000), r"(a+)+b").total == 0
    assert not search_pattern(make("a" * 100_000), r"(a*)*$").stopped


def test_it_stops_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    found = search_pattern(make("ab " * 20_000), "ab", seconds=-1)
    assert found.stopped
    assert found.total == 0
    monkeypatch.setattr(pattern_search, "PIECE", 10)
    assert not search_pattern(make("ab " * 200), "ab").stopped


def test_marks_in_a_text_are_text() -> None:
    text = "".join(chr(code) for code in range(0xE000, 0xE010)) + "ab"
    (hit,) = search_pattern(make(text), "ab").hits
    assert hit.position == 16
    assert search_pattern(make("\ud800 ab"), "ab").hits[0].position == 2


@pytest.mark.parametrize(
    "pattern", ["", "(a", "a)", "[a", "*a", r"(a)\1", "(?=a)", "a" * (LONGEST + 1), "a)|(b", "\\"]
)
def test_what_is_no_pattern_gets_a_sentence(pattern: str) -> None:
    with pytest.raises(BadText, match="pattern"):
        check(pattern)


@given(pattern=st.text(max_size=12))
def test_any_pattern_searches_or_gets_a_sentence(pattern: str) -> None:
    with contextlib.suppress(BadText):
        search_pattern(make("some text with [signs] (in it) and ünïcode\n"), pattern)
