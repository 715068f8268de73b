"""The arithmetic of one unit is what torch's fused modules do, in all that ship."""

import pytest
import torch

from lm_core.checkpoints import load_checkpoint
from lm_core.errors import BadText, Unsupported
from lm_core.inspection.gates import fused_hidden, has_gates, record_gates, unit_step
from pages._ui.shared.models import SHIPPED
from tests.tiny import lively_model, some_ids, tiny_model

CLOSE = {"atol": 1e-5, "rtol": 1e-5}
FAMILIES = ("rnn", "gru", "lstm")


@pytest.mark.parametrize("name", ["names-rnn", "names-gru", "names-lstm", "speeches-lstm"])
def test_gates_of_what_ships_are_those_of_torch(name: str) -> None:
    model = load_checkpoint(SHIPPED / name).model
    ids = some_ids(12, model.vocab_size)
    recorded, fused = record_gates(model, ids), fused_hidden(model, ids)
    torch.testing.assert_close(recorded.values["hidden"][-1], fused, **CLOSE)
    layer = model.settings.n_layer - 1
    for unit, t in ((0, 0), (7, 1), (fused.size(1) - 1, 11)):
        step = unit_step(model, recorded, layer, unit, t)
        assert step.after["hidden"] == pytest.approx(float(fused[t, unit]), abs=1e-5)
        for one in step.sums:
            there = float(recorded.values[one.name][layer, t, unit])
            assert one.value == pytest.approx(there, abs=1e-5)


@pytest.mark.parametrize("family", FAMILIES)
def test_states_are_made_of_the_gates_in_every_layer(family: str) -> None:
    model = lively_model(family, n_layer=2).train()
    recorded = record_gates(model, some_ids(6, 27))
    assert model.training
    assert recorded.values["hidden"].shape == (2, 6, 64)
    for layer in range(2):
        last = dict.fromkeys(model.kept, 0.0)
        for t in range(6):
            step = unit_step(model, recorded, layer, 3, t)
            before, after = step.before, step.after
            assert before == last
            last = after
            if family == "lstm":
                i, f, g, o = map(step.value, ("input", "forget", "candidate", "output"))
                c = f * before["cell"] + i * g
                made = {"cell": c, "hidden": o * float(torch.tensor(c).tanh())}
            elif family == "gru":
                z, n = step.value("update"), step.value("candidate")
                made = {"hidden": z * before["hidden"] + (1 - z) * n}
            else:
                made = {"hidden": step.sums[0].value}
            assert after == {name: pytest.approx(x, abs=1e-5) for name, x in made.items()}


def test_what_keeps_no_state_and_what_is_no_place() -> None:
    model = tiny_model("transformer")
    assert not has_gates(model)
    with pytest.raises(Unsupported, match="keeps no state"):
        record_gates(model, some_ids(3, 27))
    model = tiny_model("lstm")
    with pytest.raises(BadText, match="no token"):
        record_gates(model, some_ids(0, 27))
    recorded = record_gates(model, some_ids(3, 27))
    with pytest.raises(IndexError):
        unit_step(model, recorded, 0, 64, 0)
