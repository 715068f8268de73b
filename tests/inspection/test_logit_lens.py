"""The lens: at the last layer the model's own logits, over all that ship and all settings; below it
what a hook hears; and what is measured of a guess."""

import json
import math
from pathlib import Path

import pytest
import torch

from lm_core.checkpoints import load_checkpoint
from lm_core.errors import BadText, ContextTooLong, Unsupported
from lm_core.inspection.logit_lens import has_lens, read_lens
from lm_core.models.transformer import Transformer
from tests.tiny import lively_model, some_ids, tiny_model

V = 27
FOLDERS = Path(__file__).parents[2] / "checkpoints"
CARDS = {meta.parent: json.loads(meta.read_text()) for meta in sorted(FOLDERS.glob("*/meta.json"))}
SHIPPED = [folder for folder, card in CARDS.items() if card["model"]["name"] == "transformer"]


def close(one: torch.Tensor, other: torch.Tensor) -> None:
    torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-5)


def check(model: Transformer, ids: torch.Tensor) -> None:
    heard = []
    hooks = [b.register_forward_hook(lambda m, i, out: heard.append(out[0])) for b in model.blocks]
    with torch.no_grad():
        untraced = model(ids.view(1, -1))[0][0]
        for hook in hooks:
            hook.remove()
        lens = read_lens(model, ids)
        close(lens.logp[-1], untraced.log_softmax(-1))
        assert lens.stream.shape[:2] == (len(model.blocks) + 1, len(ids))
        for layer, stream in enumerate(heard, start=1):
            close(lens.stream[layer], stream[0])
            normed = stream[0] if model.norm is None else model.norm(stream[0])
            close(lens.logp[layer], model.head(normed.unsqueeze(0))[0].log_softmax(-1))


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_the_last_layer_of_all_that_ship_is_the_model(folder: Path) -> None:
    model = load_checkpoint(folder).model
    check(model, some_ids(20, model.vocab_size, seed=1))


def test_they_are_the_ones_that_ship() -> None:
    assert {"names-transformer", "speeches-transformer"} <= {folder.name for folder in SHIPPED}


@pytest.mark.parametrize(
    "changes",
    [
        {"norm_place": "after", "norm": "layer"},
        {"norm": "layer", "bias": True, "position": "learned"},
        {"tied": True, "activation": "swiglu"},
        {"head": "adaptive", "position": "alibi"},
        {"position": "sinusoidal", "n_layer": 1},
    ],
    ids=str,
)
def test_the_last_layer_of_every_recipe_is_the_model(changes: dict) -> None:
    check(lively_model("transformer", V, **changes), some_ids(9, V))


def test_what_is_measured_of_a_guess() -> None:
    lens = read_lens(lively_model("transformer", V), some_ids(6, V))
    p = lens.logp.exp()
    close(lens.probability, p.amax(-1))
    close(lens.entropy, -(p * lens.logp).sum(-1))
    close(lens.divergence, (p[-1] * (lens.logp[-1] - lens.logp)).sum(-1).clamp(min=0))
    assert not lens.divergence[-1].any()
    close(lens.norms, lens.stream.square().sum(-1).sqrt())
    assert 0 <= float(lens.entropy.min()) <= float(lens.entropy.max()) <= math.log(V) + 1e-5
    top = lens.top(1, 3, 4)
    assert top[0][0] == int(lens.best[1, 3])
    assert [share for _, share in top] == sorted((share for _, share in top), reverse=True)
    for t, since in enumerate(lens.settled()):
        best = lens.best[:, t].tolist()
        assert set(best[since:]) == {best[-1]}
        assert since == 0 or best[since - 1] != best[-1]


def test_the_end_of_a_text_is_that_of_the_whole() -> None:
    model, ids = lively_model("transformer", V), some_ids(10, V)
    close(read_lens(model, ids, 4).logp, read_lens(model, ids).logp[:, -4:])


def test_it_leaves_the_model_as_it_was_and_refuses_the_rest() -> None:
    model = tiny_model("transformer").train()
    read_lens(model, some_ids(3, V))
    assert model.training
    with pytest.raises(BadText):
        read_lens(model, some_ids(0, V))
    with pytest.raises(ContextTooLong):
        read_lens(model, some_ids(17, V))
    for family in ("lstm", "encoder", "ngram"):
        assert not has_lens(tiny_model(family))
        with pytest.raises(Unsupported):
            read_lens(tiny_model(family), some_ids(3, V))
