"""Runs of n tokens, held to a dictionary."""

import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from lm_core.corpora.indexed import indexed
from lm_core.corpora.ngram_counts import ngram_counts, run_codes, runs
from lm_core.tokenizers.word import phrases

TEXTS = st.lists(st.text("ab", max_size=9), max_size=4)


@given(texts=TEXTS, n=st.integers(1, 5))
def test_every_run_is_counted_and_none_reaches_over_its_text(texts: list[str], n: int) -> None:
    letters = indexed({"train": texts}, list)["train"]
    expected = Counter(text[k : k + n] for text in texts for k in range(len(text) - n + 1))
    table, different, total = ngram_counts(letters, n, limit=99)
    assert {"".join(run): times for run, times in table.itertuples(index=False)} == expected
    assert (different, total) == (len(expected), expected.total())
    assert table["times"].is_monotonic_decreasing


def test_runs_longer_than_a_number_holds_are_told_apart() -> None:
    draw = random.Random(0)
    text = "".join(draw.choices("ab", k=4000))
    letters = indexed({"train": [text, text[:50]]}, list)["train"]
    orders = [2, 31, 32, 40, 62, 63, 70, 130, 300]
    for n, codes in run_codes(letters, orders).items():
        runs_of_n = [part[k : k + n] for part in (text, text[:50]) for k in range(len(part))]
        named: dict[str, int] = {}
        for run, code in zip(runs_of_n, codes.tolist(), strict=True):
            assert (code < 0) == (len(run) < n)
            assert len(run) < n or named.setdefault(run, code) == code
        assert len(set(named.values())) == len(named)


@given(texts=TEXTS, n=st.integers(1, 4))
def test_equal_runs_have_equal_numbers(texts: list[str], n: int) -> None:
    letters = indexed({"train": texts}, list)["train"]
    codes = runs(letters, n)
    of: dict[int, set[tuple[int, ...]]] = {}
    for place, code in enumerate(codes.tolist()):
        if code >= 0:
            of.setdefault(code, set()).add(tuple(letters.ids[place : place + n].tolist()))
    assert all(len(found) == 1 for found in of.values())
    assert len(set.union(set(), *of.values())) == len(of)


def test_runs_of_words_are_those_of_torchtext() -> None:
    words = ["to", "be", "or", "not", "to", "be", "that", "is", "to", "be"]
    part = indexed({"train": [" ".join(words)]}, str.split)["train"]
    for n in (1, 2, 3):
        table, *_ = ngram_counts(part, n, limit=99)
        found = Counter(run for run in phrases(words, n) if run.count(" ") == n - 1)
        assert {" ".join(run): times for run, times in table.itertuples(index=False)} == found
