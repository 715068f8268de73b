"""WordPiece: the longest token first, what goes on apart from what begins."""

import pytest

from lm_core.tokenizers.wordpiece import CONTINUES, NEEDED, WordPieceSettings, WordPieceTokenizer

TEXT = "the unhappy are unkind and the happy are kind\n" * 20
TOKENIZER = WordPieceTokenizer.train([TEXT], WordPieceSettings(vocab_size=560))


def greedy(word: str) -> list[str]:
    """The rule of Wu et al. (2016), as it is told."""
    known, pieces, at = set(TOKENIZER.tokens), [], 0
    while at < len(word):
        mark = CONTINUES if at else ""
        end = max(e for e in range(at + 1, len(word) + 1) if mark + word[at:e] in known)
        pieces.append(mark + word[at:end])
        at = end
    return pieces


@pytest.mark.parametrize("word", ["unhappy", "happyhappy", "unkindun", "zebra", "thethe", "kindly"])
def test_a_word_is_read_by_the_longest_token_that_is_known(word: str) -> None:
    assert [TOKENIZER.tokens[id] for id in TOKENIZER.encode(word)] == greedy(word)


def test_what_goes_on_is_marked_and_is_another_token_than_what_begins() -> None:
    first, second = TOKENIZER.encode("aa").tolist()
    assert first != second
    assert (TOKENIZER.token_text(first), TOKENIZER.token_text(second)) == ("a", "##a")
    assert TOKENIZER.decode([first, second, first]) == "aaa"
    assert TOKENIZER.token_bytes(second) == b"a"
    assert TOKENIZER.decode(TOKENIZER.encode("##a a##")) == "##a a##"


def test_the_same_text_gives_the_same_tokens() -> None:
    again = WordPieceTokenizer.train([TEXT], WordPieceSettings(vocab_size=560))
    assert again.tokens == TOKENIZER.tokens
    assert TOKENIZER.tokens[: len(NEEDED)] == NEEDED


@pytest.mark.parametrize("texts", [[], [""], ["a"], ["\n"], ["a\ud800"]])
def test_of_almost_nothing_the_bytes_are_left(texts: list[str]) -> None:
    assert WordPieceTokenizer.train(texts).vocab_size == len(NEEDED) == 513


def test_a_word_longer_than_is_read_at_once_comes_back() -> None:
    text = "happyun" * 100
    assert TOKENIZER.decode(TOKENIZER.encode(text)) == text
