"""The contract, and tokenizer.json as an untrusted file: ours, or one sentence."""

import json
import unicodedata
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.cli import TOKENIZERS
from lm_core.errors import BadCheckpoint, BadText
from lm_core.tokenizers.bpe import BOUNDARY, BPESettings, BPETokenizer
from lm_core.tokenizers.char import CharTokenizer
from lm_core.tokenizers.char_bpe import CharBPESettings, CharBPETokenizer
from lm_core.tokenizers.published import PublishedTokenizer
from lm_core.tokenizers.tokenizer import Tokenizer, load_tokenizer, tokenizers
from lm_core.tokenizers.unigram import UnigramSettings, UnigramTokenizer
from lm_core.tokenizers.word import WordSettings, WordTokenizer
from lm_core.tokenizers.wordpiece import WordPieceSettings, WordPieceTokenizer

TEXT = "to be or not to be, that is the question.\n" * 5
TRAINED: dict[str, Tokenizer] = {
    "char": CharTokenizer.train([TEXT]),
    "word": WordTokenizer.train([TEXT], WordSettings(min_frequency=1)),
    "published": PublishedTokenizer.train([TEXT]),
    "char-bpe": CharBPETokenizer.train([TEXT], CharBPESettings(vocab_size=100)),
    "bpe": BPETokenizer.train([TEXT], BPESettings(vocab_size=280)),
    "wordpiece": WordPieceTokenizer.train([TEXT], WordPieceSettings(vocab_size=540)),
    "unigram": UnigramTokenizer.train([TEXT], UnigramSettings(vocab_size=270)),
}
WHOLE: dict[str, dict[str, Any]] = {kind: t.to_dict() for kind, t in TRAINED.items()}

STRANGE = st.text() | st.sampled_from(
    [
        "to be",
        "\U0001f469\u200d\U0001f469\u200d\U0001f467 and \U0001f1e9\U0001f1ea",  # joined by joiners
        "Zoe\u0308, nai\u0302t",
        "\u05e9\u05dc\u05d5\u05dd \u202ethe\u202c \u0645\u0631\u062d\u0628\u0627",
        "to\u200bbe\ufeff or\r\nnot\r\n\r\n",
        "a\ud800b\udfff",
        "##be \uff03\uff03be <|endoftext|> [UNK] <unk> <eos> ##",
        "to" * 300 + "\u0130\u03a3 \u03a3.",
        '"to" be; <br /> "or:not" (be)',
    ]
)

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=12,
)


def refused_or_sound(data: Any) -> None:
    """Either BadCheckpoint, or a tokenizer that really works."""
    try:
        tokenizer = load_tokenizer(data)
    except BadCheckpoint:
        return
    ids = tokenizer.encode("to be", skip_unknown=True)
    assert all(0 <= id < tokenizer.vocab_size for id in ids)
    assert tokenizer.decode([*ids, tokenizer.boundary_id]).endswith("\n")
    assert all(tokenizer.token_text(i) for i in range(tokenizer.vocab_size))


def test_the_registry_holds_those_that_the_command_line_offers() -> None:
    assert tokenizers.names() == list(TRAINED) == list(TOKENIZERS)


@pytest.mark.parametrize("kind", TRAINED)
def test_the_contract_is_kept(kind: str) -> None:
    tokenizer = TRAINED[kind]
    assert tokenizers[kind].build is type(tokenizer)
    ids = tokenizer.encode("to be or not")
    assert ids.tolist() == tokenizer.encode_many(["to be or not"])[0].tolist()
    assert tokenizer.decode(ids) == "to be or not"
    assert 0 <= tokenizer.boundary_id < tokenizer.vocab_size
    assert tokenizer.decode([tokenizer.boundary_id]) == "\n"
    assert all(tokenizer.token_text(i) for i in range(tokenizer.vocab_size))
    assert str(tokenizer.vocab_size) in repr(tokenizer) or kind == "char"


@given(st.sampled_from(sorted(TRAINED)), STRANGE)
def test_any_text_comes_back_or_is_said_to_be_unknown(kind: str, text: str) -> None:
    tokenizer = TRAINED[kind]
    ids = tokenizer.encode(text, skip_unknown=True)
    assert ids.tolist() == tokenizer.encode_many([text], skip_unknown=True)[0].tolist()
    sound = text.encode("utf-8", "replace").decode()  # half a character cannot be written at all
    back = tokenizer.decode(ids)
    if tokenizer.lossless:
        assert back == sound or tokenizer.count_unknown(text)
    if kind in ("bpe", "wordpiece", "unigram"):
        assert back == sound
        assert tokenizer.count_unknown(text) == 0
        assert tokenizer.boundary_id not in ids
    if text == "to be":
        assert tokenizer.untold(text, ids).total() == 0


