import pytest
import torch
from torch import nn

from lm_core.models.lstm import cell
from lm_core.models.tracing import trace
from tests.tiny import lively_model, some_ids, tiny_model

CLOSE = {"atol": 1e-5, "rtol": 1e-5}


def test_the_cell_is_the_one_of_torch() -> None:
    x, h, c = torch.randn(3, 5), torch.randn(3, 7), torch.randn(3, 7)
    theirs = nn.LSTMCell(5, 7)
    gates = cell(x, h, c, tuple(theirs.parameters()))
    torch.testing.assert_close((gates["hidden"], gates["cell"]), theirs(x, (h, c)), **CLOSE)


def test_gates_are_recorded_and_make_the_memory() -> None:
    model = lively_model("lstm")
    with torch.inference_mode(), trace(model) as t:
        _, (h, c) = model(some_ids(2, 7, 27))
    for layer in range(2):
        gate = {n: t[f"{layer}.{n}"] for n in ("input", "forget", "candidate", "output", "cell")}
        assert all(tensor.shape == (2, 7, 64) for tensor in gate.values())
        for name in ("input", "forget", "output"):
            assert ((gate[name] > 0) & (gate[name] < 1)).all()
        before = torch.cat([torch.zeros(2, 1, 64), gate["cell"][:, :-1]], dim=1)
        made = gate["forget"] * before + gate["input"] * gate["candidate"]
        torch.testing.assert_close(gate["cell"], made, **CLOSE)
        shown = gate["output"] * gate["cell"].tanh()
        torch.testing.assert_close(t[f"{layer}.hidden"], shown, **CLOSE)
        torch.testing.assert_close(h[layer], t[f"{layer}.hidden"][:, -1], **CLOSE)
        torch.testing.assert_close(c[layer], gate["cell"][:, -1], **CLOSE)


@pytest.mark.parametrize(("change", "kept"), [({}, 0.73), ({"forget_bias": -2.0}, 0.12)])
def test_the_memory_starts_as_open_as_it_is_told(change: dict, kept: float) -> None:
    model = tiny_model("lstm", **change)
    with torch.inference_mode(), trace(model) as t:
        model(some_ids(2, 7, 27))
    for layer in range(2):
        assert t[f"{layer}.forget"].mean().item() == pytest.approx(kept, abs=0.05)


def test_the_names_of_the_weights_stay() -> None:
    """Shipped models are stored under them."""
    model = tiny_model("lstm", n_layer=1)
    lstm = [f"lstm.{name}_l0" for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
    assert list(model.state_dict()) == ["embedding.weight", *lstm, "head.weight", "head.bias"]


def test_it_reads_on_without_end() -> None:
    model = lively_model("lstm")
    assert model.context_size is None
    with torch.inference_mode():
        logits, _ = model(some_ids(1, 500, 27))
    assert logits.isfinite().all()


def test_while_training_the_written_out_cell_drops_between_layers_too() -> None:
    model = lively_model("lstm", dropout=0.5)
    x = torch.randn(2, 5, model.settings.n_embd, generator=torch.Generator().manual_seed(0))
    with torch.random.fork_rng(devices=[]):
        assert torch.equal(model.unrolled(x)[0], model.unrolled(x)[0])
        model.train()
        assert not torch.equal(model.unrolled(x)[0], model.unrolled(x)[0])
