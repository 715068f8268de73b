"""A part that is switched off adds nothing, and nobody else notices."""

import copy
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from lm_core.checkpoints import load_checkpoint
from lm_core.generation import generate
from lm_core.inspection.ablation import effects, without
from lm_core.inspection.parts import Part, parts_of
from lm_core.models.contract import Model
from tests.inspection.test_values import SHIPPED
from tests.tiny import lively_model, some_ids

V = 27


def asked(model: Model) -> Callable[[Model], Tensor]:
    """What a model makes of some ids, whichever kind it is."""
    if getattr(model, "source_size", None) is not None:
        source, target = some_ids(2, 7, model.source_size), some_ids(2, 5, model.vocab_size)
        return lambda one: one.answer(source, target)
    idx = some_ids(2, 9, model.vocab_size)
    return lambda one: one(idx)[0]


def zeroed(model: Model, parts: list[Part]) -> Model:
    """Every weight copied, and those of the parts zeroed in place."""
    twin = copy.deepcopy(model)
    with torch.no_grad():
        for part in parts:
            module = twin.get_submodule(part.path)
            if part.head is not None:
                module.out.weight[:, part.head * module.D : (part.head + 1) * module.D] = 0
                continue
            for weight in (module.down if part.kind == "mlp" else module.out).parameters():
                weight.zero_()
    return twin


def hooked(model: Model, part: Part, ask: Callable[[Model], Tensor]) -> Tensor:
    """The same by hooks on a copy: the values that a head took are zero, or nothing is added."""
    twin = copy.deepcopy(model)
    module = twin.get_submodule(part.path)

    def no_values(out: nn.Module, given: tuple[Tensor]) -> tuple[Tensor]:
        taken = given[0].clone()
        taken[..., part.head * module.D : (part.head + 1) * module.D] = 0
        return (taken,)

    def nothing(_: nn.Module, given: Any, made: Any) -> Any:
        return torch.zeros_like(made)

    if part.head is not None:
        module.out.register_forward_pre_hook(no_values)
    else:
        (module.down if part.kind == "mlp" else module.out).register_forward_hook(nothing)
    return ask(twin)


def same(one: Tensor, other: Tensor) -> None:
    torch.testing.assert_close(one, other, atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_every_part_of_every_transformer_that_ships(folder: Path) -> None:
    model = load_checkpoint(folder).model
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    ask, parts = asked(model), parts_of(model)
    assert parts
    with torch.no_grad():
        usual = ask(model)
        for part in parts:
            same(ask(without(model, [part])), ask(zeroed(model, [part])))
        several = parts[::3]
        same(ask(without(model, several)), ask(zeroed(model, several)))
        assert torch.equal(ask(model), usual)
    after = model.state_dict()
    assert all(torch.equal(tensor, after[name]) for name, tensor in before.items())


@pytest.mark.parametrize(
    ("family", "settings"),
    [
        ("transformer", {"position": "alibi", "bias": True, "tied": True}),
        ("transformer", {"n_kv_head": 1, "norm_place": "after", "activation": "swiglu"}),
        ("transformer", {"attention": "average"}),
        ("encoder", {}),
        ("encoder-decoder", {}),
    ],
)
def test_settings_that_no_shipped_one_has(family: str, settings: dict[str, Any]) -> None:
    model = lively_model(family, V, **settings)
    ask = asked(model)
    with torch.no_grad():
        for part in parts_of(model):
            found = ask(without(model, [part]))
            same(found, ask(zeroed(model, [part])))
            same(found, hooked(model, part, ask))
        if family == "transformer":  # all off: what is left is the token itself
            alone = without(model, parts_of(model))(some_ids(1, 9, V))[0]
            last = without(model, parts_of(model))(some_ids(1, 9, V)[:, -1:])[0]
            same(alone[:, -1:], last)


def test_all_but_what_is_zeroed_is_shared() -> None:
    model = lively_model("transformer", V, tied=True)
    twin = without(model, [Part("attention", "blocks.1.attention", layer=1, head=0)])
    own = {name for name, w in twin.named_parameters() if w.data_ptr() != _at(model, name)}
    assert own == {"blocks.1.attention.out.weight"}
    assert twin.head.weight is model.embedding.weight


def _at(model: Model, name: str) -> int:
    return model.get_parameter(name).data_ptr()


def test_the_fast_way_of_writing_is_switched_off_too() -> None:
    model = lively_model("transformer", V)
    parts = parts_of(model)[:2]
    twin = without(model, parts)
    assert twin.written_out

    def written(one: Model, *, cached: bool) -> list[int]:
        steps = generate(one, [3, 4], max_tokens=8, seed=5, cached=cached)
        return [int(step.ids) for step in steps]

    assert written(twin, cached=True) == written(zeroed(model, parts), cached=False)
    assert written(twin, cached=True) != written(model, cached=True)


def test_who_uses_the_same_model_meanwhile_notices_nothing() -> None:
    model = lively_model("transformer", V)
    idx = some_ids(1, 9, V)
    with torch.no_grad():
        usual = model(idx)[0]
    heard: list[Tensor] = []

    def use() -> None:
        with torch.no_grad():
            heard.extend(model(idx)[0] for _ in range(30))

    other = Thread(target=use)
    other.start()
    with torch.no_grad():
        for part in parts_of(model):
            assert not torch.equal(without(model, [part])(idx)[0], usual)
    other.join()
    assert len(heard) == 30
    assert all(torch.equal(logits, usual) for logits in heard)


def test_the_effect_of_each_part_is_the_mean_of_what_changed() -> None:
    model = lively_model("transformer", V)
    idx, targets = some_ids(3, 9, V), some_ids(3, 9, V, seed=1)

    def nats(one: Model) -> Tensor:
        with torch.no_grad():
            return one.nats(idx, targets)[0].flatten()

    parts = parts_of(model)
    found = list(effects(model, parts, nats))
    assert [one.part for one in found] == parts
    change = nats(zeroed(model, [parts[0]])) - nats(model)
    assert found[0].change == pytest.approx(float(change.mean()), abs=1e-6)
    assert found[0].error == pytest.approx(float(change.std()) / 27**0.5, abs=1e-6)


def test_names_of_parts() -> None:
    called = [part.called for part in parts_of(lively_model("transformer", V, n_layer=1))]
    assert called == ["layer 1 head 1", "layer 1 head 2", "layer 1 attention", "layer 1 MLP"]
    called = [part.called for part in parts_of(lively_model("encoder-decoder", V, n_layer=1))]
    assert called[:4] == [
        "encoder layer 1 head 1",
        "encoder layer 1 head 2",
        "encoder layer 1 attention",
        "encoder layer 1 MLP",
    ]
    assert "decoder layer 1 across head 2" in called
    assert called[-1] == "decoder layer 1 MLP"
    assert parts_of(lively_model("lstm", V)) == []


def test_a_part_that_is_not_there_is_refused() -> None:
    model = lively_model("transformer", V)
    for part in (
        Part("mlp", "blocks.9.mlp", layer=9),
        Part("attention", "blocks.0.attention", layer=0, head=2),
        Part("embedding"),
    ):
        with pytest.raises(IndexError, match="has no"):
            without(model, [part])