@given(st.sampled_from(sorted(TRAINED)), STRANGE)
def test_every_token_stands_where_its_span_says(kind: str, text: str) -> None:
    tokenizer = TRAINED[kind]
    data = text.encode("utf-8", "replace")
    ids, spans = tokenizer.encode(text, skip_unknown=True), tokenizer.spans(text)
    assert len(spans) == len(ids)
    assert all(low < high for low, high in spans)
    assert all(high <= low for (_, high), (low, _) in pairwise(spans))
    assert not spans or 0 <= spans[0][0] < spans[-1][1] <= len(data)
    if kind in ("bpe", "wordpiece", "unigram"):
        assert [data[low:high] for low, high in spans] == list(map(tokenizer.token_bytes, ids))
    for id, (low, high) in zip(ids.tolist(), spans, strict=True):
        if kind == "char" or (kind == "word" and id != tokenizer.unknown_id):
            found = data[low:high].decode()
            assert tokenizer.decode([id]) == (found if kind == "char" else found.lower())


@pytest.mark.parametrize("kind", TRAINED)
def test_json_text_gives_the_same_tokenizer(kind: str) -> None:
    again = load_tokenizer(json.loads(json.dumps(WHOLE[kind])))
    assert again.to_dict() == WHOLE[kind]
    assert again.encode(TEXT).tolist() == TRAINED[kind].encode(TEXT).tolist()


@given(plain)
def test_any_json_is_refused_with_a_sentence(data: Any) -> None:
    with pytest.raises(BadCheckpoint):
        load_tokenizer(data)


@given(
    st.sampled_from(sorted(WHOLE)),
    st.sampled_from(["chars", "words", "tokens", "merges", "scores"]),
    plain,
)
def test_any_value_in_any_place_is_refused_or_works(kind: str, key: str, value: Any) -> None:
    refused_or_sound({**WHOLE[kind], key: value})
    refused_or_sound({**WHOLE[kind], "form": value})
    refused_or_sound({"kind": kind, key: value})


@given(st.data())
def test_a_changed_vocabulary_is_refused_or_works(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(WHOLE)))
    key = data.draw(st.sampled_from(sorted(set(WHOLE[kind]) - {"kind"})))
    values = list(WHOLE[kind][key])
    place = data.draw(st.integers(0, len(values) - 1))
    values[place : place + data.draw(st.integers(0, 2))] = data.draw(
        st.lists(plain | st.sampled_from(["\ud800", "", [], ["t"], ["t", "o", "e"]]), max_size=2)
    )
    refused_or_sound({**WHOLE[kind], key: values})


MERGES = WHOLE["bpe"]["merges"]


@pytest.mark.parametrize(
    "change",
    [
        {"merges": [["t", "absent"]]},
        {"merges": [["z", "q"]]},
        {"merges": [[]]},
        {"merges": ["t o"]},
        {"merges": [["t", ["o"]]]},
        {"merges": {"t": "o"}},
        {"merges": None},
        {"tokens": [t for t in WHOLE["bpe"]["tokens"] if t != BOUNDARY]},
        {"tokens": [t for t in WHOLE["bpe"]["tokens"] if t != "z"]},
        {"tokens": WHOLE["bpe"]["tokens"] * 2},
        {"tokens": WHOLE["bpe"]["tokens"] + [f"t{i}" for i in range(65_536)]},
        {"tokens": [*WHOLE["bpe"]["tokens"], "\ud800"]},
    ],
)
def test_damaged_byte_pairs_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(BadCheckpoint, match="damaged"):
        load_tokenizer({**WHOLE["bpe"], **change})


def test_a_vocabulary_of_the_largest_size_is_checked_quickly() -> None:
    tokens = WHOLE["bpe"]["tokens"]
    many = tokens + [f"t{i}" for i in range(65_536 - len(tokens))]
    tokenizer = load_tokenizer({"kind": "bpe", "tokens": many, "merges": MERGES * 2000})
    assert tokenizer.decode(tokenizer.encode(TEXT)) == TEXT


