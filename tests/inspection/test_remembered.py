"""The parts of a memory sum to it; each is what later gates left of what was written."""

import pytest
import torch

from lm_core.errors import Unsupported
from lm_core.inspection.gates import record_gates
from lm_core.inspection.remembered import keeps_by_a_gate, remembered
from tests.tiny import lively_model, some_ids


@pytest.mark.parametrize("family", ["lstm", "gru"])
@pytest.mark.parametrize("layer", [0, 1])
def test_the_parts_sum_to_the_state(family: str, layer: int) -> None:
    recorded = record_gates(lively_model(family, n_layer=2), some_ids(9, 27))
    found = remembered(recorded, layer)
    state = recorded.values[found.name][layer, -1]
    torch.testing.assert_close(found.parts.sum(0), state, atol=1e-5, rtol=1e-5)
    assert found.shares.sum().item() == pytest.approx(1)


@pytest.mark.parametrize("family", ["lstm", "gru"])
def test_each_part_is_what_the_gates_of_later_tokens_left(family: str) -> None:
    recorded = record_gates(lively_model(family), some_ids(6, 27))
    found = remembered(recorded)
    gate = "forget" if family == "lstm" else "update"
    for t in range(6):
        left = torch.ones(64)
        for later in range(t + 1, 6):
            left = left * recorded.values[gate][-1, later]
        torch.testing.assert_close(found.kept[t], left)
        before = recorded.before(found.name, recorded.values[gate].size(0) - 1, t)
        after = recorded.values[found.name][-1, t]
        wrote = after - recorded.values[gate][-1, t] * before
        torch.testing.assert_close(found.parts[t], wrote * left, atol=1e-5, rtol=1e-4)


def test_an_rnn_keeps_by_no_gate() -> None:
    recorded = record_gates(lively_model("rnn"), some_ids(3, 27))
    assert not keeps_by_a_gate(recorded)
    with pytest.raises(Unsupported, match="no gate"):
        remembered(recorded)
