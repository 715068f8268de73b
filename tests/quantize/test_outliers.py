"""A channel that is larger, in a model that is the same."""

from pathlib import Path

import pytest
import torch

from lm_core.checkpoints import load_checkpoint
from lm_core.encoded import encode_documents
from lm_core.errors import BadSettings
from lm_core.quantize.outliers import attentions, with_outliers
from lm_core.quantize.ruin import losses, ranges
from tests.tiny import NAMES, lively_model, some_ids, stream, tiny_model

SHIPPED = Path(__file__).parents[2] / "checkpoints" / "names-transformer"
KINDS = [{}, {"n_kv_head": 1}, {"bias": True, "norm": "layer"}, {"attention": "average"}]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("channel", [None, 0, 31])
def test_every_logit_is_the_same_to_the_bit(kind: dict, channel: int | None) -> None:
    model, ids = lively_model("transformer", **kind), some_ids(2, 9, 27)
    before = model(ids)[0]
    far = with_outliers(model, 1024, channel)
    assert torch.equal(far(ids)[0], before)
    assert torch.equal(model(ids)[0], before)
    assert not torch.equal(attentions(far)[0].out.weight, attentions(model)[0].out.weight)


def test_a_channel_goes_as_much_farther_as_asked() -> None:
    model, text = lively_model("transformer"), stream(some_ids(40, 27))
    (usual, step), (far, wide) = (ranges(model, text, factor) for factor in (1, 256))
    changed = [k for k, (a, b) in enumerate(zip(usual, far, strict=True)) if a != b]
    assert len(changed) == 1
    assert far[changed[0]] == 256 * usual[changed[0]]
    assert wide > step


def test_activations_by_smallest_and_largest_are_ruined_and_weights_are_not() -> None:
    saved = load_checkpoint(SHIPPED)
    names = encode_documents(NAMES, saved.tokenizer, items=True)
    rows = {row.name: row for row in losses(saved.model, names, 4096, 99.5)}
    assert rows["float32"].equal
    assert rows["float32"].nats == 0
    assert abs(rows["weights"].nats) < 0.01
    assert rows["minmax"].nats > 0.3
    assert rows["clipped"].nats < 0.5 * rows["minmax"].nats
    assert set(rows) == {"float32", "one", "weights", "minmax", "clipped", "token"}


def test_what_cannot_be_done_is_said() -> None:
    with pytest.raises(BadSettings, match="power of two"):
        with_outliers(tiny_model("transformer"), 3)
    with pytest.raises(BadSettings, match="no attention layers"):
        with_outliers(tiny_model("lstm"), 2)
