"""Merges in slow motion end where the engine does; their counts are those of a plain training."""

from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lm_core.tokenizers.bpe import BPESettings, BPETokenizer
from lm_core.tokenizers.gpt2 import gpt2
from lm_core.tokenizers.merging import joined, merge_counts, ranks, replay, smaller

TEXT = "the state of the union is strong and the people of the union are stronger, ananas\n" * 3
TOKENIZER = BPETokenizer.train([TEXT], BPESettings(vocab_size=330))


@given(st.text() | st.text("theunio ansrg"))
def test_the_last_step_is_what_the_engine_makes(text: str) -> None:
    for tokenizer in (TOKENIZER, gpt2()):
        order = ranks(tokenizer) if tokenizer is TOKENIZER else GPT2
        parts = [p for piece in tokenizer.pieces(text) for p in replay(piece, order)[-1].parts]
        assert parts == [tokenizer.tokens[id] for id in tokenizer.encode(text)]


GPT2 = ranks(gpt2())


def test_each_step_is_one_merge_and_the_earliest_goes_first() -> None:
    steps = replay("Ġstronger", ranks(TOKENIZER))
    assert steps[0].parts == list("Ġstronger")
    assert steps[0].merged is None
    for before, after in pairwise(steps):
        assert after.parts == joined(before.parts, after.merged)
        assert TOKENIZER.merges[after.rank - 1] == after.merged
    assert [step.rank for step in steps] == sorted(step.rank for step in steps)


def test_counts_are_how_often_the_pair_stood_there_in_training() -> None:
    words = Counter(TOKENIZER.pieces(TEXT))
    parts, expected = {word: list(word) for word in words}, []
    for pair in TOKENIZER.merges:
        all_pairs: Counter = Counter()
        for word, times in words.items():
            for two in pairwise(parts[word]):
                all_pairs[two] += times
        assert all_pairs[pair] == max(all_pairs.values()), "the most frequent of all"
        lengths = {word: len(parts[word]) for word in words}
        parts = {word: joined(of, pair) for word, of in parts.items()}
        expected.append(sum(n * (lengths[word] - len(parts[word])) for word, n in words.items()))
    assert merge_counts(TOKENIZER, [TEXT]) == expected


def test_a_smaller_one_is_what_learning_less_gives() -> None:
    for size in (257, 280, 300):
        less = BPETokenizer.train([TEXT], BPESettings(vocab_size=size))
        assert smaller(TOKENIZER, size).to_dict() == less.to_dict()
    assert smaller(TOKENIZER, 5000).to_dict() == TOKENIZER.to_dict()
