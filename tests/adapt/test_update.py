"""What fine-tuning did to the matrices, against numpy; and what was won and lost."""

import copy

import numpy as np
import pytest

from lm_core.adapt import lora
from lm_core.adapt.adapting import adapt
from lm_core.adapt.gain import change
from lm_core.adapt.settings import AdapterSettings
from lm_core.adapt.update import updates
from lm_core.errors import BadSettings
from lm_core.evaluation.score import evaluate
from tests.tiny import lively_model, some_ids, stir, stream, tiny_model


def test_singular_values_are_those_of_the_difference() -> None:
    before = lively_model("transformer")
    after = stir(copy.deepcopy(before), seed=3)
    found = updates(before, after)
    assert [one.name for one in found] == [n for n, p in before.named_parameters() if p.dim() == 2]
    for one in found:
        was, now = (dict(m.named_parameters())[one.name].detach().double() for m in (before, after))
        theirs = np.linalg.svd((now - was).numpy(), compute_uv=False)
        np.testing.assert_allclose(one.values.numpy(), theirs, rtol=1e-9, atol=1e-12)
        assert one.norm == pytest.approx(float((now - was).norm()))
        assert one.norm_before == pytest.approx(float(was.norm()))
        assert one.left_out(0) == pytest.approx(1.0)
        assert one.left_out(len(theirs)) == 0.0
        assert one.left_out(2) == pytest.approx((theirs[2:] ** 2).sum() ** 0.5 / one.norm)
        assert 1 <= one.effective_rank <= len(theirs)


def test_a_lora_of_rank_r_has_r_of_them() -> None:
    before = lively_model("transformer")
    after = adapt(copy.deepcopy(before), AdapterSettings(method="lora", rank=2))
    nothing = updates(before, after)
    assert all(one.norm == one.effective_rank == one.left_out(0) == 0 for one in nothing)
    for low in lora.changes(after).values():
        stir(low)
    moved = [one for one in updates(before, after) if one.norm]
    assert {one.name for one in moved} == set(lora.changes(after))
    for one in moved:
        assert one.left_out(2) < 1e-6 < one.left_out(1)
        assert one.effective_rank <= 2 + 1e-6


def test_models_of_two_shapes_have_no_difference() -> None:
    with pytest.raises(BadSettings, match="not of one shape"):
        updates(tiny_model("transformer"), tiny_model("transformer", n_embd=16))


def test_gain_is_what_both_say_of_the_validation_split() -> None:
    before, after, data = (
        lively_model("lstm"),
        lively_model("lstm", seed=4),
        stream(some_ids(200, 27)),
    )
    found = change(before, after, {"train": data, "validation": data})
    was, now = (evaluate(model, data).nats_per_token for model in (before, after))
    assert (found.before, found.after) == (was, now)
    assert found.less == pytest.approx(was - now)
    assert found.tokens == evaluate(before, data).tokens
    assert change(before, after, {"train": data}) is None
