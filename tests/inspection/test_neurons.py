"""Activations are those a hook hears, and places, shares and sparseness those of a plain count."""

import pytest
import torch
from torch.nn.utils.rnn import pad_sequence

from lm_core.errors import BadText, Unsupported
from lm_core.inspection import neurons
from lm_core.inspection.neurons import KEPT, Scan, activations
from tests.tiny import lively_model, some_ids, tiny_model

ROWS = [some_ids(length, 27, seed=length) for length in (3, 16, 1, 9, 12, 5, 7, 4, 11, 8, 6, 13, 2)]


@pytest.mark.parametrize("activation", ["relu2", "gelu", "swiglu"])
def test_they_are_what_a_hook_hears(activation: str) -> None:
    model = lively_model("transformer", activation=activation)
    heard: list[torch.Tensor] = []
    hooks = [
        block.mlp.down.register_forward_hook(lambda module, given, out: heard.append(given[0]))
        for block in model.blocks
    ]
    with torch.no_grad():
        model(pad_sequence(ROWS[:4], batch_first=True))  # untraced
    for hook in hooks:
        hook.remove()
    found = activations(model, ROWS[:4])
    assert len(found) == len(model.blocks)
    for one, other in zip(found, heard, strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-5)


def test_a_scan_finds_what_a_plain_count_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neurons, "AT_ONCE", 20)  # several batches
    monkeypatch.setattr(neurons, "FEW", 3)
    model = lively_model("transformer", activation="gelu")
    scan = Scan(model, ROWS)
    steps = 0
    while not scan.done:
        scan.step()
        steps += 1
    assert steps > 3
    assert scan.tokens == sum(map(len, ROWS))
    for layer in range(scan.n_layer):
        each = [activations(model, [row])[layer][0] for row in ROWS]  # (T, M)
        whole = torch.cat(each).double()  # (N, M)
        N, M = whole.shape
        assert scan.n_neurons == M
        torch.testing.assert_close(scan.active(layer), (whole > 0).double().mean(0))
        hoyer = N**0.5 - whole.abs().sum(0) / whole.square().sum(0).sqrt()
        torch.testing.assert_close(
            scan.sparseness(layer), hoyer / (N**0.5 - 1), atol=1e-5, rtol=1e-5
        )
        assert scan.silent(layer) == int((whole <= 0).all(0).sum())
        for neuron in (0, M - 1):
            largest = sorted((float(a[:, neuron].max()) for a in each), reverse=True)
            top = scan.top(layer, neuron)
            assert len({one.row for one in top}) == len(top) == KEPT
            for one, value in zip(top, largest, strict=False):
                assert one.value == pytest.approx(value, abs=1e-5)
                assert float(each[one.row][one.at, neuron]) == pytest.approx(value, abs=1e-5)
        often = (whole > 0).sum(0) >= 3
        largest = whole.max(0).values
        allowed = often & (largest.float() >= largest.float().median() - 1e-6)
        suggested = scan.suggested(layer, 5)
        assert suggested
        assert bool(allowed[suggested].all())
        sparse = scan.sparseness(layer)
        assert sparse[suggested].tolist() == sorted(sparse[suggested].tolist(), reverse=True)


def test_it_may_stop_at_any_time_and_refuses_what_has_no_neurons() -> None:
    scan = Scan(tiny_model("transformer"), ROWS)
    assert (scan.done, scan.tokens, scan.n_neurons, scan.top(0, 0)) == (False, 0, 0, [])
    with pytest.raises(BadText):
        Scan(tiny_model("transformer"), [some_ids(0, 27)])
    with pytest.raises(Unsupported):
        Scan(tiny_model("lstm"), ROWS)


def test_a_network_that_is_always_zero_has_no_sparseness() -> None:
    model = tiny_model("transformer")
    for block in model.blocks:
        torch.nn.init.zeros_(block.mlp.up.weight)
    scan = Scan(model, ROWS)
    while not scan.done:
        scan.step()
    assert scan.silent(0) == scan.n_neurons
    assert not scan.sparseness(0).any()
    assert scan.suggested(0) == []
