"""Two codes a byte."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from lm_core.quantize.packing import pack, unpack


@given(st.lists(st.integers(0, 15), max_size=33))
def test_what_is_packed_comes_back_in_half_the_bytes(codes: list[int]) -> None:
    packed = pack(torch.tensor(codes, dtype=torch.int64))
    assert packed.dtype == torch.uint8
    assert packed.nbytes == (len(codes) + 1) // 2
    assert unpack(packed, len(codes)).tolist() == codes


def test_the_first_code_is_in_the_low_half() -> None:
    assert pack(torch.tensor([1, 2, 3])).tolist() == [0x21, 0x03]
