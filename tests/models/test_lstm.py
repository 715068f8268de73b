import pytest
import torch

from lm_core.errors import BadSettings
from lm_core.models.lstm import LSTMSettings
from lm_core.models.tracing import trace
from tests.tiny import lively_model, some_ids, tiny_model

CLOSE = {"atol": 1e-5, "rtol": 1e-5}


@pytest.mark.parametrize("n_layer", [1, 2, 3])
@pytest.mark.parametrize("carried", [False, True])
def test_the_cell_written_out_is_the_fused_one(n_layer: int, carried: bool) -> None:
    """Outputs, both states, and the gradient of everything."""
    model = lively_model("lstm", n_layer=n_layer)
    x = torch.randn(3, 9, 32)
    state = tuple(torch.randn(n_layer, 3, 64) for _ in range(2)) if carried else None
    results = []
    for run in (model.lstm, model.unrolled):
        model.zero_grad()
        given = x.clone().requires_grad_()
        y, (h, c) = run(given, state)
        (y.square().sum() + (2 * h).sum() + c.square().sum()).backward()
        gradients = [p.grad.clone() for p in model.lstm.parameters()]
        results.append([y, h, c, given.grad, *gradients])
    for fused, written_out in zip(*results, strict=True):
        torch.testing.assert_close(written_out, fused, atol=1e-4, rtol=1e-4)


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


def test_the_memory_starts_open() -> None:
    model = tiny_model("lstm")
    with torch.inference_mode(), trace(model) as t:
        model(some_ids(2, 7, 27))
    for layer in range(2):
        assert t[f"{layer}.forget"].mean().item() == pytest.approx(0.73, abs=0.05)


def test_a_shared_table_is_one_table() -> None:
    free = tiny_model("lstm", n_embd=64)
    tied = tiny_model("lstm", n_embd=64, tied=True)
    assert tied.head.weight is tied.embedding.weight
    assert free.n_parameters - tied.n_parameters == 27 * 64
    tied.nats(some_ids(1, 5, 27), some_ids(1, 5, 27))[0].sum().backward()
    assert tied.embedding.weight.grad.any()


def test_a_shared_table_needs_equal_widths() -> None:
    with pytest.raises(BadSettings, match=r"n_embd \(64\) equal to n_hidden \(256\)"):
        LSTMSettings(tied=True)


def test_it_reads_on_without_end() -> None:
    model = lively_model("lstm")
    assert model.context_size is None
    with torch.inference_mode():
        logits, _ = model(some_ids(1, 500, 27))
    assert logits.isfinite().all()


def test_dropout_acts_in_training_only() -> None:
    model = lively_model("lstm", dropout=0.5)
    idx = some_ids(1, 10, 27)
    model.train()
    assert not torch.equal(model(idx)[0], model(idx)[0])
    model.eval()
    assert torch.equal(model(idx)[0], model(idx)[0])


def test_while_training_the_written_out_cell_drops_between_layers_too() -> None:
    model = lively_model("lstm", dropout=0.5)
    x = torch.randn(2, 5, model.settings.n_embd, generator=torch.Generator().manual_seed(0))
    with torch.random.fork_rng(devices=[]):
        assert torch.equal(model.unrolled(x)[0], model.unrolled(x)[0])
        model.train()
        assert not torch.equal(model.unrolled(x)[0], model.unrolled(x)[0])
