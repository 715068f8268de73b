"""What a place of the window adds is what the network itself says without it."""

import pytest
import torch

from lm_core.errors import Unsupported
from lm_core.inspection.slots import has_slots, slots
from lm_core.models.tracing import trace
from tests.tiny import lively_model, tiny_model

IDS = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7]


@pytest.mark.parametrize("direct", [False, True])
def test_of_an_mlp_by_its_own_layers(direct: bool) -> None:
    model = lively_model("mlp", context=4, direct=direct).train()
    found = slots(model, IDS, 7)
    assert model.training
    model.eval()
    nothing, table = model.vocab_size, model.embedding.weight.detach()

    def said(window: list[int]) -> float:
        x = torch.cat([table[id] for id in window])
        h = (model.layer.weight @ x + model.layer.bias).tanh()
        h = torch.cat([h, x]) if direct else h
        return float(model.head(h.view(1, 1, -1)).log_softmax(-1)[0, 0, 7].detach())

    window = IDS[-4:]
    assert found.ids == tuple(window)
    assert found.nats == pytest.approx(-said(window), rel=1e-4)
    for i, adds in enumerate(found.adds):
        without = [nothing if k == i else id for k, id in enumerate(window)]
        assert adds == pytest.approx(said(window) - said(without), abs=1e-5)
    assert sum(found.shares) == pytest.approx(1)


def test_of_a_wavenet_by_the_tree_of_each_window() -> None:
    model = lively_model("wavenet", n_layer=3)
    found = slots(model, IDS, 2)
    window = torch.tensor([IDS[-8:]])
    with torch.no_grad(), trace(model):
        whole = model(window)[0][0, -1].log_softmax(-1)[2]
        for i, adds in enumerate(found.adds):
            without = window.clone()
            without[0, i] = model.vocab_size
            left = model(without)[0][0, -1].log_softmax(-1)[2]
            assert adds == pytest.approx(float(whole - left), abs=1e-5)


def test_a_short_text_has_as_many_places_as_tokens() -> None:
    assert len(slots(lively_model("mlp", context=8), [4, 2], 1).adds) == 2


@pytest.mark.parametrize("family", ["lstm", "transformer", "neural-bigram", "ngram"])
def test_others_have_no_such_window(family: str) -> None:
    model = tiny_model(family)
    assert not has_slots(model)
    with pytest.raises(Unsupported, match="choose an MLP"):
        slots(model, IDS, 1)
