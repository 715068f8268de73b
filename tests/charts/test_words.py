import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lm_core.charts import words
from lm_core.visible import visible


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (7, "7"),
        (999, "999"),
        (999.6, "1 k"),
        (12345, "12.3 k"),
        (21_000, "21 k"),
        (999_950, "1 M"),
        (1_200_000, "1.2 M"),
        (0.01234, "0.0123"),
        (-12345, "-12.3 k"),
        (3e15, "3,000 T"),
        (math.nan, "n/a"),
        (-math.inf, "-∞"),
    ],
)
def test_human_keeps_three_digits_and_a_unit(value, text):
    assert words.human(value) == text


@settings(deadline=None)
@given(st.floats(1e-3, 1e14))
def test_human_is_within_half_a_percent_of_the_number(value):
    number, _, unit = words.human(value).partition(" ")
    scale = {"": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}[unit]
    assert float(number) * scale == pytest.approx(value, rel=0.00501)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (84, "1:24"), (59.7, "1:00"), (3725, "1:02:05"), (-5, "-0:05")],
)
def test_duration_is_a_clock(seconds, text):
    assert words.duration(seconds) == text


def test_duration_without_a_number_says_so():
    assert words.duration(math.inf) == words.duration(math.nan) == "n/a"


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0 %"),
        (1, "100 %"),
        (0.523, "52 %"),
        (0.0123, "1.2 %"),
        (0.00005, "< 0.01 %"),
        (0.994, "99.4 %"),
        (0.9999, "> 99.9 %"),
        (1.5, "150 %"),
        (math.nan, "n/a"),
    ],
)
def test_percent_has_sensible_digits(share, text):
    assert words.percent(share) == text


@settings(deadline=None)
@given(st.floats(1e-9, 1 - 1e-9))
def test_percent_never_calls_a_part_nothing_or_the_whole(share):
    assert words.percent(share) not in ("0 %", "100 %")


def test_bytes_are_decimal():
    assert words.bytes_size(1_115_394) == "1.12 MB"
    assert words.bytes_size(512) == "512 B"


def test_probability_fits_a_cell():
    assert [words.probability(p) for p in (0.214, 0.997, 1, 0.001)] == [".21", "1.0", "1.0", ".00"]


def test_nats_keep_two_places_and_name_what_is_no_number():
    assert [words.nats(v) for v in (1.5234, 0.0342, 0, 123.4)] == ["1.52", "0.034", "0", "123"]
    assert words.nats(math.nan) == "not a number"
    assert words.nats(math.inf) == "∞"


def test_one_thing_is_not_plural():
    assert words.count(1, "head") == "1 head"
    assert words.count(29910, "name") == "29,910 names"


@settings(deadline=None)
@given(st.lists(st.text("ab ₁₂", max_size=3)))
def test_labels_are_unique_and_keep_their_order(tokens):
    labels = words.unique_labels(tokens)
    assert len(set(labels)) == len(labels) == len(tokens)
    for token, label in zip(tokens, labels, strict=True):
        assert label.startswith(visible(token))


def test_only_repeated_tokens_are_numbered():
    assert words.unique_labels(["the", "of", "the"]) == ["the₁", "of", "the₂"]


def test_shorten_keeps_both_ends():
    assert words.shorten("encoder.layer.12.attention", 10) == "encode…ion"
    assert words.shorten("short", 10) == "short"


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(4, 5, "4 to 5 words"), (1, 1, "1 word"), (3, 3, "3 words"), (10, None, "10 or more words")],
)
def test_a_span_of_so_many(low, high, text):
    assert words.span(low, high, "word") == text
