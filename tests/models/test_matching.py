"""Families of one size: the width at which each has so many parameters."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lm_core.errors import BadSettings
from lm_core.models.building import blueprint
from lm_core.models.contract import models
from lm_core.models.lstm import LSTMSettings
from lm_core.models.matching import matched
from lm_core.models.transformer import TransformerSettings

WIDE = ("mlp", "wavenet", "rnn", "gru", "lstm", "transformer", "encoder", "encoder-decoder")


def parameters(name, chosen, vocab_size):
    model = blueprint(name, chosen.to_dict(), vocab_size)
    return sum(p.numel() for p in model.parameters())


@pytest.mark.parametrize("name", WIDE)
@given(wanted=st.integers(30_000, 3_000_000), vocab_size=st.integers(2, 500))
@settings(max_examples=8)
def test_no_other_width_comes_nearer(name, wanted, vocab_size):
    usual = models[name].settings()
    chosen = matched(name, usual, wanted, vocab_size)
    field = next(iter({f for f in ("n_hidden", "n_embd") if f in chosen.difference()}), None)
    field = field or ("n_hidden" if hasattr(usual, "n_hidden") else "n_embd")
    step = 2 * getattr(usual, "n_head", 0) or 1
    width, off = getattr(chosen, field), abs(parameters(name, chosen, vocab_size) - wanted)
    for other in (width - step, width + step):
        if other >= step:
            near = usual.from_dict({**chosen.to_dict(), field: other})
            assert off <= abs(parameters(name, near, vocab_size) - wanted)


def test_the_usual_size_is_its_own_match():
    usual = TransformerSettings()
    assert matched("transformer", usual, parameters("transformer", usual, 65), 65) == usual


def test_one_table_for_both_ends_keeps_both_widths_equal():
    tied = LSTMSettings(tied=True, n_embd=256)
    chosen = matched("lstm", tied, 100_000, 65)
    assert chosen.n_embd == chosen.n_hidden
    assert parameters("lstm", chosen, 65) == pytest.approx(100_000, rel=0.02)


@pytest.mark.parametrize("name", ["bigram", "neural-bigram", "ngram", "mixture"])
def test_what_has_no_width_is_refused(name):
    with pytest.raises(BadSettings, match="no width"):
        matched(name, models[name].settings(), 100_000, 65)
