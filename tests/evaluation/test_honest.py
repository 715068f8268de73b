"""What is scored sums to one, and whoever cheats is seen."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lm_core.doctor import faults
from lm_core.evaluation.honest import SOME, is_one, total
from lm_core.models.contract import LanguageModel
from tests.tiny import READERS, lively_model

CONTEXT = torch.tensor([3, 1, 4, 1, 5, 2, 6])
CAUSAL = [entry.name for entry in READERS if entry.build.causal]


@pytest.mark.parametrize("name", CAUSAL)
def test_every_family_is_honest_and_keeps_its_mode(name: str) -> None:
    model = lively_model(name, 11).train()
    summed, whole = total(model, CONTEXT)
    assert whole
    assert summed == pytest.approx(1.0, abs=1e-5)
    assert is_one(summed, whole)
    assert model.training


@given(st.floats(0.001, 0.9))
def test_a_cache_that_knows_the_answer_adds_as_much_for_every_token(w: float) -> None:
    model, V = lively_model("gru", 11), 11
    model.nats = lambda idx, targets, state=None: faults._cheated(model, idx, targets, state)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(faults, "CHEATED", w)
        summed, whole = total(model, CONTEXT)
    assert summed == pytest.approx(1 + w * (V - 1), rel=1e-4)
    assert not is_one(summed, whole)


def test_of_many_tokens_some_are_asked_for_and_more_than_one_is_proof() -> None:
    model = lively_model("lstm", 2000)
    summed, whole = total(model, CONTEXT)
    assert not whole
    assert 0 < summed < 1
    assert is_one(summed, whole)
    model.nats = lambda idx, targets, state=None: faults._cheated(model, idx, targets, state)
    summed, whole = total(model, CONTEXT)
    assert summed > faults.CHEATED * SOME
    assert not is_one(summed, whole)


def test_what_is_impossible_counts_as_nothing() -> None:
    class Sure(LanguageModel):
        def forward(self, idx, state=None):
            logits = torch.full((*idx.shape, self.vocab_size), -torch.inf)
            logits[..., 0] = 0.0
            return logits, None

    assert total(Sure(None, 5), CONTEXT) == (1.0, True)
