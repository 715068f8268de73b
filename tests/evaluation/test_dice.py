import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.errors import BadSettings, BadText
from lm_core.evaluation.dice import MOST_TOKENS, die, heard, read_probabilities


@given(weights=st.lists(st.integers(0, 100), min_size=1, max_size=8).filter(any))
def test_a_die_by_a_plain_loop(weights: list[int]) -> None:
    found = die(weights)
    bits = 0.0
    for weight, side in zip(weights, found.sides, strict=True):
        p = weight / sum(weights)
        assert side.probability == p
        if p:
            assert side.bits == pytest.approx(-math.log2(p))
            bits -= p * math.log2(p)
        else:
            assert (side.bits, side.part) == (math.inf, 0)
    assert found.bits == pytest.approx(bits) == pytest.approx(sum(s.part for s in found.sides))
    assert found.perplexity == pytest.approx(2**bits)
    assert found.nats == pytest.approx(bits * math.log(2))
    assert 1 <= found.perplexity <= len(weights) + 1e-9


def test_a_die_with_one_side_says_nothing_new() -> None:
    assert [str(x) for x in (die([5]).bits, die([5]).sides[0].bits)] == ["0.0", "0.0"]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [math.inf], [math.nan, 1]])
def test_no_die_of_such_weights(weights: list[float]) -> None:
    with pytest.raises(BadSettings, match="a weight above 0"):
        die(weights)


@given(p=st.lists(st.floats(0.001, 1), min_size=1, max_size=10))
def test_tokens_by_hand(p: list[float]) -> None:
    found = heard(p)
    assert found.mean == pytest.approx(-math.log(math.prod(p)) / len(p), abs=1e-12)
    assert found.perplexity == pytest.approx(math.prod(p) ** (-1 / len(p)))


def test_what_could_not_come_is_an_infinite_surprise() -> None:
    assert heard([0.5, 0]).mean == heard([0.5, 0]).perplexity == math.inf
    for p in ([], [1.5], [math.nan]):
        with pytest.raises(BadText, match="give"):
            heard(p)


def test_probabilities_as_they_are_typed() -> None:
    assert read_probabilities(" 0.8, .6;1  0 1e-3 ,") == [0.8, 0.6, 1, 0, 0.001]
    assert read_probabilities("") == []
    for text in ("0.8 x", "0.8 1.2", "-1", "nan", "1/2", "0.5%"):
        with pytest.raises(BadText, match="is no probability"):
            read_probabilities(text)
    with pytest.raises(BadText, match="too many"):
        read_probabilities("1 " * (MOST_TOKENS + 1))


@given(text=st.text(max_size=30) | st.text("0123456789.,e- ", max_size=30))
def test_whatever_is_typed_is_read_or_refused_in_a_sentence(text: str) -> None:
    with suppress(BadText):
        assert heard(read_probabilities(text)).mean >= 0
