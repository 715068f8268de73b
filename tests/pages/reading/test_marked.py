"""Whatever is pasted, under any cut: what is on the screen is the text, each token in its place."""

from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lm_core.charts.token_measures import PROBABILITY
from lm_core.checkpoints import Checkpoint
from lm_core.errors import BadText
from lm_core.tokenizers.bpe import BPESettings, BPETokenizer
from lm_core.tokenizers.char import CharTokenizer
from lm_core.tokenizers.tokenizer import Tokenizer
from lm_core.tokenizers.word import WordTokenizer
from lm_core.visible import visible
from pages._ui.reading import eyes, marked, two
from pages._ui.shared.models import Choice
from tests.tiny import TEXT, lively_model

TOKENIZERS: dict[str, Tokenizer] = {
    "char": CharTokenizer.train([TEXT]),
    "word": WordTokenizer.train([TEXT]),
    "bpe": BPETokenizer.train([TEXT], BPESettings(vocab_size=300)),
}
PASTED = st.text(st.characters(codec="utf-8"), max_size=30) | st.lists(
    st.sampled_from(["the rain ", "é", "e\u0301", "👩\u200d👧", "\u202e", "\u200b", "שלום", "\r\n",
                     "\n\n", "\t", "<b>", "$5", "\x00", "İ", "<eos>", "\ufeff", "🏳️‍🌈", "ﬁ", "🇫🇷"]),
    max_size=6,
).map("".join)  # fmt: skip


def choice(kind: str, family: str = "lstm", *, items: bool = False) -> Choice:
    tokenizer = TOKENIZERS[kind]
    made = Checkpoint(lively_model(family, tokenizer.vocab_size), tokenizer, {}, Path())
    return Choice(kind, Path(f"nowhere/{kind}/{family}/{items}"), family, "", items, {}, made=made)


CHOICES = {(kind, items): choice(kind, items=items) for kind in TOKENIZERS for items in (0, 1)}


def seen(kind: str, text: str, *, items: bool = False) -> eyes.Seen | None:
    try:
        return eyes.seen(CHOICES[kind, items], text)
    except BadText:
        return None


@pytest.mark.parametrize("kind", TOKENIZERS)
@pytest.mark.parametrize("items", [False, True])
@settings(deadline=None, max_examples=12)
@given(text=PASTED)
def test_the_text_on_the_screen_is_the_text(kind: str, items: bool, text: str) -> None:
    found = seen(kind, text, items=items)
    if found is None:
        return
    values = marked.numbers(found, "Probability")
    before, tokens, after = marked.parts(found, values, PROBABILITY)
    drawn = before + "".join(t.before + t.text for t in tokens) + after
    assert not set(drawn) & set("\u202e\u200b\x00\ufeff")
    if kind != "bpe" and not items and "İ" not in text:  # no half letters, and none that is two
        inked = [char for char in found.text if visible(char) == char]
        assert [char for char in drawn if char in inked] == inked or "⟨" in drawn
    assert len(tokens) == len(found.tokens) == found.reading.score.tokens
    assert marked.says(found, marked.hardest(found))
    assert eyes.unread(CHOICES[kind, items], found).count("⟨0⟩") <= 1 + text.count("\x00")


@settings(deadline=None, max_examples=12)
@given(text=PASTED)
def test_two_that_cut_otherwise_pay_for_all_that_both_were_asked(text: str) -> None:
    for one in TOKENIZERS:
        for other in TOKENIZERS:
            pair = seen(one, text), seen(other, text)
            if None in pair or (both := two.beside(*pair)) is None:
                continue
            first = pair[0]
            assert sum(both.first) <= first.reading.score.nats + 1e-3
            if one == other:
                assert sum(both.first) == pytest.approx(first.reading.score.nats, rel=1e-4)
                assert both.first == both.second
            taken = [k for ours, _ in both.tokens for k in ours]
            assert taken == sorted(set(taken))
            for at in taken:
                beside = two.elsewhere(both, at, which=0)
                assert two.elsewhere(both, beside, which=1) is not None
            assert len(two.by_token(both, len(first.tokens))) == len(first.tokens)


def test_a_model_that_sees_both_sides_reads_too() -> None:
    found = eyes.seen(choice("char", "encoder"), "the rain would come")
    assert not found.causal
    assert torch.isfinite(found.reading.nats).all()


def test_what_is_unknown_is_named() -> None:
    found = seen("word", "The giraffe walked; the giraffe sat on the old zebra.")
    assert found.unknown[:2] == ["giraffe", "walked"]
    said = eyes.unread(CHOICES["word", 0], found)
    assert said.count("“giraffe”") == 1
    assert "no bits per character or byte" in said
