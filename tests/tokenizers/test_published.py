"""Words as published: the tokens are those of the protocol, and nothing is dropped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.corpora.wikitext import standard_tokens
from lm_core.encoded import encode_corpus
from lm_core.errors import BadText
from lm_core.tokenizers.published import PublishedTokenizer
from lm_core.tokenizers.tokenizer import learned_from, load_tokenizer
from tests.corpora.test_groups import SPEECHES

TEXT = "\n= Robert <unk> =\n\nHe said @-@ once , he said it .\n"
TOKENIZER = PublishedTokenizer.train([TEXT])


def test_the_tokens_are_those_of_the_protocol() -> None:
    ids = TOKENIZER.encode(TEXT)
    assert [TOKENIZER.words[id] for id in ids] == standard_tokens(TEXT)
    assert TOKENIZER.vocab_size == len(set(standard_tokens(TEXT)))
    assert TOKENIZER.decode(ids) == TEXT


def test_capitals_and_words_that_come_once_are_kept() -> None:
    assert {"Robert", "He", "he", "once"} <= set(TOKENIZER.words)
    assert TOKENIZER.words[2:4] == ["=", "said"]  # by frequency, then by alphabet


def test_its_vocabulary_is_that_of_all_splits() -> None:
    made = learned_from("published", None, {"train": ["a b"], "test": ["a C"]})
    assert sorted(made.words) == ["<eos>", "<unk>", "C", "a", "b"]


def test_an_unk_that_is_written_is_read_and_a_new_word_is_not() -> None:
    ids = TOKENIZER.encode("Robert <unk> zebra")
    assert ids.tolist()[1:] == [0, 0]
    assert TOKENIZER.untold("Robert <unk>", TOKENIZER.encode("Robert <unk>")).total() == 0
    assert TOKENIZER.untold("Robert zebra", TOKENIZER.encode("Robert zebra"))["z"] == 1


@given(st.text("ab <>unkeos\n", max_size=30))
def test_any_text_in_words_and_single_blanks_comes_back(text: str) -> None:
    tidy = "\n".join(" ".join(line.split()) for line in text.split("\n"))
    try:
        tokenizer = PublishedTokenizer.train([tidy])
    except BadText:
        return
    assert tokenizer.decode(tokenizer.encode(tidy)) == tidy.replace("<eos>", "<unk>")
    assert load_tokenizer(tokenizer.to_dict()).words == tokenizer.words


def test_a_corpus_is_scored_on_every_word() -> None:
    tokenizer = learned_from("published", None, SPEECHES.splits)
    data = encode_corpus(SPEECHES, tokenizer)
    assert data["train"].unknown == data["train"].skipped_characters == 0


def test_a_text_without_words_is_refused() -> None:
    with pytest.raises(BadText, match="no word"):
        PublishedTokenizer.train([" \n <unk>"])
