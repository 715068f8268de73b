"""What can be chosen: how many bits, what shares a scale, which levels.

A weight of any shape becomes a few tensors (`Parts`): its codes, two to a byte where they have four
bits, and its scales. `encode` and `decode` are all that knows a scheme; a file holds the parts by
name, and `parts_of` says beforehand which, of what shape and type.

Q8_0 and Q4_0 are llama.cpp's: blocks of 32 with a scale of 16 bits. Q4_0 gives the largest weight
of a block the code -8, with its sign, so that all sixteen codes are used.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from lm_core.errors import BadSettings
from lm_core.quantize import affine
from lm_core.quantize.blocks import GROUP, in_blocks, restore, squeeze
from lm_core.quantize.levels import nearest, nf4_levels
from lm_core.quantize.packing import pack, unpack

Parts = dict[str, Tensor]
HALF_LARGEST = torch.finfo(torch.float16).max


@dataclass(frozen=True)
class Scheme:
    """One way to store a weight.

    Args:
        bits: of a code, 8 or 4.
        over: what shares a scale: "tensor", "channel" (a row of the matrix), or "block".
        codes: "affine" (scale and zero point), "absmax", "extreme" (as Q4_0) or "nf4".
        block: weights in a block.
        double: the scales are int8 too.
        half: the scales have 16 bits.
    """

    name: str
    title: str
    idea: str
    bits: int
    over: str
    codes: str
    block: int = 0
    double: bool = False
    half: bool = False
    NF4: ClassVar[Tensor] = nf4_levels()

    def encode(self, weight: Tensor) -> Parts:
        """The parts of a weight of any shape.

        Raises:
            BadSettings: a scale is too large for 16 bits.
        """
        groups = self.groups(weight.detach().float())  # (G, S)
        if self.codes == "affine":
            scale, zero = affine.affine(groups, self.bits)
            codes = affine.encode(groups, scale, zero, self.bits)
            return self._stored(codes, weight, {"scale": scale, "zero": zero.to(torch.int8)})
        if self.codes == "extreme":
            extreme = groups.gather(1, groups.abs().argmax(1, keepdim=True)).squeeze(1)
            scale = extreme / -8
        elif self.codes == "absmax":
            scale = groups.abs().amax(1) / affine.code_range(self.bits)[1]
        else:
            scale = groups.abs().amax(1)
        kept = self._scales(scale)
        scale = affine.usable(self.scales(kept))  # what will be read again, and so the best codes
        if self.codes == "nf4":
            codes = nearest(groups / scale.unsqueeze(1), self.NF4)
        else:
            low, high = affine.code_range(self.bits)
            low = low if self.codes == "extreme" else -high
            codes = affine.encode(groups, scale, 0.0, self.bits).clamp(min=low)
        return self._stored(codes, weight, kept)

    def decode(self, parts: Parts, shape: tuple[int, ...]) -> Tensor:
        """The weight that `parts` stand for, float32 of this shape."""
        N, scale = math.prod(shape), self.scales(parts)
        codes = unpack(parts["codes"], N) if self.bits == 4 else parts["codes"].flatten()
        if self.codes == "nf4":
            values = self.NF4[codes.long()]
        else:
            values = codes.float() - (8.0 if self.bits == 4 else 0.0)
        groups = self.groups(values.view(shape))
        if "zero" in parts:
            groups = groups - parts["zero"].float().unsqueeze(1)
        return (groups * scale.unsqueeze(1)).flatten()[:N].view(shape)

    def groups(self, weight: Tensor) -> Tensor:
        """The numbers that share a scale, side by side: (G, S)."""
        if self.over == "block":
            return in_blocks(weight.flatten(), self.block)
        return weight.reshape(1, -1) if self.over == "tensor" else weight.flatten(1)

    def levels(self, parts: Parts, group: int) -> Tensor:
        """All numbers that a weight of this group can become, in order."""
        scale = float(self.scales(parts)[group])
        if self.codes == "nf4":
            return self.NF4 * scale
        zero = float(parts["zero"][group]) if "zero" in parts else 0.0
        found = affine.levels(scale, zero, self.bits)
        found = found[1:] if self.codes == "absmax" else found  # the lowest code is not used
        return found.sort().values

    def group_of(self, shape: tuple[int, ...], row: int, column: int) -> int:
        """Which scale a weight of a matrix has."""
        if self.over == "block":
            return (row * shape[1] + column) // self.block
        return row if self.over == "channel" else 0

    def scales(self, parts: Parts) -> Tensor:
        """The scale of each group, (G,) float32."""
        if self.double:
            return restore(parts["scale"], parts["steps"], parts["mean"])
        return parts["scale"].float()

    def parts_of(self, shape: tuple[int, ...]) -> dict[str, tuple[tuple[int, ...], torch.dtype]]:
        """Shape and type of each part of a weight of this shape."""
        N = math.prod(shape)
        G = {"tensor": 1, "channel": shape[0], "block": -(-N // max(1, self.block))}[self.over]
        codes = ((-(-N // 2),), torch.uint8) if self.bits == 4 else (shape, torch.int8)
        found = {"codes": codes, "scale": ((G,), torch.float16 if self.half else torch.float32)}
        if self.double:
            groups = (-(-G // GROUP),)
            found |= {"scale": ((G,), torch.int8)}
            found |= {"steps": (groups, torch.float32), "mean": ((1,), torch.float32)}
        if self.codes == "affine":
            found["zero"] = ((G,), torch.int8)
        return found

    def bits_per_weight(self, shape: tuple[int, ...]) -> float:
        """All bits of the parts over the weights of such a matrix."""
        return 8 * sum(bytes_of(*part) for part in self.parts_of(shape).values()) / math.prod(shape)

    def _scales(self, scale: Tensor) -> Parts:
        if self.double:
            return squeeze(scale)
        if not self.half:
            return {"scale": scale}
        if float(scale.abs().max()) > HALF_LARGEST:
            raise BadSettings(
                f"A weight is too large for the 16-bit scales of {self.name}: take another scheme."
            )
        return {"scale": scale.half()}

    def _stored(self, codes: Tensor, weight: Tensor, scales: Parts) -> Parts:
        codes = codes.flatten()[: weight.numel()]
        if self.bits == 4:
            return {"codes": pack(codes if self.codes == "nf4" else codes + 8), **scales}
        return {"codes": codes.to(torch.int8).view(weight.shape), **scales}


def bytes_of(shape: tuple[int, ...], dtype: torch.dtype) -> int:
    """That such a tensor takes."""
    return math.prod(shape) * dtype.itemsize


SCHEMES: dict[str, Scheme] = {
    scheme.name: scheme
    for scheme in (
        Scheme(
            "int8",
            "int8, a scale a channel",
            "Scale and zero point for each row of a matrix.",
            8,
            "channel",
            "affine",
        ),
        Scheme(
            "int8-absmax",
            "int8 absmax, a scale a channel",
            "As wide above zero as below, for each row: no zero point.",
            8,
            "channel",
            "absmax",
        ),
        Scheme(
            "int8-tensor",
            "int8, one scale",
            "One scale and one zero point for the whole matrix.",
            8,
            "tensor",
            "affine",
        ),
        Scheme(
            "q8_0",
            "Q8_0",
            "int8 absmax in blocks of 32 with 16-bit scales, as llama.cpp names it.",
            8,
            "block",
            "absmax",
            32,
            half=True,
        ),
        Scheme(
            "int4",
            "int4 absmax, blocks of 64",
            "Fifteen equal steps, a scale for 64 neighbours.",
            4,
            "block",
            "absmax",
            64,
        ),
        Scheme(
            "q4_0",
            "Q4_0",
            "Sixteen equal steps in blocks of 32 with 16-bit scales, as llama.cpp names it.",
            4,
            "block",
            "extreme",
            32,
            half=True,
        ),
        Scheme(
            "nf4",
            "NF4, blocks of 64",
            "Sixteen levels at the quantiles of a normal distribution, a scale for 64 neighbours.",
            4,
            "block",
            "nf4",
            64,
        ),
        Scheme(
            "nf4-double",
            "NF4, double quantization",
            "The same, its scales quantized too, as int8.",
            4,
            "block",
            "nf4",
            64,
            double=True,
        ),
    )
}


def scheme_of(name: str) -> Scheme:
    """The scheme of that name.

    Raises:
        BadSettings: there is none.
    """
    if name in SCHEMES:
        return SCHEMES[name]
    raise BadSettings(f"There is no scheme {name!r}: choose one of {', '.join(SCHEMES)}.")
