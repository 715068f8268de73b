import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from lm_core.models.positions import (
    POSITIONS,
    Positions,
    alibi_bias,
    alibi_slopes,
    both_halves,
    rotary_tables,
    rotate,
    sinusoids,
    start_embedding,
)

CLOSE = {"atol": 1e-5, "rtol": 1e-5}
places = st.integers(0, 60)


@given(a=places, b=places, shift=places)
def test_rotated_products_depend_on_the_distance_alone(a: int, b: int, shift: int) -> None:
    cos, sin = rotary_tables(128, 8)
    q, k = torch.randn(2, 1, 1, 1, 8, generator=torch.Generator().manual_seed(1)).unbind(0)

    def product(at_q: int, at_k: int) -> torch.Tensor:
        turned = [
            rotate(x, *both_halves(cos[t : t + 1], sin[t : t + 1]))
            for x, t in ((q, at_q), (k, at_k))
        ]
        return (turned[0] * turned[1]).sum()

    torch.testing.assert_close(product(a, b), product(a + shift, b + shift), atol=1e-4, rtol=1e-4)


def test_rotation_keeps_lengths_and_turns_nothing_at_the_start() -> None:
    cos, sin = rotary_tables(32, 8)
    x = torch.randn(1, 2, 32, 8)
    turned = rotate(x, *both_halves(cos, sin))
    torch.testing.assert_close(turned.norm(dim=-1), x.norm(dim=-1), **CLOSE)
    assert torch.equal(turned[:, :, 0], x[:, :, 0])
    # The first pair turns by one radian a token, the last by one ten-thousandth to the 3/4.
    torch.testing.assert_close(
        cos[1], torch.tensor([math.cos(10_000 ** -(d / 8)) for d in (0, 2, 4, 6)])
    )


@pytest.mark.parametrize("C", [2, 8, 7, 512])
def test_sinusoids_are_sines_on_even_and_cosines_on_odd_numbers(C: int) -> None:
    table = sinusoids(20, C)
    assert table.shape == (20, C)
    for t in (0, 1, 7, 19):
        for d in (0, 1, C // 2, C - 1):
            angle = t / 10_000 ** ((d - d % 2) / C)
            expected = math.cos(angle) if d % 2 else math.sin(angle)
            assert table[t, d].item() == pytest.approx(expected, abs=1e-5)


@given(t=places, k=places)
def test_k_places_further_is_a_rotation_that_depends_on_k_alone(t: int, k: int) -> None:
    C = 16
    table = sinusoids(128, C).double()
    frequency = 10_000 ** -(torch.arange(0, C, 2, dtype=torch.float64) / C)
    cos, sin = (k * frequency).cos(), (k * frequency).sin()
    s, c = table[t, 0::2], table[t, 1::2]
    torch.testing.assert_close(table[t + k, 0::2], s * cos + c * sin, **CLOSE)
    torch.testing.assert_close(table[t + k, 1::2], c * cos - s * sin, **CLOSE)


def test_slopes_are_the_papers() -> None:
    eight = [2.0**-i for i in range(1, 9)]
    torch.testing.assert_close(alibi_slopes(8), torch.tensor(eight))
    torch.testing.assert_close(alibi_slopes(1), torch.tensor([2.0**-8]))
    # No power of two: those of 8, then every other one of 16, which begin at 2 to the minus 1/2.
    twelve = [*eight, *(2.0**-i for i in (0.5, 1.5, 2.5, 3.5))]
    torch.testing.assert_close(alibi_slopes(12), torch.tensor(twelve))
    for H in range(1, 65):
        slopes = alibi_slopes(H)
        assert slopes.shape == (H,)
        assert len(slopes.unique()) == H
        assert slopes.gt(0).all()
        assert slopes.lt(1).all()


def test_alibi_takes_off_the_slope_for_every_token_in_between() -> None:
    bias = alibi_bias(torch.tensor([0.5, 0.25]), 2, 4)  # the last 2 of 4 tokens
    expected = [[-1.0, -0.5, 0.0, -0.5], [-1.5, -1.0, -0.5, 0.0]]
    torch.testing.assert_close(bias[0], torch.tensor(expected))
    torch.testing.assert_close(bias[1], torch.tensor(expected) / 2)


@pytest.mark.parametrize("kind", POSITIONS)
def test_each_kind_acts_at_one_place_alone(kind: str) -> None:
    positions = Positions(kind, block_size=10, width=8, n_head=2)
    x = torch.randn(3, 4, 8)
    added = positions.add(x, start=5)
    assert (positions.rotary(5, 9) is not None) == (kind == "rotary")
    assert (positions.bias(4, 9) is not None) == (kind == "alibi")
    assert sum(p.numel() for p in positions.parameters()) == (80 if kind == "learned" else 0)
    assert not [name for name in positions.state_dict() if kind != "learned"]
    if kind == "sinusoidal":
        torch.testing.assert_close(added, x * 8**0.5 + sinusoids(10, 8)[5:9], **CLOSE)
    elif kind == "learned":
        torch.testing.assert_close(added, x + positions.table.weight[5:9], **CLOSE)
    else:
        assert added is x


def test_places_handed_out_in_pieces_are_those_of_the_whole() -> None:
    cos, sin = Positions("rotary", 10, 8, 2).rotary(3, 10)
    whole = both_halves(*rotary_tables(10, 4))
    assert torch.equal(cos, whole[0][3:])
    assert torch.equal(sin, whole[1][3:])
    alibi = Positions("alibi", 10, 8, 2)
    assert torch.equal(alibi.bias(10, 10)[:, 7:], alibi.bias(3, 10))


@pytest.mark.parametrize(
    ("kind", "tied", "std"),
    [("rotary", False, 1.0), ("learned", False, 1.0), ("sinusoidal", False, 0.125)]
    + [(kind, True, 0.02) for kind in POSITIONS],
)
def test_tables_start_at_the_size_that_suits_them(kind: str, tied: bool, std: float) -> None:
    embedding, positions = nn.Embedding(200, 64), Positions(kind, 100, 64, 2)
    start_embedding(embedding, positions, tied=tied)
    assert embedding.weight.std().item() == pytest.approx(std, rel=0.05)
    if kind == "learned":
        assert positions.table.weight.std().item() == pytest.approx(std, rel=0.05)
