import torch
from torch import nn

from lm_core.models.gru import cell
from lm_core.models.tracing import trace
from tests.tiny import lively_model, some_ids

CLOSE = {"atol": 1e-5, "rtol": 1e-5}


def test_the_cell_is_the_one_of_torch() -> None:
    x, h = torch.randn(3, 5), torch.randn(3, 7)
    theirs = nn.GRUCell(5, 7)
    gates = cell(x, h, tuple(theirs.parameters()))
    torch.testing.assert_close(gates["hidden"], theirs(x, h), **CLOSE)


def test_an_open_update_gate_keeps_the_state() -> None:
    """A bias of 50 on the update gate, and the token leaves no trace; of -50, nothing else does."""
    x, h = torch.randn(3, 5), torch.randn(3, 7)
    w_x, w_h, b_x, b_h = (w.detach() for w in nn.GRUCell(5, 7).parameters())
    b_x[7:14] = 50.0
    torch.testing.assert_close(cell(x, h, (w_x, w_h, b_x, b_h))["hidden"], h)
    b_x[7:14] = -50.0
    renewed = cell(x, h, (w_x, w_h, b_x, b_h))
    torch.testing.assert_close(renewed["hidden"], renewed["candidate"])


def test_gates_are_recorded_and_make_the_state() -> None:
    model = lively_model("gru")
    with torch.inference_mode(), trace(model) as t:
        _, h = model(some_ids(2, 7, 27))
    for layer in range(2):
        gate = {n: t[f"{layer}.{n}"] for n in ("reset", "update", "candidate", "hidden")}
        assert all(tensor.shape == (2, 7, 64) for tensor in gate.values())
        for name in ("reset", "update"):
            assert ((gate[name] > 0) & (gate[name] < 1)).all()
        before = torch.cat([torch.zeros(2, 1, 64), gate["hidden"][:, :-1]], dim=1)
        made = gate["update"] * before + (1 - gate["update"]) * gate["candidate"]
        torch.testing.assert_close(gate["hidden"], made, **CLOSE)
        torch.testing.assert_close(h[layer], gate["hidden"][:, -1], **CLOSE)
