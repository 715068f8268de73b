"""Fill the gap: bars are the model's own guesses, and only a model of both sides is asked."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lm_core.checkpoints import Checkpoint
from lm_core.errors import BadText
from lm_core.generation.filling import guesses
from lm_core.tokenizers.bpe import BPESettings, BPETokenizer
from lm_core.tokenizers.char import CharTokenizer
from lm_core.tokenizers.tokenizer import Tokenizer
from lm_core.tokenizers.word import WordTokenizer
from pages._ui.reading import gaps
from pages._ui.shared.models import Choice
from tests.tiny import NAMES, TEXT, lively_model


def choice(tokenizer: Tokenizer, *, items: bool = False) -> Choice:
    made = Checkpoint(lively_model("encoder", tokenizer.vocab_size), tokenizer, {}, Path())
    kind = f"nowhere/gaps/{tokenizer.name}/{items}"
    return Choice(kind, Path(kind), "encoder", "", items, {}, made=made)


def test_bars_are_the_guesses_of_the_model_while_all_gaps_are_hidden() -> None:
    tokenizer = CharTokenizer.train([TEXT])
    one = choice(tokenizer)
    found = gaps.filled(one, "the r_in w_s")
    ids = tokenizer.encode("the rain was")
    p = guesses(one.made.model, ids.tolist(), [5, 10])
    for row, tokens, shares in zip(p, found.tokens, found.shares, strict=True):
        assert shares == pytest.approx(sorted(row.tolist(), reverse=True)[:10])
        assert tokens[0] == tokenizer.token_text(int(row.argmax()))
    assert found == gaps.filled(one, "the r_in w_s")  # the draws have a seed
    assert all(text.startswith("the r") and len(text) == 12 for text in [found.best, *found.drawn])


def test_tokens_that_bring_their_blank_are_given_no_other() -> None:
    tokenizer = BPETokenizer.train([TEXT], BPESettings(vocab_size=300))
    found = gaps.filled(choice(tokenizer), "the _ come")
    assert found.best.startswith("the")
    assert found.best.endswith(" come")
    assert found == gaps.filled(choice(tokenizer), "the_ come")


def test_unk_has_a_bar_and_fills_nothing() -> None:
    found = gaps.filled(choice(WordTokenizer(["<unk>", "<eos>", "the", "rain"])), "the _ rain")
    assert found.unknown == "<unk>"
    assert sorted(found.tokens[0])[:2] == ["<eos>", "<unk>"]  # so few tokens all have bars
    assert not any("<unk>" in text for text in [found.best, *found.drawn])


def test_an_item_keeps_its_ends_and_a_text_without_a_gap_is_told() -> None:
    one = choice(CharTokenizer.train(NAMES), items=True)
    best = gaps.filled(one, "em_a").best
    assert (best[:2], best[-1]) == ("em", "a")
    with pytest.raises(BadText, match="no gap"):
        gaps.filled(one, "emma")


def test_the_panel_says_what_it_filled() -> None:
    def script() -> None:
        from pages._ui.reading import gaps
        from pages._ui.shared import session
        from tests.pages.reading.test_gaps import TEXT, CharTokenizer, choice

        with session.mending():
            gaps.panel(choice(CharTokenizer.train([TEXT])))

    app = AppTest.from_function(script).run()
    assert not app.exception
    assert any("state of the" in m.value for m in app.markdown) or app.error
    app.text_input[0].set_value("the r_in").run()
    assert not app.exception
    assert any("**the r" in m.value for m in app.markdown)
    app.text_input[0].set_value("the rain").run()
    assert "There is no gap" in app.error[0].value
