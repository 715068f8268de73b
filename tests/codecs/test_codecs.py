"""Codecs of several parts: back from their JSON as they were, and an untrusted one refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.codec import Bare
from lm_core.codecs import LabelCodec, PairCodec, load_codec
from lm_core.errors import BadCheckpoint
from lm_core.tokenizers.char import CharTokenizer
from lm_core.tokenizers.word import WordSettings, WordTokenizer

LETTERS = CharTokenizer.train(["abc é"], form="NFC")
WORDS = WordTokenizer.train(["one two two"], WordSettings(min_frequency=1))
CODECS = {
    "bare": Bare(["a", "b"], n_classes=2),
    "classes": LabelCodec(LETTERS, ["yes", "no"]),
    "value": LabelCodec(WORDS, centre=1900.5, spread=40.0, unit_name="year"),
    "apart": PairCodec(WORDS, LETTERS, ("English", "digits")),
    "shared": PairCodec(LETTERS, LETTERS),
    "tokenizer": LETTERS,
}
SIZES = {
    "bare": {"n_classes": 2},
    "classes": {"vocab_size": LETTERS.vocab_size, "n_classes": 2},
    "value": {"vocab_size": WORDS.vocab_size},
    "apart": {"vocab_size": LETTERS.vocab_size, "source_size": WORDS.vocab_size},
    "shared": {"vocab_size": LETTERS.vocab_size},
    "tokenizer": {"vocab_size": LETTERS.vocab_size},
}


@pytest.mark.parametrize("name", CODECS)
def test_it_comes_back_from_its_json(name: str) -> None:
    codec = CODECS[name]
    again = load_codec(json.loads(json.dumps(codec.to_dict())))
    assert type(again) is type(codec)
    assert again.to_dict() == codec.to_dict()
    assert again.cuts_like(codec)
    assert again.sizes == SIZES[name]


@pytest.mark.parametrize("name", CODECS)
def test_no_two_kinds_cut_alike(name: str) -> None:
    others = [codec for other, codec in CODECS.items() if other != name and other != "tokenizer"]
    assert name == "tokenizer" or not any(CODECS[name].cuts_like(other) for other in others)


def test_one_vocabulary_for_both_sides_stays_one_table() -> None:
    again = load_codec(CODECS["shared"].to_dict())
    assert again.shared
    assert again.source is again.target
    assert not load_codec(CODECS["apart"].to_dict()).shared


def said_of(data: dict) -> str:
    """The sentence that refuses it; "" where it is taken for a codec."""
    try:
        load_codec(data)
    except BadCheckpoint as error:
        return str(error)
    return ""


def damaged(data: dict) -> list[dict]:
    return [
        {key: value for key, value in data.items() if key != left_out}
        for left_out in data
        if left_out != "kind"
    ] + [data | {key: strange} for key in data if key != "kind" for strange in (7, "x", [1], {})]


@pytest.mark.parametrize("name", ["bare", "classes", "value", "apart", "shared"])
def test_a_damaged_one_is_refused_in_one_sentence(name: str) -> None:
    for data in damaged(CODECS[name].to_dict()):
        assert "\n" not in said_of(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.sampled_from(["bare", "labelled", "pair", "char", "none"]), st.dictionaries(st.text(), JSON)
)
def test_whatever_a_file_says_it_is_a_codec_or_a_sentence(kind: str, rest: dict) -> None:
    assert "\n" not in said_of(rest | {"kind": kind})


@pytest.mark.parametrize("size", [0, -1, 10**7, 2.0, True, "3"])
def test_a_size_is_a_whole_number_in_bounds(size: object) -> None:
    with pytest.raises(ValueError, match="size"):
        Bare(n_classes=size)
    with pytest.raises(BadCheckpoint):
        load_codec({"kind": "bare", "names": [], "sizes": {"n_classes": size}})
