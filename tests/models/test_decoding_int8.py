"""Writing with int8 weights: the same logits as the decoded weights give, but for rounding."""

import pytest
import torch

from lm_core.generation.session import Session
from lm_core.models import decoding_int8
from lm_core.models.decoding import OneRow
from lm_core.quantize.whole import quantize
from tests.tiny import lively_model, some_ids


@pytest.fixture(autouse=True)
def every_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding_int8, "WIDE", 8)


def session(model, rows: int = 1) -> Session:
    found = Session(model, some_ids(rows, 5, 27), room=8)
    for token in (1, 2, 3):
        found.push(torch.full((rows,), token))
    return found


@pytest.mark.parametrize("scheme", ["int8", "int8-absmax"])
@pytest.mark.parametrize("tied", [False, True])
def test_the_logits_are_those_of_the_decoded_weights(scheme: str, tied: bool) -> None:
    model = lively_model("transformer", tied=tied)
    small = quantize(model, scheme).model(model)
    found = session(small)
    assert type(found._step) is decoding_int8.Int8Row
    expected = small(found.ids)[0][:, -1]
    assert (found.logits - expected).abs().max() < 0.02 * expected.std() + 0.02


def test_others_write_with_the_decoded_weights() -> None:
    model = lively_model("transformer")
    for scheme, only in (("nf4", "all"), ("int8-tensor", "all"), ("int8", "mlp")):
        small = quantize(model, scheme, only).model(model)
        assert type(session(small)._step) is OneRow
    small = quantize(model, "int8").model(model)
    assert type(session(small, rows=2)._step) is not decoding_int8.Int8Row
    assert type(session(model)._step) is OneRow


def test_codes_of_weights_that_were_changed_are_not_used() -> None:
    model = lively_model("transformer")
    small = quantize(model, "int8").model(model)
    with torch.no_grad():
        small.blocks[0].mlp.up.weight.mul_(2)
    assert type(session(small)._step) is OneRow


def test_a_narrow_model_writes_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding_int8, "WIDE", 256)
    model = lively_model("transformer")
    small = quantize(model, "int8").model(model)
    found = session(small)
    torch.testing.assert_close(found.logits, small(found.ids)[0][:, -1], atol=1e-4, rtol=1e-4)
