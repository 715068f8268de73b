import pytest
import torch
from torch import nn

from lm_core.errors import BadSettings
from lm_core.models.rnn import RNNSettings, cell
from lm_core.models.tracing import trace
from tests.tiny import lively_model, some_ids, tiny_model

CLOSE = {"atol": 1e-5, "rtol": 1e-5}


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_the_cell_is_the_one_of_torch(activation: str) -> None:
    x, h = torch.randn(3, 5), torch.randn(3, 7)
    theirs = nn.RNNCell(5, 7, nonlinearity=activation)
    ours = cell(x, h, tuple(theirs.parameters()), activation)
    torch.testing.assert_close(ours["hidden"], theirs(x, h), **CLOSE)


@pytest.mark.parametrize("n_layer", [1, 3])
def test_with_relu_too_all_three_ways_agree(n_layer: int) -> None:
    model = tiny_model("rnn", n_layer=n_layer, activation="relu")
    assert model.rnn.nonlinearity == "relu"
    x, state = torch.randn(3, 9, 32), torch.randn(n_layer, 3, 64)
    results = []
    for walk in (model.rnn, model.unrolled, lambda *a: model.by_layer(*a, model.run)):
        model.zero_grad()
        y, h = walk(x, state)
        (y.mean() + h.square().mean()).backward()
        results.append([y, h, *(p.grad.clone() for p in model.rnn.parameters())])
    for expected, *others in zip(*results, strict=True):
        for other in others:
            torch.testing.assert_close(other, expected, **CLOSE)
    assert (y >= 0).all()


def test_another_activation_is_refused() -> None:
    with pytest.raises(BadSettings, match="activation cannot be 'relus'; did you mean 'relu'"):
        RNNSettings(activation="relus")


def test_the_state_is_recorded() -> None:
    model = lively_model("rnn")
    with torch.inference_mode(), trace(model) as t:
        _, h = model(some_ids(2, 7, 27))
    assert set(t) == {"0.hidden", "1.hidden"}
    for layer in range(2):
        assert t[f"{layer}.hidden"].shape == (2, 7, 64)
        assert (t[f"{layer}.hidden"].abs() <= 1).all()
        torch.testing.assert_close(h[layer], t[f"{layer}.hidden"][:, -1], **CLOSE)
