"""Pointwise mutual information equals what its definition gives, counted plainly."""

import math
import random
from collections import Counter
from itertools import pairwise

import pytest

from lm_core.corpora.collocations import collocations, neighbours
from lm_core.corpora.indexed import indexed

RANDOM = random.Random(0)
TEXTS = [" ".join(RANDOM.choices("abcde", (5, 4, 3, 2, 1), k=60)) for _ in range(4)]
CUT = [text.split() for text in TEXTS]
WORDS = indexed({"train": TEXTS}, str.split)["train"]
COUNT = Counter(word for text in CUT for word in text)
N = COUNT.total()


def test_pairs_have_the_information_of_their_definition() -> None:
    pairs = Counter(pair for text in CUT for pair in pairwise(text))
    table = collocations(WORDS, least=3)
    assert len(table) == sum(times >= 3 for times in pairs.values())
    for first, second, times, pmi in table.itertuples(index=False):
        assert times == pairs[first, second]
        expected = math.log2((times / N) / (COUNT[first] / N * COUNT[second] / N))
        assert pmi == pytest.approx(expected)
    assert table["PMI (bits)"].is_monotonic_decreasing


def test_neighbours_are_counted_once_a_place_within_their_text() -> None:
    near: Counter[str] = Counter()
    for text in CUT:
        for place, word in enumerate(text):
            around = text[max(0, place - 2) : place + 3]
            if word != "e" and "e" in around:
                near[word] += 1
    table = neighbours(WORDS, "e", window=2, least=1)
    assert dict(zip(table["word"], table["near"], strict=True)) == dict(near)
    for word, times, whole, pmi in table.itertuples(index=False):
        assert whole == COUNT[word]
        assert pmi == pytest.approx(math.log2(times * N / (near.total() * COUNT[word])))


def test_what_is_not_there_has_no_neighbours() -> None:
    assert neighbours(WORDS, "zebra").empty
    assert collocations(indexed({"train": []}, str.split)["train"]).empty
    assert collocations(indexed({"train": ["one"]}, str.split)["train"]).empty
