"""Words: what is known comes back, what is not becomes <unk>."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.errors import BadText
from lm_core.tokenizers.tokenizer import load_tokenizer
from lm_core.tokenizers.word import WordSettings, WordTokenizer, phrases, split_words

TEXT = "The state of the Union is strong. The people's work, it isn't done!"
EVERY = WordSettings(min_frequency=1, vocab_size=200_000)
TOKENIZER = WordTokenizer.train([TEXT], EVERY)


def test_words_are_split_in_small_letters_with_punctuation_apart() -> None:
    assert split_words("You can't, can you?") == ["you", "can", "'", "t", ",", "can", "you", "?"]


@given(st.text(st.sampled_from("aΣİ'\".,()!?;:-<br /> \n\r\x1c\u2028\xa0\u200b")) | st.text())
def test_words_are_those_of_torchtexts_basic_english(text: str) -> None:
    from torchtext.data.utils import get_tokenizer

    assert split_words(text) == get_tokenizer("basic_english")(text)


def test_special_tokens_come_first_then_words_by_frequency() -> None:
    assert TOKENIZER.words[:3] == ["<unk>", "<eos>", "the"]
    assert (TOKENIZER.unknown_id, TOKENIZER.boundary_id) == (0, 1)


def test_known_words_come_back() -> None:
    assert TOKENIZER.decode(TOKENIZER.encode(TEXT)) == (
        "the state of the union is strong. the people's work, it isn't done!"
    )


@given(st.text())
def test_the_ids_of_any_text_survive_decoding(text: str) -> None:
    try:
        tokenizer = WordTokenizer.train([text], EVERY)
    except BadText:
        assert not [word for word in split_words(text) if word not in ("<unk>", "<eos>")]
        return
    ids = tokenizer.encode(text)
    assert tokenizer.encode(tokenizer.decode(ids)).tolist() == ids.tolist()


def test_an_unknown_word_becomes_unk_and_is_counted() -> None:
    ids = TOKENIZER.encode("the zebra is strong")
    assert ids.tolist().count(0) == 1
    assert TOKENIZER.decode(ids) == "the <unk> is strong"
    assert TOKENIZER.count_unknown("zebra zebra the") == 2
    assert ids.dtype == np.int64


def test_a_boundary_written_in_a_text_ends_nothing() -> None:
    tokenizer = WordTokenizer.train(["one <eos> two <unk> two"], EVERY)
    assert tokenizer.words == ["<unk>", "<eos>", "two", "one"]
    assert tokenizer.encode("one <eos> two").tolist() == [3, 0, 2]


def test_rare_words_are_dropped_and_the_vocabulary_is_capped() -> None:
    text = "a a a b b c " + " ".join(f"w{i} w{i}" for i in range(20))
    assert "c" not in WordTokenizer.train([text], WordSettings(min_frequency=2)).words
    assert WordTokenizer.train([text], WordSettings(vocab_size=10)).vocab_size == 12


def test_a_text_without_words_or_with_rare_ones_only_is_refused() -> None:
    with pytest.raises(BadText, match="no word in this text"):
        WordTokenizer.train([" \n ", '"'])
    with pytest.raises(BadText, match="occurs 2 times: set min_frequency lower"):
        WordTokenizer.train(["every word once only"])


def test_boundaries_become_newlines() -> None:
    the = TOKENIZER.words.index("the")
    assert TOKENIZER.decode([the, 1, the]) == "the\nthe"


def test_the_json_gives_the_same_tokenizer() -> None:
    again = load_tokenizer(TOKENIZER.to_dict())
    assert again.words == TOKENIZER.words
    assert again.encode(TEXT).tolist() == TOKENIZER.encode(TEXT).tolist()


def test_phrases_are_every_run_of_up_to_n_words() -> None:
    assert sorted(phrases(["to", "be", "or"], 2)) == ["be", "be or", "or", "to", "to be"]
