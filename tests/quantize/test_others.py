"""Dequantized weights are those of bitsandbytes and of torchao, where they agree by definition."""

import pytest
import torch
from torch import Tensor

from lm_core.quantize.schemes import SCHEMES

SHAPES = [(48, 128), (5, 192)]  # whole blocks of 64


def some(shape: tuple[int, int]) -> Tensor:
    """A matrix with an outlier, a row that leans to one side, and one of zeros."""
    weight = torch.randn(shape, generator=torch.Generator().manual_seed(1)) * 0.1
    weight[0, 3], weight[1], weight[2] = 7.0, weight[1].abs(), 0.0
    return weight


def ours(scheme: str, weight: Tensor) -> Tensor:
    found = SCHEMES[scheme]
    return found.decode(found.encode(weight), tuple(weight.shape))


@pytest.mark.parametrize("shape", SHAPES)
def test_nf4_is_that_of_bitsandbytes(shape: tuple[int, int]) -> None:
    functional = pytest.importorskip("bitsandbytes.functional")
    weight = some(shape)
    codes, state = functional.quantize_4bit(weight, blocksize=64, quant_type="nf4")
    theirs = functional.dequantize_4bit(codes, state)
    largest = weight.view(-1, 64).abs().amax(1).repeat_interleave(64).view(shape)
    off = (ours("nf4", weight) - theirs).abs()
    assert (off <= 2e-4 * largest).all()  # ours are derived, theirs copied with seven digits


@pytest.mark.parametrize("shape", SHAPES)
def test_int8_rows_are_those_of_bitsandbytes(shape: tuple[int, int]) -> None:
    functional = pytest.importorskip("bitsandbytes.functional")
    weight = some(shape)
    codes, largest, _ = functional.int8_vectorwise_quant(weight.half())
    theirs = codes.float() * largest.view(-1, 1).float() / 127
    half_steps = weight.half().float()  # which is what it reads
    torch.testing.assert_close(ours("int8-absmax", half_steps), theirs, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize(
    ("scheme", "mapping", "over"),
    [
        ("int8", "ASYMMETRIC", "channel"),
        ("int8-tensor", "ASYMMETRIC", "tensor"),
    ],
)
@pytest.mark.parametrize("shape", SHAPES)
def test_affine_int8_is_that_of_torchao(
    scheme: str, mapping: str, over: str, shape: tuple[int, int]
) -> None:
    ao = pytest.importorskip("torchao.quantization.quant_primitives")
    weight = some(shape)
    weight[2] = 1e-3  # of zeros alone torchao makes a scale of its own choice
    block = (1, shape[1]) if over == "channel" else shape
    scale, zero = ao.choose_qparams_affine(
        weight, getattr(ao.MappingType, mapping), block, torch.int8, zero_point_dtype=torch.int32
    )
    codes = ao.quantize_affine(weight, block, scale, zero, torch.int8)
    theirs = ao.dequantize_affine(codes, block, scale, zero, torch.int8)
    torch.testing.assert_close(ours(scheme, weight), theirs, atol=1e-6, rtol=1e-5)
