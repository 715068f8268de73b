"""The tree of modules: what it says is what the model is."""

import pytest
import torch

from lm_core.inspection import counters
from lm_core.inspection.modules import code_of, mentions, module_tree
from lm_core.models.building import build_model
from lm_core.models.contract import models

V, T = 30, 8
LEARNED = [e.name for e in models if e.build.learns_by == "gradient" and e.order < 100]


@pytest.mark.parametrize("family", LEARNED)
def test_each_node_is_a_module_with_its_own_numbers(family):
    model = build_model(family, {}, V)
    tree = module_tree(model, T=T)
    assert tree.parameters == sum(p.numel() for p in model.parameters())
    assert tree.shape == (2, T, V)
    for node in tree.walk():
        module = model.get_submodule(node.path)
        assert node.kind == type(module).__name__
        assert node.parameters == sum(p.numel() for p in module.parameters())
    operations = counters.by_module(model, T)
    parts = sum(node.times * operations.get(node.path, 0) for node in tree.parts)
    assert parts <= operations[""] * (1 + 1e-9)


def test_equal_blocks_are_one():
    model = build_model("transformer", {"n_layer": 3}, V)
    tree, operations = module_tree(model, T=T), counters.by_module(model, T)
    assert [(n.name, n.times) for n in tree.parts] == [
        ("embedding", 1),
        ("positions", 1),
        ("blocks", 3),
        ("head", 1),
    ]
    block = tree.at("blocks.0")
    assert [n.name for n in block.parts] == ["attention", "mlp"]
    assert 3 * operations["blocks.0"] + operations["head"] == pytest.approx(operations[""])
    assert tree.at("blocks.0.mlp.up").shape == (2, T, 512)
    assert tree.at("blocks.2") is None


def test_a_first_level_that_differs_stands_alone():
    tree = module_tree(build_model("wavenet", {}, V), T=T)
    assert [(n.path, n.times) for n in tree.parts if n.name == "levels"] == [
        ("levels.0", 1),
        ("levels.1", 3),
    ]


@pytest.mark.parametrize("family", LEARNED)
def test_lines_of_code_name_the_module(family):
    model = build_model(family, {}, V)
    for node in module_tree(model, T=T).walk():
        if not node.path:
            assert mentions(model, "") == []
            continue
        lines = mentions(model, node.path)
        owned = code_of(model.get_submodule(node.path.rpartition(".")[0]))
        assert lines or owned is None or family in ("rnn", "gru", "lstm"), node.path
        assert all(node.name in line for _, line in lines)


def test_whose_code_it_is():
    model = build_model("transformer", {}, V)
    assert code_of(model.blocks[0]).__name__ == "Block"
    assert code_of(torch.nn.Linear(2, 2)) is None