@pytest.mark.parametrize(
    "data",
    [
        {"kind": "char", "chars": ["a", "b"]},
        {"kind": "char", "chars": ["ab", "\n"]},
        {"kind": "char", "chars": ["a", "a", "\n"]},
        {"kind": "char"},
        {"kind": "word", "words": ["the", "<unk>", "<eos>"]},
        {"kind": "word", "words": []},
        {"kind": "sentencepiece"},
        {**WHOLE["wordpiece"], "tokens": WHOLE["wordpiece"]["tokens"][1:]},
        {**WHOLE["wordpiece"], "tokens": WHOLE["bpe"]["tokens"]},
        {**WHOLE["unigram"], "tokens": WHOLE["unigram"]["tokens"][:-1]},
        {**WHOLE["unigram"], "scores": WHOLE["unigram"]["scores"][:-1]},
        {**WHOLE["unigram"], "scores": [float("nan")] * len(WHOLE["unigram"]["scores"])},
        {**WHOLE["unigram"], "scores": [True] * len(WHOLE["unigram"]["scores"])},
        {**WHOLE["unigram"], "scores": None},
        {"kind": ["char"]},
        "char",
        None,
    ],
)
def test_other_vocabularies_are_refused(data: Any) -> None:
    with pytest.raises(BadCheckpoint):
        load_tokenizer(data)


APART = unicodedata.normalize("NFD", "Zoë naît à l’été, déjà.\n" * 5)
AS_ONE = unicodedata.normalize("NFC", APART)


def trained(kind: str, text: str, form: str) -> Tokenizer:
    settings = {"word": WordSettings(min_frequency=1), "bpe": BPESettings(vocab_size=280)}
    usual = tokenizers[kind].settings()
    return tokenizers[kind].build.train([text], settings.get(kind, usual), form=form)


@pytest.mark.parametrize("kind", TRAINED)
@pytest.mark.parametrize("text", [APART, AS_ONE])
def test_both_spellings_of_an_accent_are_one_where_a_form_is_set(kind: str, text: str) -> None:
    tokenizer = trained(kind, text, "NFC")
    assert tokenizer.to_dict()["form"] == "NFC"
    for read in (tokenizer, load_tokenizer(json.loads(json.dumps(tokenizer.to_dict())))):
        ids = read.encode(APART)
        assert ids.tolist() == read.encode(AS_ONE).tolist()
        assert [part.tolist() for part in read.encode_many([APART])] == [ids.tolist()]
        assert read.count_unknown(APART) == read.count_unknown(AS_ONE) == 0
        assert read.untold(APART, ids) == read.untold(AS_ONE, ids)
        assert read.read(APART) == AS_ONE
        if read.lossless:
            assert read.decode(ids) == AS_ONE
    assert tokenizer.cuts_like(trained(kind, AS_ONE, ""))
    assert not tokenizer.cuts_like(trained(kind, APART + "q", ""))


@pytest.mark.parametrize("kind", TRAINED)
def test_without_a_form_text_is_read_as_it_stands_as_before(kind: str) -> None:
    tokenizer = trained(kind, APART, "")
    assert "form" not in tokenizer.to_dict()
    assert tokenizer.read(APART) == APART
    assert tokenizer.encode(APART).tolist() != tokenizer.encode(AS_ONE, skip_unknown=True).tolist()


@pytest.mark.parametrize("kind", ["char", "word"])
@pytest.mark.parametrize(("learned", "typed"), [(APART, AS_ONE), (AS_ONE, APART)])
def test_it_hints_at_the_form_it_knows(kind: str, learned: str, typed: str) -> None:
    tokenizer = trained(kind, learned, "")
    form = "NFD" if learned == APART else "NFC"
    assert f"in the form {form} of Unicode" in tokenizer.known_otherwise(typed)
    assert not tokenizer.known_otherwise(learned)
    assert not tokenizer.known_otherwise("zq")
    if kind == "char":
        with pytest.raises(BadText, match=f"in the form {form} of Unicode"):
            tokenizer.encode(typed)
        with pytest.raises(BadText, match="never saw 'ж'"):
            tokenizer.encode("ж")


@pytest.mark.parametrize("form", ["NFKC", "nfc", 1, None, ["NFC"]])
def test_a_form_that_is_none_is_refused(form: object) -> None:
    with pytest.raises(BadCheckpoint, match="damaged"):
        load_tokenizer({**WHOLE["char"], "form": form})
