"""Two codes of four bits in a byte: the first in the low half, the second in the high one."""

from torch import Tensor
from torch.nn import functional as F


def pack(codes: Tensor) -> Tensor:
    """(N,) whole numbers from 0 to 15 -> (N / 2,) uint8, rounded up; a last half is left 0."""
    pairs = F.pad(codes.byte(), (0, len(codes) % 2)).view(-1, 2)  # (N / 2, 2)
    return pairs[:, 0] | pairs[:, 1] << 4


def unpack(packed: Tensor, count: int) -> Tensor:
    """The first `count` codes of (N / 2,) uint8: (count,) uint8."""
    halves = packed.new_empty(len(packed), 2)
    halves[:, 0], halves[:, 1] = packed & 15, packed >> 4
    return halves.view(-1)[:count]
