"""What each part adds to a logit: the parts sum to it, over all that ship, whatever they read."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from lm_core.checkpoints import load_checkpoint, read_meta
from lm_core.errors import BadText, ContextTooLong, Unsupported
from lm_core.inspection import take_values, views_of_text
from lm_core.inspection.ablation import without
from lm_core.inspection.contributions import Contributions, can_contribute, contributions
from lm_core.inspection.parts import parts_of
from lm_core.models.contract import Model
from tests.inspection.test_values import SHIPPED
from tests.tiny import alphabet, lively_model, some_ids

V = 27
# An adaptive head is no matrix: see the last test.
IN_PARTS = [f for f in SHIPPED if read_meta(f)["model"].get("head") != "adaptive"]


@cache
def shipped(folder: Path) -> Model:
    return load_checkpoint(folder).model


def sums(found: Contributions) -> Tensor:
    """(V,), every logit from its parts."""
    return torch.stack([found.to(token).sum() for token in range(len(found.weight))])


def agree(found: Contributions) -> None:
    torch.testing.assert_close(sums(found), found.logits.double(), atol=1e-4, rtol=1e-5)


@pytest.mark.parametrize("folder", IN_PARTS, ids=lambda folder: folder.name)
@settings(max_examples=15)
@given(data=st.data())
def test_every_transformer_that_ships_whatever_it_reads(folder: Path, data: st.DataObject) -> None:
    model = shipped(folder)
    most = min(model.context_size, 12)
    ids = data.draw(st.lists(st.integers(0, model.vocab_size - 1), min_size=1, max_size=most))
    at = data.draw(st.integers(0, len(ids) - 1))
    source, size = None, getattr(model, "source_size", None)
    if size is not None:
        sources = st.lists(st.integers(0, size - 1), min_size=1, max_size=8)
        source = torch.tensor(data.draw(sources))
    found = contributions(model, torch.tensor(ids), at, source=source)
    some = {0, model.vocab_size - 1, int(found.logits.argmax())}
    for token in some:
        assert float(found.to(token).sum()) == pytest.approx(float(found.logits[token]), abs=1e-4)


@pytest.mark.parametrize(
    ("family", "changes"),
    [
        ("transformer", {"bias": True, "norm": "layer", "position": "learned"}),
        ("transformer", {"bias": True, "norm": "layer", "norm_place": "after"}),
        ("transformer", {"norm": "rms-scale", "norm_eps": 1e-3, "mlp_width": 24}),
        ("transformer", {"norm_place": "after", "n_kv_head": 1, "activation": "swiglu"}),
        ("transformer", {"attention": "average", "position": "alibi", "tied": True}),
        ("encoder", {}),
        ("encoder-decoder", {}),
    ],
)
def test_settings_that_no_shipped_one_has(family: str, changes: dict[str, Any]) -> None:
    model = lively_model(family, V, **changes)
    for at in (0, 4, -1):
        found = contributions(model, some_ids(11, V), at)
        agree(found)
        named = {part.called for part in found.parts}
        assert "embedding" in named
        assert ("biases" in named) == model.settings.bias
        own = {p.called for p in parts_of(model) if p.stack != "encoder"}
        assert {name for name in own if "attention" not in name} <= named


def test_the_part_of_a_head_is_what_it_adds_under_the_last_norm() -> None:
    model = lively_model("transformer", V)
    ids = some_ids(7, V)
    (view,) = views_of_text(model, ids, alphabet(V))
    found = contributions(model, ids)
    with torch.no_grad():
        heard: list[Tensor] = []
        hook = model.blocks[-1].register_forward_hook(lambda _, x, y: heard.append(y[0]))
        model(ids.view(1, -1))
        hook.remove()
        scale = heard[0][0, -1].square().mean().rsqrt()
    place = next(i for i, p in enumerate(found.parts) if (p.layer, p.head) == (1, 0))
    added = take_values(model, view, 1, 0, 6).added * scale
    torch.testing.assert_close(found.vectors[place].float(), added, atol=1e-5, rtol=1e-4)


def test_of_the_last_mlp_it_is_what_is_lost_without_it_at_the_same_scale() -> None:
    """Nothing comes after it, so switching it off takes away its share, and the norm the rest."""
    model = lively_model("transformer", V)
    ids, part = some_ids(7, V), parts_of(model)[-1]
    found, less = contributions(model, ids), contributions(without(model, [part]), ids)
    assert found.parts[-1] == part
    kept = found.vectors[:-1].sum(0)
    other = less.vectors.sum(0)
    torch.testing.assert_close(kept / kept.norm(), other / other.norm(), atol=1e-5, rtol=1e-4)
    assert float(less.vectors[-1].abs().max()) == 0


def test_what_does_not_fall_into_parts_is_said() -> None:
    for model in (
        lively_model("lstm", V),
        lively_model("transformer", V, head="adaptive"),
        lively_model("ngram", V),
    ):
        assert not can_contribute(model)
        with pytest.raises(Unsupported):
            contributions(model, some_ids(3, V))
    model = lively_model("transformer", V)
    with pytest.raises(BadText):
        contributions(model, some_ids(0, V))
    with pytest.raises(ContextTooLong):
        contributions(model, some_ids(40, V))
