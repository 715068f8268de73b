"""Every scheme: what it stores, how far it errs, how many bits it takes."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lm_core.errors import BadSettings
from lm_core.quantize.schemes import SCHEMES, scheme_of

SHAPES = [(1, 1), (3, 5), (7, 64), (64, 130), (33, 4, 3)]


def weights(shape: tuple[int, ...], seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed)) / 8


@pytest.mark.parametrize("name", SCHEMES)
@pytest.mark.parametrize("shape", SHAPES)
def test_the_parts_are_what_was_planned(name: str, shape: tuple[int, ...]) -> None:
    scheme, weight = SCHEMES[name], weights(shape)
    parts = scheme.encode(weight)
    found = {part: (tuple(tensor.shape), tensor.dtype) for part, tensor in parts.items()}
    assert found == scheme.parts_of(shape)
    stored = 8 * sum(tensor.nbytes for tensor in parts.values())
    assert stored / weight.numel() == pytest.approx(scheme.bits_per_weight(shape))
    back = scheme.decode(parts, shape)
    assert back.shape == weight.shape
    again = scheme.decode(scheme.encode(back), shape)
    if not (scheme.double or scheme.half or scheme.codes == "affine"):
        torch.testing.assert_close(again, back)  # what has been rounded stays where it is


@pytest.mark.parametrize("name", SCHEMES)
@given(seed=st.integers(0, 1000), large=st.floats(1.0, 1e4))
def test_each_weight_becomes_the_nearest_level(name: str, seed: int, large: float) -> None:
    scheme, weight = SCHEMES[name], weights((4, 96), seed)
    weight[0, 0] *= large
    parts = scheme.encode(weight)
    back = scheme.decode(parts, (4, 96))
    for row, column in ((0, 0), (0, 1), (2, 70), (3, 95)):
        levels = scheme.levels(parts, scheme.group_of((4, 96), row, column))
        assert levels.diff().min() >= 0
        error = (levels - weight[row, column]).abs().min()
        reach = float(levels.abs().max())
        assert abs(back[row, column] - weight[row, column]) <= error + 1e-5 * reach


def test_bits_are_the_known_ones() -> None:
    bits = {name: scheme.bits_per_weight((4096, 4096)) for name, scheme in SCHEMES.items()}
    assert bits["q8_0"] == 8.5
    assert bits["q4_0"] == bits["int4"] == bits["nf4"] == 4.5
    assert bits["nf4-double"] == pytest.approx(4.127, abs=1e-3)
    assert bits["int8-tensor"] == pytest.approx(8, abs=1e-4)


def test_normal_weights_lose_less_by_nf4_than_by_equal_steps() -> None:
    weight = weights((128, 128))
    error = {
        name: float(
            (SCHEMES[name].decode(SCHEMES[name].encode(weight), (128, 128)) - weight).norm()
        )
        for name in ("int4", "nf4", "nf4-double")
    }
    assert error["nf4"] < 0.9 * error["int4"]
    assert error["nf4-double"] == pytest.approx(error["nf4"], rel=0.01)


def test_zeros_stay_and_what_16_bits_do_not_hold_is_refused() -> None:
    for scheme in SCHEMES.values():
        assert not scheme.decode(scheme.encode(torch.zeros(2, 70)), (2, 70)).any()
    with pytest.raises(BadSettings, match="too large for the 16-bit scales"):
        SCHEMES["q8_0"].encode(torch.full((2, 2), 1e12))
    with pytest.raises(BadSettings, match="There is no scheme 'int3'"):
        scheme_of("int3")
