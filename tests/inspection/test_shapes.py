"""Parameters by part and shapes by step agree with the model itself, for every family."""

import pytest
import torch

from lm_core.inspection.shapes import (
    memory_bytes,
    module_shapes,
    parameter_parts,
    sample_shapes,
)
from lm_core.models.building import blueprint, build_model
from lm_core.models.contract import models
from tests.tiny import OF_TEXT, READERS

GRADIENT = [entry.name for entry in OF_TEXT if entry.build.learns_by == "gradient"]


@pytest.mark.parametrize("name", GRADIENT)
def test_parts_sum_to_all_parameters_and_a_blueprint_has_the_same(name: str) -> None:
    settings = models[name].settings()
    model = build_model(name, settings.to_dict(), 65)
    parts = parameter_parts(model)
    assert sum(n for _, n in parts) == model.n_parameters
    assert parameter_parts(blueprint(name, settings.to_dict(), 65)) == parts
    assert all(p.is_meta for p in blueprint(name, settings.to_dict(), 65).parameters())


def test_repeated_blocks_are_added_up() -> None:
    model = build_model("transformer", {"n_layer": 3, "n_head": 2, "n_embd": 8}, 10)
    assert parameter_parts(model) == [
        ("embedding", 80),
        ("3 × blocks.attention.qkv", 3 * 3 * 64),
        ("3 × blocks.attention.out", 3 * 64),
        ("3 × blocks.mlp.up", 3 * 4 * 64),
        ("3 × blocks.mlp.down", 3 * 4 * 64),
        ("head", 80),
    ]


def test_a_shared_table_is_counted_once() -> None:
    model = build_model("lstm", {"n_embd": 8, "n_hidden": 8, "tied": True}, 10)
    parts = dict(parameter_parts(model))
    assert (parts["embedding"], parts["head"]) == (80, 10)  # the head has its bias alone
    assert parts["lstm"] == 4 * (8 * 8 + 8 * 8 + 8 + 8)


def test_an_enormous_model_has_a_blueprint_at_once() -> None:
    settings = models["transformer"].settings(n_layer=48, n_head=64, n_embd=4096)
    assert blueprint("transformer", settings.to_dict(), 50_000).n_parameters > 9e9


def test_memory_is_four_bytes_a_weight_and_what_is_fixed() -> None:
    settings = models["lstm"].settings()
    model = build_model("lstm", settings.to_dict(), 65)
    assert memory_bytes(model) == memory_bytes(blueprint("lstm", settings.to_dict(), 65))
    assert memory_bytes(model) == 4 * model.n_parameters
    settings = models["transformer"].settings(n_layer=1, n_head=2, n_embd=8, block_size=16)
    angles = 2 * 16 * 4  # a cos and a sin for each of a head's 4 numbers at 16 places
    model = build_model("transformer", settings.to_dict(), 10)
    assert memory_bytes(model) == 4 * (model.n_parameters + angles)


def test_a_model_that_counts_has_a_part_for_each_length() -> None:
    model = build_model("ngram", {"order": 3}, 5)
    model.fit(torch.tensor([0, 1, 2, 1, 2, 0]), torch.zeros(1, dtype=torch.int64))
    assert parameter_parts(model) == [
        ("single tokens", 5),
        ("runs of 2", 4),  # 01 12 21 20
        ("runs of 3", 4),  # 012 121 212 120
    ]
    assert blueprint("ngram", {"order": 3}, 5).vocab_size == 5


def test_shapes_come_in_the_order_of_computation() -> None:
    model = build_model("transformer", {"n_layer": 1, "n_head": 2, "n_embd": 8}, 10)
    assert module_shapes(model, torch.zeros(2, 5, dtype=torch.int64)) == [
        ("idx", (2, 5)),
        ("embedding", (2, 5, 8)),
        ("blocks.0.attention.qkv", (2, 5, 24)),
        ("blocks.0.attention.out", (2, 5, 8)),
        ("blocks.0.attention", (2, 5, 8)),
        ("blocks.0.mlp.up", (2, 5, 32)),
        ("blocks.0.mlp.down", (2, 5, 8)),
        ("blocks.0.mlp", (2, 5, 8)),
        ("blocks.0", (2, 5, 8)),
        ("head", (2, 5, 10)),
        ("logits", (2, 5, 10)),
    ]


def test_an_output_with_a_state_is_listed_with_its_output() -> None:
    model = build_model("lstm", {"n_embd": 8, "n_hidden": 12}, 10)
    assert ("lstm", (2, 5, 12)) in module_shapes(model, torch.zeros(2, 5, dtype=torch.int64))


@pytest.mark.parametrize(
    ("family", "states"), [("rnn", ["hn"]), ("gru", ["hn"]), ("lstm", ["hn", "cn"])]
)
def test_the_last_states_are_listed_as_layers_texts_and_units(
    family: str, states: list[str]
) -> None:
    model = build_model(family, {"n_embd": 8, "n_hidden": 12, "n_layer": 3}, 10)
    idx = torch.zeros(2, 5, dtype=torch.int64)
    found = {n: s for n, s in module_shapes(model, idx) if n.startswith(f"{family}.")}
    assert found == {f"{family}.{state}": (3, 2, 12) for state in states}
    ends = model(idx)[1]
    ends = ends if isinstance(ends, tuple) else (ends,)
    assert [tuple(end.shape) for end in ends] == list(found.values())


def test_no_hook_and_no_mode_is_left_behind() -> None:
    model = build_model("lstm", {}, 10).train()
    module_shapes(model, torch.zeros(1, 2, dtype=torch.int64))
    assert model.training
    assert not any(module._forward_hooks for module in model.modules())


@pytest.mark.parametrize("name", [entry.name for entry in READERS])
def test_every_family_shows_its_shapes(name: str) -> None:
    shapes = sample_shapes(name, models[name].settings(), 65)
    assert shapes[0] == ("idx", (2, 8))
    assert shapes[-1] == ("logits", (2, 8, 65))


def test_a_sample_fits_a_short_context() -> None:
    settings = models["transformer"].settings(block_size=3)
    assert sample_shapes("transformer", settings, 65)[-1] == ("logits", (2, 3, 65))


@pytest.mark.parametrize("attention", ["none", "bahdanau", "luong"])
def test_what_reads_two_texts_is_shown_with_both(attention: str) -> None:
    settings = models["rnn-translator"].settings(attention=attention)
    shapes = sample_shapes("rnn-translator", settings, 65)
    assert shapes[:2] == [("source", (2, 8)), ("target", (2, 6))]
    assert shapes[-1] == ("logits", (2, 6, 65))
