"""Counted again in plain loops."""

import math
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
import torch

from lm_core.doctor import texts
from lm_core.doctor.judging_texts import APART
from lm_core.doctor.texts import divergence, entropies, facts_of, leaked_windows
from lm_core.encoded import encode_documents
from tests.tiny import NAMES, TEXT, encoded, stream

RNG = np.random.default_rng(0)


def plain_entropies(ids: list[int]) -> tuple[float, float]:
    """Mean surprise of all tokens but the first, by their shares and given the one before."""
    alone, pairs, before = Counter(ids[1:]), Counter(pairwise(ids)), Counter(ids[:-1])
    n = len(ids) - 1
    first = sum(-math.log(alone[v] / n) for v in ids[1:]) / n
    second = sum(-math.log(pairs[p] / before[p[0]]) for p in pairwise(ids)) / n
    return first, second


@pytest.mark.parametrize("vocab_size", [9, 5000])  # a table of pairs, or a list of them
def test_entropies_are_the_mean_surprise_of_counting(vocab_size: int) -> None:
    ids = RNG.integers(0, 9, 2000)
    ids[1::2] = (ids[::2] + 1) % 9  # so that pairs tell more
    assert entropies(ids, vocab_size) == pytest.approx(plain_entropies(ids.tolist()), rel=1e-9)


def test_the_divergence_is_that_of_the_frequent_tokens() -> None:
    held, train = RNG.integers(0, 300, 900), RNG.integers(0, 200, 5000)
    counts, ours = Counter(train.tolist()), Counter(held.tolist())
    frequent = sorted(range(300), key=lambda v: (-counts[v], v))[:100]
    p = [counts[v] + 0.5 for v in frequent] + [5000 - sum(counts[v] for v in frequent) + 0.5]
    q = [ours[v] for v in frequent] + [900 - sum(ours[v] for v in frequent)]
    expected = sum(
        b / 900 * math.log(b / 900 / (a / sum(p))) for a, b in zip(p, q, strict=True) if b
    )
    assert divergence(held, train, 300) == pytest.approx(expected, rel=1e-9)
    assert divergence(train, train, 300) == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize("window", [8, 32])
def test_windows_that_stand_in_both_are_found_and_no_others(
    monkeypatch: pytest.MonkeyPatch, window: int
) -> None:
    monkeypatch.setattr(texts, "PIECE", 700)  # read in pieces, that overlap
    train, held = RNG.integers(0, 5, 3000), RNG.integers(0, 5, 200)
    held[40:120] = train[650:730]
    share, tried = leaked_windows(held, train, window)
    known = {tuple(train[i : i + window]) for i in range(len(train) - window + 1)}
    each = [tuple(held[i : i + window]) in known for i in range(len(held) - window + 1)]
    assert tried == len(each)
    assert share == pytest.approx(sum(each) / len(each))


def test_texts_shorter_than_a_window_are_not_judged() -> None:
    assert leaked_windows(np.arange(10), np.arange(100)) == (None, 0)
    facts = facts_of(
        {"train": stream(torch.arange(100)), "validation": stream(torch.arange(9))}, 100
    )
    assert facts.leaked is None


def test_items_leak_as_a_whole() -> None:
    tokenizer, train = encoded(NAMES, items=True)
    held = encode_documents([NAMES[3], NAMES[7], NAMES[3][:-1]], tokenizer, items=True)
    facts = facts_of({"train": train, "validation": held}, tokenizer.vocab_size)
    assert (facts.leaked, facts.looked_for, facts.window) == (pytest.approx(2 / 3), 3, 0)


def test_a_text_alone_has_entropies_only() -> None:
    tokenizer, train = encoded([TEXT])
    facts = facts_of({"train": train}, tokenizer.vocab_size)
    assert facts.unigram > facts.bigram > 0
    assert (facts.apart, facts.leaked) == (None, None)


def test_a_long_text_is_looked_at_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "COUNTED", 50)
    ids = torch.cat([torch.zeros(60, dtype=torch.int64), torch.arange(40)])
    assert facts_of({"train": stream(ids)}, 100).unigram == 0


@pytest.mark.parametrize("size", [50, 200, 2000])
def test_what_is_expected_by_chance_is_the_mean_over_many_draws(size: int) -> None:
    rng, V = np.random.default_rng(0), 20
    p = rng.dirichlet(np.full(V, 5.0))
    draws = [(rng.choice(V, size, p=p), rng.choice(V, 8 * size, p=p)) for _ in range(200)]
    found = np.mean([divergence(held, train, V) for held, train in draws])
    expected = np.mean([texts.by_chance(held, train, V) for held, train in draws])
    assert expected == pytest.approx(found, rel=0.15)


def test_two_short_pieces_of_one_text_are_not_called_different() -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        train, held = rng.integers(0, 27, 200), rng.integers(0, 27, 60)
        data = {
            "train": stream(torch.from_numpy(train)),
            "validation": stream(torch.from_numpy(held)),
        }
        facts = facts_of(data, 27)
        assert facts.apart < APART + facts.by_chance
    moved = {"train": data["train"], "validation": stream(torch.from_numpy(held % 5))}
    facts = facts_of(moved, 27)
    assert facts.apart > APART + facts.by_chance
