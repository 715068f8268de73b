"""What earlier versions wrote is read: their weights have other names."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from lm_core.checkpoints import CARD, WEIGHTS, load_checkpoint, save_checkpoint
from lm_core.models.weights import name_now
from tests.tiny import TEXT, encoded, lively_model, some_ids

TOKENIZER, _ = encoded([TEXT])


def before(name: str) -> str:
    """What the network of a block was called before it was a part of its own."""
    return name.replace(".mlp.", ".")


@pytest.mark.parametrize("family", ["transformer", "encoder-decoder"])
def test_a_checkpoint_of_before_says_what_it_said(tmp_path: Path, family: str) -> None:
    model = lively_model(family, TOKENIZER.vocab_size).eval()
    save_checkpoint(tmp_path, model, TOKENIZER, {"title": "x", "step": 1})
    weights = load_file(tmp_path / WEIGHTS)
    old = {before(name): tensor for name, tensor in weights.items()}
    assert old.keys() != weights.keys()
    save_file(old, tmp_path / WEIGHTS)
    card = json.loads((tmp_path / CARD).read_text())
    del card["sha256"]  # of the file as it was
    (tmp_path / CARD).write_text(json.dumps(card))
    idx = some_ids(1, 8, TOKENIZER.vocab_size)
    assert torch.equal(load_checkpoint(tmp_path).model(idx)[0], model(idx)[0])


def test_a_name_of_now_stays() -> None:
    for name in ("blocks.0.mlp.up.weight", "embedding.weight", "layers.0.up.weight"):
        assert name_now(name) == name
    assert name_now("decoder.blocks.3.down.bias") == "decoder.blocks.3.mlp.down.bias"
