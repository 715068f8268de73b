"""Every token can be seen, and no text turns or hides what stands around it."""

import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.charts.words import unique_labels
from lm_core.tokenizers.char import CharTokenizer
from lm_core.visible import all_apart, apart, readable, visible
from tests.marks import most_slow

LONGEST = len("⟨10FFFF⟩")
SIGNED = "·⏎␍⇥⍽"  # characters of their own that are signs of others
TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
UNSEEN = ["\u200d", "\ufeff", "\xad", "\x0c", "\u2028", "\u0301", "\u3164", "\u2800", *TURNING]


def inked(shown: str) -> bool:
    """Whether there is something to see, by what Unicode says of each character."""
    return bool(shown) and all(unicodedata.category(char)[0] not in "CZ" for char in shown)


@pytest.mark.parametrize(
    ("token", "shown"),
    [
        (" the\n", "·the⏎"),
        ("\t\r\u00a0", "⇥␍⍽"),
        ("\x00\u200b", "⟨0⟩⟨200B⟩"),
        ("\u202eab", "⟨202E⟩ab"),
        ("\u2003\u3000", "⟨2003⟩⟨3000⟩"),
        ("\ue000\ud800", "⟨E000⟩⟨D800⟩"),
        ("\udce2\udc82", "⟨xE2⟩⟨x82⟩"),
        ("❤\ufe0f", "❤⟨FE0F⟩"),
        ("\u0301", "◌\u0301"),
        (" \u0301", "·◌\u0301"),
        ("e\u0301", "e\u0301"),
        ("née", "née"),
        ("", "∅"),
    ],
)
def test_what_cannot_be_seen_has_a_sign(token: str, shown: str) -> None:
    assert visible(token) == shown


@pytest.mark.parametrize(
    "end", most_slow([0x10000, sys.maxunicode + 1], quick=[0x10000]), ids=["in use", "all"]
)
def test_every_character_alone_can_be_seen_and_told_from_the_others(end: int) -> None:
    seen = set()
    for char in map(chr, range(end)):
        shown = visible(char)
        assert inked(shown)
        assert len(shown) <= LONGEST
        assert shown not in seen or char in SIGNED
        seen.add(shown)


@given(st.text(st.characters() | st.characters(categories=["Cf", "Cs", "Mn", "Zs"])))
def test_a_token_is_shown_whole_and_once(token: str) -> None:
    shown = visible(token)
    assert inked(shown)
    assert len(shown) <= max(1, LONGEST * len(token))
    assert visible(shown) == shown


@given(st.text(st.characters(categories=["Lu", "Ll", "Lt", "N", "P"]), min_size=1))
def test_what_has_ink_stays_as_it_is(text: str) -> None:
    assert visible(text) == readable(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Two lines,\n\tand a tab",
        "می\u200cخواهم",
        "\U0001f469\u200d\U0001f469\u200d\U0001f467",
        "❤\ufe0f\u200d\U0001f525",
        "नमस्ते",
        "日本\u3000語",
    ],
)
def test_a_text_is_read_as_it_was_written(text: str) -> None:
    assert readable(text) == text


@given(st.text(st.sampled_from(["a", "ש", " ", "\n", *UNSEEN])))
def test_a_text_turns_and_hides_nothing(text: str) -> None:
    shown = readable(text)
    assert not set(shown) & set(TURNING)
    assert shown.count("a") == text.count("a")
    assert all(inked(char) or char in " \n\u200d" for char in shown)


def test_a_model_of_characters_has_a_label_for_each() -> None:
    tokenizer = CharTokenizer.train(["".join(UNSEEN)])
    labels = [tokenizer.token_text(id) for id in range(tokenizer.vocab_size)]
    assert all(map(inked, labels))
    assert unique_labels(labels) == labels


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("plain, née, 日本", "plain, née, 日本"),
        ("שלום", "\u2068שלום\u2069"),
        ("سلام 12, GPT!", "\u2068سلام 12, GPT!\u2069"),  # its own line, with what belongs to it
        ("after שלום: 12 %", "after \u2068שלום\u2069: 12 %"),
        ("from אב גד to דה", "from \u2068אב גד\u2069 to \u2068דה\u2069"),
        ("שלום looks at it: 12 %", "\u200e\u2068שלום\u2069 looks at it: 12 %"),
        ("one\nשלום 1\n2", "one\n\u2068שלום 1\u2069\n2"),
    ],
)
def test_words_from_right_to_left_are_set_apart(text: str, shown: str) -> None:
    assert apart(text) == shown


@given(st.text(st.sampled_from(["a", "ש", "ع", "1", ".", " ", "\n", "٣", "é"])))
def test_what_is_set_apart_is_the_text_and_every_mark_has_its_end(text: str) -> None:
    shown = apart(text)
    assert re.sub("[\u200e\u2068\u2069]", "", shown) == text
    for line in shown.split("\n"):
        assert re.fullmatch("[^\u2068\u2069]*(\u2068[^\u2068\u2069]+\u2069[^\u2068\u2069]*)*", line)
        assert not re.search("[שع]", re.sub("\u2068[^\u2069]*\u2069", "", line))
    assert all_apart([{"ש": text}, 1, None]) == [{"ש": shown}, 1, None]
