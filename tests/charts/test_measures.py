import math

import numpy as np
import pytest

from lm_core.charts.measures import BITS, MEASURES, NATS, PERPLEXITY, measure, shared


def test_a_coin_is_one_bit_and_a_perplexity_of_two():
    coin = math.log(2)
    assert measure(NATS).of(coin) == coin
    assert measure(PERPLEXITY).of(coin) == pytest.approx(2)
    assert measure(BITS).of(coin) == pytest.approx(1)


def test_bits_are_counted_per_character_whatever_the_tokens_are():
    # A text of 100 characters in 25 tokens, 50 nats in all.
    bits = measure(BITS, per="token", tokens_per_character=0.25)
    assert bits.unit == "bits per character"
    assert bits.of(50 / 25) * 100 == pytest.approx(50 / math.log(2))


def test_units_name_what_is_counted():
    assert [measure(name, per="word").unit for name in MEASURES] == [
        "nats per word",
        "perplexity per word",
        "bits per character",
    ]


def test_what_is_no_number_stays_none_and_a_perplexity_past_all_numbers_is_infinite():
    shown = measure(PERPLEXITY).of(np.array([np.nan, 709.0, 5000.0, np.inf]))
    assert np.isnan(shown[0])
    assert shown[1] == math.exp(709)
    assert shown[2] == shown[3] == math.inf
    assert np.isnan(measure(BITS).of(np.nan))


def test_bits_that_are_withheld_are_no_number():
    assert np.isnan(measure(BITS, tokens_per_character=math.nan).of([1.0, 2.0])).all()


def test_perplexities_of_different_tokenizers_never_share_an_axis():
    assert shared(["char", "char"]) == MEASURES
    assert shared(["char", "bpe"]) == (BITS,)
    assert shared([]) == MEASURES


def test_an_unknown_measure_is_named():
    with pytest.raises(ValueError, match="'bytes'"):
        measure("bytes")
