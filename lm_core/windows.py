"""Cutting a stream of ids into rows that a model can read, for training and for scoring.

A row covers the inputs `ids[begin : begin + length]` and asks for the token after each. A sequence
longer than a row continues in further rows. When `overlap` is given, each further row starts that
many tokens earlier and asks only for what was not asked before, so that no token is predicted from
less than `overlap` tokens of context (except at the start of its sequence).
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from lm_core.encoded import Encoded
from lm_core.models.contract import IGNORED


@dataclass(frozen=True)
class Rows:
    """`begin`, `length` and `skip` (first targets not asked for), each (R,) int64."""

    begin: Tensor
    length: Tensor
    skip: Tensor

    def __len__(self) -> int:
        return len(self.begin)

    @property
    def asked(self) -> int:
        """How many tokens all rows together ask for."""
        return int((self.length - self.skip).sum())

    def __getitem__(self, which: Tensor | slice) -> "Rows":
        return Rows(self.begin[which], self.length[which], self.skip[which])


def cut(encoded: Encoded, size: int, overlap: int = 0) -> Rows:
    """Rows of at most `size` inputs that together ask for every token exactly once.

    Args:
        encoded: N ids, S sequences.
        size: inputs in a row, at least 1.
        overlap: tokens read again at the start of a further row, less than `size`.
    """
    starts = encoded.starts.cpu().numpy()
    last = np.append(starts[1:], len(encoded.ids) - 1)  # where each sequence's last target is
    wanted = last - starts  # predictions of each sequence
    stride = size - overlap
    rows = np.maximum(1, -(-(wanted - overlap) // stride))  # ceil; the first row asks for `size`
    sequence = np.repeat(np.arange(len(starts)), rows)
    k = np.arange(len(sequence)) - np.repeat(rows.cumsum() - rows, rows)  # 0, 1, .. in a sequence
    begin = starts[sequence] + k * stride
    length = np.minimum(size, last[sequence] - begin)
    skip = np.where(k == 0, 0, overlap)
    keep = length > skip
    return Rows(*(torch.from_numpy(np.ascontiguousarray(a[keep])) for a in (begin, length, skip)))


def gather(ids: Tensor, rows: Rows, width: int | None = None) -> tuple[Tensor, Tensor]:
    """Inputs and targets (R, T), T the `width` or the longest row; padding and skipped targets are
    IGNORED."""
    device = ids.device
    begin, length, skip = (a.to(device).unsqueeze(1) for a in (rows.begin, rows.length, rows.skip))
    t = torch.arange(width or int(rows.length.max()), device=device)
    at = (begin + t).clamp(max=len(ids) - 2)  # (R, T)
    targets = ids[at + 1].masked_fill((t >= length) | (t < skip), IGNORED)
    return ids[at], targets
