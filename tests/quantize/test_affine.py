"""int8 and int4 by a scale and a zero point, beside torch's own fake quantization."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lm_core.quantize import affine

NUMBERS = st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=40)


@given(NUMBERS, st.sampled_from([4, 8]))
def test_a_round_trip_errs_by_half_a_step_at_most(numbers: list[float], bits: int) -> None:
    group = torch.tensor([numbers])
    scale, zero = affine.affine(group, bits)
    back = affine.decode(affine.encode(group, scale, zero, bits), scale, zero)
    assert ((back - group).abs() <= 0.5 * scale * (1 + 1e-4) + 1e-30).all()
    scale = affine.absmax(group, bits)
    back = affine.decode(affine.encode(group, scale, 0.0, bits), scale, 0.0)
    assert ((back - group).abs() <= 0.5 * scale * (1 + 1e-4) + 1e-30).all()


@given(NUMBERS)
def test_zero_stays_zero(numbers: list[float]) -> None:
    group = torch.tensor([[*numbers, 0.0]])
    scale, zero = affine.affine(group)
    assert affine.decode(affine.encode(group, scale, zero), scale, zero)[0, -1] == 0


def test_it_is_what_torch_does_with_the_same_scale_and_zero_point() -> None:
    groups = torch.randn(5, 33, generator=torch.Generator().manual_seed(0))
    scale, zero = affine.affine(groups)
    ours = affine.decode(affine.encode(groups, scale, zero), scale, zero)
    theirs = torch.fake_quantize_per_channel_affine(groups, scale, zero, 0, -128, 127)
    torch.testing.assert_close(ours, theirs, atol=1e-6, rtol=0)


def test_the_ends_of_the_range_are_the_ends_of_the_codes() -> None:
    group = torch.tensor([[-1.0, 0.0, 3.0]])
    scale, zero = affine.affine(group)
    assert affine.encode(group, scale, zero).tolist() == [[-128.0, -64.0, 127.0]]
    assert affine.levels(float(scale), float(zero))[0] == pytest.approx(-1.0, abs=0.01)
    assert affine.absmax(torch.zeros(1, 3)).tolist() == [1.0]
