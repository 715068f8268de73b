"""Batches of rows of different lengths: rows of like length together, so that little is padding.

    [a b c 1]           the order is new in each epoch; every STRETCH batches in a row are sorted by
    [d e 1 1]  1 = -1   length, cut, and taken in an order of their own

What is missing at the end of a row is -1, which is no token of any vocabulary.
"""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor

from lm_core.models.contract import IGNORED
from lm_core.training.batches import Batches

T = TypeVar("T")

STRETCH = 32  # batches that are sorted together


def flat(rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Rows of ids -> all ids in one (N,), and where each row begins, with the end (R + 1,)."""
    lengths = np.fromiter((len(row) for row in rows), dtype=np.int64, count=len(rows))
    ids = np.concatenate([np.asarray(row, dtype=np.int64) for row in rows] or [np.zeros(0)])
    ends = np.concatenate([[0], lengths.cumsum()])
    return torch.from_numpy(ids.astype(np.int64)), torch.from_numpy(ends)


def mixed(rows: Sequence[T]) -> list[T]:
    """The rows in a fixed random order, so that the first of them are a fair part of all."""
    return [rows[k] for k in np.random.default_rng(0).permutation(len(rows))]


def gathered(ids: Tensor, starts: Tensor, which: Tensor, most: int | None = None) -> Tensor:
    """The rows `which` (B,) of what `flat` gives -> (B, T), -1 at the end of short ones.

    Args:
        most: tokens of a row; longer ones are cut.
    """
    begin, end = starts[which], starts[which + 1]
    length = end - begin if most is None else (end - begin).clamp(max=most)
    place = torch.arange(int(length.max()) if len(length) else 0, device=ids.device)
    there = place < length.unsqueeze(1)  # (B, T)
    at = (begin.unsqueeze(1) + place).clamp(max=max(0, len(ids) - 1))
    return ids[at].masked_fill(~there, IGNORED) if len(ids) else at.masked_fill(~there, IGNORED)


class Buckets:
    """Numbers of examples, those of like length together, in a new order in each epoch; a pure
    function of the seed and the step. The few that do not fill a last batch wait for the next
    epoch.

    Args:
        lengths: (R,) of the examples.
    """

    def __init__(self, lengths: Tensor, batch_size: int, seed: int) -> None:
        self.lengths, self.seed = lengths.cpu().numpy(), seed
        self.batch_size = min(batch_size, len(self.lengths))
        self._epoch, self._order = -1, torch.empty(0)

    def at(self, step: int) -> Tensor:
        """Which examples that step reads, (B,) int64."""
        epoch, k = divmod(step, len(self.lengths) // self.batch_size)
        if epoch != self._epoch:
            self._epoch, self._order = epoch, self._shuffled(epoch)
        return self._order[k]

    def _shuffled(self, epoch: int) -> Tensor:
        """(batches, B)"""
        rng, B = np.random.default_rng((self.seed, epoch)), self.batch_size
        whole = len(self.lengths) // B * B
        order = rng.permutation(len(self.lengths))[:whole]
        for first in range(0, whole, STRETCH * B):
            some = order[first : first + STRETCH * B]
            order[first : first + STRETCH * B] = some[np.argsort(self.lengths[some], kind="stable")]
        batches = order.reshape(-1, B)  # (batches, B)
        return torch.from_numpy(batches[rng.permutation(len(batches))])


class Counted:
    """Examples by number, each with so many targets."""

    def __init__(self, numbers: Tensor, targets: Tensor) -> None:
        self.numbers, self.targets = numbers, targets

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, which: Tensor | slice) -> "Counted":
        return Counted(self.numbers[which], self.targets[which])

    @property
    def asked(self) -> int:
        return int(self.targets.sum())


class PaddedRows(Batches):
    """Batches of examples with rows of ids. What a batch of them is says a subclass.

    Args:
        lengths: (R,) tokens of each example, by which like ones are found.
        targets: (R,) that count, in each.
    """

    def __init__(self, lengths: Tensor, targets: Tensor, batch_size: int, seed: int) -> None:
        self.buckets = Buckets(lengths, batch_size, seed)
        self.targets, self.batch_size = targets.cpu(), self.buckets.batch_size

    def rows(self, step: int) -> tuple[Counted, None]:
        numbers = self.buckets.at(step)
        return Counted(numbers, self.targets[numbers]), None
