"""Byte pairs: exact for any text, whatever it was trained on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.errors import BadText
from lm_core.tokenizers.bpe import BOUNDARY, BPESettings, BPETokenizer
from lm_core.tokenizers.tokenizer import load_tokenizer

TEXT = "the state of the union is strong and the people of the union are strong\n" * 20
TOKENIZER = BPETokenizer.train([TEXT], BPESettings(vocab_size=300))
AGAIN = load_tokenizer(TOKENIZER.to_dict())


@given(st.text())
def test_any_text_comes_back(text: str) -> None:
    ids = TOKENIZER.encode(text)
    assert ids.dtype == np.int64
    assert TOKENIZER.decode(ids) == text
    assert TOKENIZER.boundary_id not in ids


@given(st.text())
def test_the_json_gives_the_same_tokenizer(text: str) -> None:
    assert AGAIN.encode(text).tolist() == TOKENIZER.encode(text).tolist()
    assert AGAIN.to_dict() == TOKENIZER.to_dict()


@given(st.lists(st.text(), max_size=5))
def test_many_texts_at_once_give_the_same_ids(texts: list[str]) -> None:
    together = TOKENIZER.encode_many(texts)
    assert [ids.tolist() for ids in together] == [TOKENIZER.encode(t).tolist() for t in texts]


def test_frequent_runs_become_one_token() -> None:
    assert len(TOKENIZER.encode("the union")) < 5
    assert len(TOKENIZER.encode("xyz")) == 3


def test_the_vocabulary_is_as_large_as_asked_and_never_below_the_bytes() -> None:
    assert BPETokenizer.train([TEXT], BPESettings(vocab_size=270)).vocab_size == 270
    assert TOKENIZER.vocab_size <= 300, "merging stops early where nothing is left to merge"
    assert BPETokenizer.train([""], BPESettings(vocab_size=257)).vocab_size == 257


@pytest.mark.parametrize("text", [BOUNDARY, f"one {BOUNDARY} two"])
def test_the_name_of_the_boundary_in_a_text_is_plain_text(text: str) -> None:
    tokenizer = BPETokenizer.train([text * 50], BPESettings(vocab_size=400))
    ids = tokenizer.encode(text)
    assert tokenizer.boundary_id not in ids
    assert tokenizer.decode(ids) == text


def test_boundaries_become_newlines() -> None:
    a, b = TOKENIZER.encode("a").tolist(), TOKENIZER.boundary_id
    assert TOKENIZER.decode([b, *a, b, *a]) == "\na\na"
    assert TOKENIZER.token_text(b) == "⏎"


def test_a_lone_surrogate_is_replaced_and_never_an_error() -> None:
    assert TOKENIZER.decode(TOKENIZER.encode("a\ud800b")) == "a?b"
    BPETokenizer.train(["a\ud800b"], BPESettings(vocab_size=257))


def test_bytes_that_are_no_letters_are_told_apart() -> None:
    labels = {TOKENIZER.token_text(id) for id, t in enumerate(TOKENIZER.tokens) if len(t) == 1}
    assert len(labels) == 256
    assert [TOKENIZER.token_text(id) for id in TOKENIZER.encode("é")] == ["⟨xC3⟩", "⟨xA9⟩"]


def test_every_token_can_be_shown() -> None:
    assert all(TOKENIZER.token_text(i) for i in range(TOKENIZER.vocab_size))


ELSEWHERE = BPETokenizer(
    [token for token in TOKENIZER.tokens if token not in ("ñ", "Ć")],  # the bytes F1 and 06
    TOKENIZER.merges,
    digits=True,
)


@given(st.text(alphabet="the union 1984\x06é\U00040000") | st.text())
def test_a_vocabulary_from_elsewhere_may_lack_bytes_and_cut_digits(text: str) -> None:
    """What it lacks is passed over, and said."""
    ids = ELSEWHERE.encode(text, skip_unknown=True)
    spans, data = ELSEWHERE.spans(text), text.encode()
    assert [data[low:high] for low, high in spans if high - low == 1] == [
        ELSEWHERE.token_bytes(id)
        for id, (low, high) in zip(ids.tolist(), spans, strict=True)
        if high - low == 1
    ]
    unknown = sum(1 for char in text if {0xF1, 0x06} & {*char.encode()})
    assert ELSEWHERE.count_unknown(text) == ELSEWHERE.untold(text, ids).total() == unknown
    if unknown:
        with pytest.raises(BadText, match="has nothing for"):
            ELSEWHERE.encode(text)
    else:
        assert ELSEWHERE.decode(ids) == text
    assert all(not data[low:high].isdigit() or high - low == 1 for low, high in spans)
    again = load_tokenizer(ELSEWHERE.to_dict())
    assert again.encode(text, skip_unknown=True).tolist() == ids.tolist()
