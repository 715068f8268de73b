"""What leaks, held to sets and loops."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.corpora.corpus import Corpus, CorpusInfo
from lm_core.corpora.indexed import indexed
from lm_core.corpora.leakage import (
    RULES,
    resplit,
    shared_lines,
    shared_runs,
    windows_at_random,
)

LETTERS = st.lists(st.text("abc", max_size=9), min_size=1, max_size=4)


@given(train=LETTERS, held=LETTERS)
def test_runs_that_stand_in_training_are_counted(train: list[str], held: list[str]) -> None:
    parts = indexed({"train": train, "held": held, "none": []}, list)
    shares = shared_runs(parts, (1, 2, 3))
    assert shares["none"] == {}
    for n, share in shares["held"].items():
        seen = {text[k : k + n] for text in train for k in range(len(text) - n + 1)}
        asked = [text[k : k + n] for text in held for k in range(len(text) - n + 1)]
        assert share == pytest.approx(sum(run in seen for run in asked) / len(asked))


def test_lines_are_the_same_but_for_capitals_and_blanks() -> None:
    train = ["To be\nor not to be", "* * *"]
    assert shared_lines(train, ["OR  not to be\nthat is\n\n* * *"]) == (2, 3)
    assert shared_lines(train, ["to be\nor not to be"], words=3) == (1, 1)
    assert shared_lines(train, [""]) == (0, 0)


def test_windows_at_random_leak_what_is_counted_one_by_one() -> None:
    tokens, size, held_out = 400, 5, 0.3
    found = windows_at_random(tokens, size, held_out=held_out, seed=3)
    held = np.random.default_rng(3).random(tokens - size + 1) < held_out
    seen = {at + k for at in np.flatnonzero(~held) for k in range(size)}
    shares = [np.mean([at + k in seen for k in range(size)]) for at in np.flatnonzero(held)]
    assert found.held == held.sum()
    assert found.copied == pytest.approx(np.mean(shares))
    assert found.untouched == pytest.approx(np.mean(np.array(shares) == 0))
    assert windows_at_random(3, 5).held == 0


@pytest.mark.parametrize("rule", RULES)
def test_no_rule_loses_or_doubles_anything(rule: str) -> None:
    info = CorpusInfo("x", "X", "none", "a test")
    splits = {f: [f"{f} {i}\nline {i}" for i in range(20)] for f in ("train", "validation", "test")}
    corpus = Corpus(info, splits)
    made = resplit(corpus, rule)
    lines = sorted("\n".join(text for texts in made.values() for text in texts).split("\n"))
    every = "\n".join(text for texts in splits.values() for text in texts)
    if rule == "in order":
        assert "".join(text for texts in made.values() for text in texts) == every
    else:
        assert lines == sorted(every.split("\n"))
    assert all(made[split] for split in splits)
