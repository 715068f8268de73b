"""The atlas beside the untraced model, the trace, and the source itself."""

import math
from pathlib import Path

import pytest
import torch

from lm_core.inspection.atlas import bad_weights, facts, follow, is_bad, joined
from lm_core.inspection.damage import blown_up, breaking
from lm_core.models.tracing import trace
from tests.tiny import READERS, lively_model, some_ids

ROOT = Path(__file__).parents[2]
CLOSE = {"atol": 1e-5, "rtol": 1e-5}


@pytest.mark.parametrize("family", [entry.name for entry in READERS])
def test_recorded_logits_are_those_of_the_model(family: str) -> None:
    model, idx = lively_model(family).train(), some_ids(2, 7, 27)
    found = follow(model, idx)
    assert model.training
    with torch.no_grad():
        torch.testing.assert_close(found.logits, model.eval()(idx)[0], **CLOSE)
    names = [made.name for made in found.entries]
    assert len(set(names)) == len(names)
    assert found.weights == []
    for made in found.entries:
        where = made.written
        lines = (ROOT / where.file).read_text().splitlines()
        assert lines[where.line - 1].strip() == where.statement.splitlines()[0].strip()


def test_names_lines_and_parameters_are_those_of_the_source() -> None:
    found = follow(lively_model("transformer", n_layer=1), some_ids(2, 5, 27))
    weights = found.at("blocks.0.attention.weights")
    assert weights.written.statement == "weights = scores.softmax(dim=-1)"
    assert weights.written.file == "lm_core/models/attention.py"
    assert weights.written.function == "attend"
    assert weights.module == "blocks.0.attention"
    masked = found.at("blocks.0.attention.scores (2)")
    assert masked.meant
    assert masked.op == "masked_fill"
    torch.testing.assert_close(masked.tensor.softmax(-1), weights.tensor, **CLOSE)
    up = found.at("blocks.0.mlp.up")
    assert up.parameters == ("blocks.0.mlp.up.weight",)
    assert up.op == "linear"
    torch.testing.assert_close(
        found.at("blocks.0.mlp.relu2").tensor, up.tensor.relu().square(), **CLOSE
    )
    assert not found.at("blocks.0.mlp.F.relu(x)").step
    assert found.first_bad is None


@pytest.mark.parametrize(
    ("family", "pairs"),
    [
        ("lstm", {"i (2)": "input", "f (2)": "forget", "c": "cell", "h": "hidden"}),
        ("gru", {"r": "reset", "z": "update", "n": "candidate", "h": "hidden"}),
        ("rnn", {"hidden": "hidden"}),
    ],
)
def test_what_a_loop_makes_is_one_tensor_as_in_a_trace(family: str, pairs: dict[str, str]) -> None:
    model, idx = lively_model(family, n_layer=2), some_ids(2, 6, 27)
    found = follow(model, idx)
    with trace(model) as recorded, torch.no_grad():
        model(idx)
    for layer in range(2):
        for ours, theirs in pairs.items():
            made = found.at(f"{layer}.{ours}")
            name = f"{layer}.{theirs}"
            assert made.times == 6
            torch.testing.assert_close(made.tensor, recorded[name], **CLOSE)


@pytest.mark.parametrize("family", ["rnn-translator", "encoder-decoder"])
def test_a_translator_is_followed_from_source_to_logits(family: str) -> None:
    model = lively_model(family, 8)
    source, target = some_ids(2, 5, 8), some_ids(2, 4, 8)
    found = follow(model, source, target)
    with torch.no_grad():
        torch.testing.assert_close(found.logits, model.answer(source, target), **CLOSE)


@pytest.mark.parametrize(
    ("family", "parameter", "factor", "first"),
    [
        ("mlp", "layer.weight", 1e38, "layer"),
        ("mlp", "embedding.weight", math.nan, "embedding"),
        ("transformer", "blocks.1.mlp.up.weight", 1e30, "blocks.1.mlp.relu2"),
        ("lstm", "lstm.weight_hh_l0", math.nan, "0.h @ w_h.T"),
    ],
)
def test_the_first_that_is_no_number_is_found(
    family: str, parameter: str, factor: float, first: str
) -> None:
    model, idx = lively_model(family), some_ids(2, 6, 27)
    broken = blown_up(model, parameter, factor)
    found = follow(broken, idx)
    assert found.first_bad.name == first
    place = found.entries.index(found.first_bad)
    for made in found.entries[:place]:
        if made.tensor.is_floating_point() and not made.meant:
            assert made.tensor.isfinite().all(), made.name
    assert not found.first_bad.tensor.isfinite().all()
    assert bool(found.weights) == math.isnan(factor)
    assert bad_weights(model) == []
    assert follow(model, idx).first_bad is None  # the one that was given is as it was


def test_something_that_breaks_a_model_is_found_with_all_weights_numbers() -> None:
    model, idx = lively_model("transformer", n_layer=1), some_ids(1, 5, 27)
    name, factor = breaking(model, lambda twin: follow(twin, idx))
    broken = follow(blown_up(model, name, factor), idx)
    assert broken.first_bad is not None
    assert broken.weights == []


def test_what_a_mask_hides_is_meant_and_what_comes_after_it_is_not() -> None:
    found = follow(lively_model("encoder-decoder"), some_ids(1, 6, 27))
    hidden = [made for made in found.entries if made.meant]
    assert hidden
    assert not any(map(is_bad, found.entries))
    nan = follow(blown_up(lively_model("transformer"), None, math.nan), some_ids(1, 6, 27))
    assert all(is_bad(m) for m in nan.entries if "weights" in m.name and "attention" in m.name)


def test_figures_of_what_is_no_number() -> None:
    x = torch.tensor([1.0, 3.0, math.nan, math.inf, -math.inf, 3e38])
    found = facts(x[:5])
    assert (found.mean, found.std, found.low, found.high) == (2.0, 1.0, 1.0, 3.0)
    assert (found.nan, found.above, found.below, found.bad, found.count) == (1, 1, 1, 3, 5)
    assert math.isfinite(facts(x).std)
    assert facts(x[2:3]).mean is None
    assert facts(torch.zeros(0)).count == 0


def test_rounds_of_a_loop_stand_beside_each_other() -> None:
    parts = [torch.full((2, 3), float(i)) for i in range(4)]
    assert joined(parts).shape == (2, 4, 3)
    assert joined(parts[:1]) is parts[0]
    assert joined([torch.zeros(2), torch.zeros(3)]).shape == (3,)
    assert joined([torch.tensor(1.0), torch.tensor(2.0)]).tolist() == [1.0, 2.0]
