"""Unknown words by vocabulary size, held to a set and a loop."""

from collections import Counter

import pytest

from lm_core.corpora.indexed import indexed
from lm_core.corpora.unknown_rate import sizes_of, unknown_rate

TRAIN, HELD = "a a a b b c c d e", "a b c d x a x"
PARTS = indexed({"train": [TRAIN], "validation": [HELD]}, str.split)


def test_the_rate_is_that_of_the_commonest_words() -> None:
    ranked = sorted(Counter(TRAIN.split()).items(), key=lambda pair: (-pair[1], pair[0]))
    for size in range(8):
        known = {word for word, _ in ranked[:size]}
        expected = sum(word not in known for word in HELD.split()) / len(HELD.split())
        (rate,) = unknown_rate(PARTS["train"], PARTS["validation"], [size])
        assert rate == pytest.approx(expected)


def test_sizes_end_with_all_the_words_of_training() -> None:
    assert sizes_of(PARTS["train"]) == [5]
    many = indexed({"train": [" ".join(f"w{i}" for i in range(130))]}, str.split)["train"]
    assert sizes_of(many) == [10, 20, 50, 100, 130]
