"""The written-out path gives what the model gives, and knows which models it stands in for."""

import pytest
import torch

from lm_core.models.contract import Forward
from lm_core.models.decoding import OneRow, Steps, Turn, diagonals, normed
from lm_core.models.layers import rms_norm
from lm_core.models.positions import both_halves, rotary_tables, rotate
from tests.tiny import lively_model, some_ids

OTHERS = [
    {"position": "learned"},
    {"position": "alibi"},
    {"attention": "average"},
    {"qk_norm": False},
    {"activation": "gelu"},
    {"norm": "layer"},
    {"norm": "rms-scale"},
    {"mlp_width": 40},
    {"rotary_base": 500.0},
    {"norm_place": "after"},
    {"residual": False},
    {"bias": True},
    {"n_kv_head": 1},
    {"head": "adaptive"},
]


@pytest.mark.parametrize("rows", [1, 2])
@pytest.mark.parametrize("change", [{}, {"tied": True}, {"n_layer": 1}, {"n_head": 1}])
def test_every_size_of_the_usual_recipe_is_written_out(change: dict, rows: int) -> None:
    model = lively_model("transformer", **change)
    idx = some_ids(rows, 16, 27)
    with torch.inference_mode():
        whole, _ = model(idx)
        _, state = model(idx[:, :1])
        step = model.steps(state)
        said = torch.stack([step(idx[:, t]) for t in range(1, 16)], dim=1)
    assert type(step) is (OneRow if rows == 1 else Steps)
    torch.testing.assert_close(said, whole[:, 1:], atol=1e-5, rtol=1e-5)


def test_a_wide_model_is_laid_out_by_columns_and_says_the_same() -> None:
    model = lively_model("transformer", n_embd=OneRow.WIDE, n_head=4)
    idx = some_ids(1, 6, 27)
    with torch.inference_mode():
        whole, _ = model(idx)
        _, state = model(idx[:, :1])
        step = model.steps(state)
        said = torch.stack([step(idx[:, t]) for t in range(1, 6)], dim=1)
    qkv, up = step.layers[0][0], step.layers[0][2]
    assert qkv.t().is_contiguous()
    assert up.t().is_contiguous()
    assert len(step.square) == len(model.blocks)  # each comes into the cache first
    assert model.blocks[0].mlp.up.weight.is_contiguous()  # the model's own stays as it was
    torch.testing.assert_close(said, whole[:, 1:], atol=1e-4, rtol=1e-5)


@pytest.mark.parametrize("change", OTHERS, ids=str)
def test_other_recipes_go_by_forward(change: dict) -> None:
    model = lively_model("transformer", **change)
    assert not model.written_out
    with torch.inference_mode():
        _, state = model(some_ids(1, 4, 27))
    assert type(model.steps(state)) is Forward


@pytest.mark.parametrize("both_signs", [False, True])
def test_a_rotation_is_a_product_with_a_matrix(both_signs: bool) -> None:
    S = 2 * Turn.FEW + 3
    x = torch.randn(1, 1, S, 6, generator=torch.Generator().manual_seed(0))
    turn = Turn(S, 6, both_signs=both_signs)
    turned = torch.stack([x[0, 0, t] @ turn.at(t) for t in range(S)])
    on_device = torch.stack([x[0, 0, t] @ turn.at_tensor(torch.tensor([t])) for t in range(S)])
    expected = rotate(x, *both_halves(*rotary_tables(S, 6)))[0, 0]
    assert torch.equal(turn.at(1), Turn(S, 6, both_signs=both_signs).at(1))
    assert torch.equal(turned, on_device)
    torch.testing.assert_close(turned[:, :6], expected)
    torch.testing.assert_close(turned[:, 6:], -expected[:, : 6 * both_signs])


@pytest.mark.parametrize(("S", "D"), [(64, 32), (1024, 512), (8192, 512)])
def test_rotations_take_memory_for_each_place_and_width_once(S: int, D: int) -> None:
    """A matrix for each place would be 2.1 GB for one head, width 512, context 1024."""
    assert diagonals(S, D, "cpu", both_signs=False).nbytes == 4 * 2 * S * D
    assert diagonals(S, D, "cpu", both_signs=True).nbytes == 4 * 4 * S * D
    diagonals.cache_clear()


@pytest.mark.parametrize("size", [0.0, 1e-4, 1.0, 1e4])
def test_the_quick_norm_is_the_norm(size: float) -> None:
    x = size * torch.randn(3, 4, 1, 8, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(normed(x, 8), rms_norm(x))


def test_two_ways_on_from_one_state_do_not_share_their_buffers_by_mistake() -> None:
    """A fresh `steps` from the same state writes over what the first one wrote, and agrees."""
    model, idx = lively_model("transformer"), some_ids(1, 8, 27)
    with torch.inference_mode():
        _, state = model(idx[:, :4])
        first = model.steps(state)
        said = [first(idx[:, t]) for t in range(4, 8)]
        again = model.steps(state)
        for t, expected in zip(range(4, 8), said, strict=True):
            assert torch.equal(again(idx[:, t]), expected)
