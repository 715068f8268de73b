"""The arithmetic of one weight beside `torch.optim`, for numbers of any size."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lm_core.training.update_rule import BY_HAND, Quantity, said, update

numbers = st.floats(-10, 10).map(lambda x: round(x, 6))


def by_torch(name: str, w: float, g: list[float], lr: float, decay: float) -> tuple[float, list]:
    """The weight after so many steps of float64, and what the rule gives at each."""
    weight = torch.nn.Parameter(torch.tensor([w], dtype=torch.float64))
    kinds = {"adamw": torch.optim.AdamW, "adam": torch.optim.Adam}
    momentum = {"momentum": 0.9} if name == "sgd-momentum" else {}
    optimizer = kinds.get(name, torch.optim.SGD)([weight], lr=lr, weight_decay=decay, **momentum)
    lines: list[Quantity] = []
    for slope in g:
        weight.grad = torch.tensor([slope], dtype=torch.float64)
        memory = {k: v.clone() for k, v in optimizer.state[weight].items() if v is not None}
        lines = update(name, weight.item(), slope, optimizer.param_groups[0], memory)
        optimizer.step()
    return weight.item(), lines


@given(
    st.sampled_from(BY_HAND),
    numbers,
    st.lists(numbers, min_size=1, max_size=4),
    st.floats(1e-6, 1.0),
    st.sampled_from([0.0, 0.1]),
)
def test_any_step_is_that_of_torch(
    name: str, w: float, g: list[float], lr: float, decay: float
) -> None:
    after, lines = by_torch(name, w, g, lr, decay)
    assert lines[-1].symbol == "w′"
    assert lines[-1].value == pytest.approx(after, rel=1e-9, abs=1e-9)


def test_each_rule_tells_what_it_uses() -> None:
    symbols = {
        name: [one.symbol for one in by_torch(name, 1.0, [0.5, 0.25], 0.1, 0.01)[1]]
        for name in BY_HAND
    }
    assert symbols["sgd"] == ["w", "g", "d", "w′"]
    assert symbols["sgd-momentum"] == ["w", "g", "d", "b", "w′"]
    assert symbols["adam"] == ["w", "g", "d", "m", "v", "m̂", "v̂", "Δ", "w′"]
    assert symbols["adamw"] == ["w", "g", "p", "m", "v", "m̂", "v̂", "Δ", "w′"]
    plain = by_torch("sgd", 1.0, [0.5], 0.1, 0.0)[1]
    assert plain[-1].numbers == "1 − 0.1 · 0.5"
    assert said(-0.00012345678) == "−0.00012346"
