"""A session gives what the model gives for the whole window, however it came there."""

import pytest
import torch

from lm_core.generation.session import Session, next_logits
from tests.marks import most_slow
from tests.tiny import lively_model, some_ids

V, CONTEXT = 27, 16
FAMILIES = ["transformer", "lstm", "mlp", "wavenet", "ngram", "mixture", "encoder-decoder"]


@pytest.mark.parametrize("cached", [True, False])
@pytest.mark.parametrize(
    "family", most_slow(FAMILIES, quick={*FAMILIES} - {"gru", "rnn", "ensemble", "neural-bigram"})
)
def test_what_is_pushed_is_read(family: str, cached: bool) -> None:
    """Past the end of the context too, and past the room that was asked for."""
    model, ids = lively_model(family), some_ids(2, 45, V)
    session = Session(model, ids[:, :3], room=2, cached=cached)
    for n in range(3, 45):
        assert torch.equal(session.ids, ids[:, :n])
        expected = next_logits(model, ids[:, :n])
        torch.testing.assert_close(session.logits, expected, atol=1e-4, rtol=1e-4)
        torch.testing.assert_close(session.push(ids[:, n]), session.logits)
    assert session.length == 45


def test_a_model_that_learns_goes_on_learning_and_hides_nothing_meanwhile() -> None:
    model = lively_model("transformer", dropout=0.5).train()
    ids = some_ids(1, 5, V)
    first, again = (Session(model, ids).push(ids[:, 0]) for _ in range(2))
    assert torch.equal(first, again)
    assert model.training
