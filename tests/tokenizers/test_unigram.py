"""Unigram: of all ways to cut a word the likeliest; learned alike from the same text."""

import math
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.tokenizers.unigram import UnigramSettings, UnigramTokenizer

TEXT = "the unhappy are unkind and the happy are kind\n" * 20 + "".join(
    f"{begin}{middle}{end} "
    for begin in ("un", "re", "")
    for middle in ("happ", "kind", "tell")
    for end in ("iest", "er", "ly", "ing")
)
TOKENIZER = UnigramTokenizer.train([TEXT], UnigramSettings(vocab_size=275))
SCORES = dict(zip(TOKENIZER.tokens, TOKENIZER.scores, strict=True))


def score(pieces: list[str]) -> float:
    return math.fsum(SCORES.get(piece, -math.inf) for piece in pieces)


def best(word: str) -> float:
    """Over every way to cut the word, each looked at."""
    inner = range(1, len(word))
    ways = [cuts for n in range(len(word)) for cuts in combinations(inner, n)]
    return max(score([word[a:b] for a, b in pairwise([0, *cuts, len(word)])]) for cuts in ways)


@given(st.text("unhapykidtrel", min_size=1, max_size=10))
def test_a_word_is_cut_in_the_likeliest_way(word: str) -> None:
    pieces = [TOKENIZER.tokens[id] for id in TOKENIZER.encode(word)]
    assert "".join(pieces) == word
    assert score(pieces) == pytest.approx(best(word), abs=1e-6)


def test_the_same_text_gives_the_same_tokens_and_scores() -> None:
    again = UnigramTokenizer.train([TEXT], UnigramSettings(vocab_size=275))
    assert again.to_dict() == TOKENIZER.to_dict()
    assert TOKENIZER.scores[1:] == sorted(TOKENIZER.scores[1:], reverse=True)


def test_it_is_as_large_as_asked_where_there_is_enough_to_learn() -> None:
    assert TOKENIZER.vocab_size == 275
    assert len(TOKENIZER.encode("the happy")) < len("the happy") - 3


@pytest.mark.parametrize("texts", [[], [""], ["a"], ["\n"], ["a\ud800"]])
def test_of_almost_nothing_the_bytes_are_left(texts: list[str]) -> None:
    tokenizer = UnigramTokenizer.train(texts)
    assert tokenizer.vocab_size == 257
    assert tokenizer.decode(tokenizer.encode("é\n")) == "é\n"


def test_a_long_text_without_a_blank_is_learned_from_in_pieces() -> None:
    UnigramTokenizer.train(["happyun" * 20_000], UnigramSettings(vocab_size=275))
