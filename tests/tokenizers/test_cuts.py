"""One text under one tokenizer, and what several cut apart."""

from hypothesis import given
from hypothesis import strategies as st

from lm_core.tokenizers.bpe import BPESettings, BPETokenizer
from lm_core.tokenizers.char import CharTokenizer
from lm_core.tokenizers.cuts import apart, cut
from lm_core.tokenizers.word import WordSettings, WordTokenizer

TEXT = "to be or not to be\n" * 5
CHAR, WORD = CharTokenizer.train([TEXT]), WordTokenizer.train([TEXT], WordSettings(min_frequency=1))
BPE = BPETokenizer.train([TEXT], BPESettings(vocab_size=270))


def test_what_is_unknown_is_said() -> None:
    words = cut(WORD, "To be, Zoe")
    assert words.tokens == ["to", "be", "<unk>", "<unk>"]
    assert words.unread == [False, False, True, True]
    assert (words.unknown, words.round_trip, words.back) == (2, False, "to be <unk> <unk>")
    assert words.spans == [(0, 2), (3, 5), (5, 6), (7, 10)]
    letters = cut(CHAR, "to zé")
    assert (letters.tokens, letters.unknown, letters.round_trip) == (["t", "o", "·"], 2, False)
    assert cut(BPE, "to zé").round_trip


def test_words_cut_in_other_places_are_shown_once_each() -> None:
    text = "bean été bean to"
    rows = apart(text, {"pairs": cut(BPE, text).spans, "words": cut(WORD, text).spans})
    assert rows == [
        ("bean", {"pairs": ["be", "a", "n"], "words": ["bean"]}),
        ("été", {"pairs": ["⟨xC3⟩", "⟨xA9⟩", "t", "⟨xC3⟩", "⟨xA9⟩"], "words": ["été"]}),
    ]
    assert apart(text, {"pairs": cut(BPE, text).spans}) == []


@given(st.text())
def test_any_text_can_be_compared(text: str) -> None:
    cuts = {"a": cut(BPE, text), "b": cut(WORD, text), "c": cut(CHAR, text)}
    for word, pieces in apart(text, {name: one.spans for name, one in cuts.items()}):
        assert word in text
        assert len({tuple(of) for of in pieces.values()}) > 1
