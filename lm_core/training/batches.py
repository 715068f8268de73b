"""Which examples each step reads: a pure function of the seed and the step number.

So a run that resumes at step 300 reads what it would have read, and nothing about the position in
the data has to be saved.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class Batch:
    """Some rows of examples. `inputs` are what the loss is asked with, each (B, ...); `asked`
    targets count, known without asking the device. `fresh` (B,) bool: rows that do not go on from
    the batch before, so that a hidden state must be dropped; None means all of them."""

    inputs: tuple[Tensor, ...]
    asked: int
    fresh: Tensor | None = None

    def __len__(self) -> int:
        return len(self.inputs[0])

    @property
    def places(self) -> Tensor | None:
        """Where in rows that are padded something is asked for, (B, T) bool; None where rows are
        not padded."""
        return None


class Batches:
    """`batches.at(step)` for any step, in any order. A kind of data says which rows a step reads
    and what a batch of them is."""

    batch_size: int  # rows of a whole batch, at most what was asked for

    def rows(self, step: int) -> tuple[Any, Tensor | None]:
        """Which rows that step reads, to be indexed by number, with `asked` targets in them; and
        which of them are fresh (see `Batch`)."""
        raise NotImplementedError

    def batch(self, rows: Any, fresh: Tensor | None, width: int | None = None) -> Batch:
        """The batch of these rows, `width` wide where all pieces have to be of one width."""
        raise NotImplementedError

    def width(self, rows: Any) -> int | None:
        """Of the widest row; None where all are alike."""
        return None

    def at(self, step: int) -> Batch:
        """The whole batch of that step."""
        return self.batch(*self.rows(step))

    def parts(
        self, step: int, *, rows: int | None = None, cuts: int = 1, rank: int = 0, world: int = 1
    ) -> tuple[list[Batch], int]:
        """The batch of that step in pieces for one of several processes, and how many targets
        count in it over all processes. All have as many pieces, of one width: a model may use other
        weights for short rows, and processes that share gradients must use the same.

        Args:
            rows: rows that all processes read together, spread evenly over the whole batch.
            cuts: pieces a process reads one after the other, fewer where one has fewer rows.
            rank, world: this process reads the `rank`-th of `world` equal shares.
        """
        whole, fresh = self.rows(step)
        if rows is not None and rows < len(whole):
            spread = torch.arange(rows) * len(whole) // rows
            whole = whole[spread]
            fresh = None if fresh is None else fresh[spread.to(fresh.device)]
        first, last = (len(whole) * k // world for k in (rank, rank + 1))
        cuts = max(1, min(cuts, len(whole) // world))
        width = self.width(whole) if world > 1 else None
        at = [first + (last - first) * k // cuts for k in range(cuts + 1)]
        parts = [
            self.batch(whole[a:b], None if fresh is None else fresh[a:b], width)
            for a, b in pairwise(at)
        ]
        return parts, whole.asked


class Epochs:
    """Numbers of examples in a new order in each epoch; the few that do not fill a last batch wait
    for the next epoch."""

    def __init__(self, examples: int, batch_size: int, seed: int) -> None:
        self.examples, self.batch_size, self.seed = examples, min(batch_size, examples), seed
        self._epoch, self._order = -1, torch.empty(0)

    def at(self, step: int) -> Tensor:
        """Which examples that step reads, (B,) int64."""
        epoch, k = divmod(step, self.examples // self.batch_size)
        if epoch != self._epoch:
            order = np.random.default_rng((self.seed, epoch)).permutation(self.examples)
            self._epoch, self._order = epoch, torch.from_numpy(order)
        return self._order[k * self.batch_size : (k + 1) * self.batch_size]


class Chosen:
    """Examples by number, each with one target."""

    def __init__(self, numbers: Tensor) -> None:
        self.numbers = numbers

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, which: Tensor | slice) -> "Chosen":
        return Chosen(self.numbers[which])

    @property
    def asked(self) -> int:
        return len(self.numbers)


class Examples(Batches):
    """Examples that are rows of tensors, each (N, ...): a picture and its label, a text and its
    class. In a new order in each epoch."""

    def __init__(self, tensors: Sequence[Tensor], batch_size: int, seed: int) -> None:
        self.tensors, self.epochs = tuple(tensors), Epochs(len(tensors[0]), batch_size, seed)
        self.batch_size = self.epochs.batch_size

    def rows(self, step: int) -> tuple[Chosen, None]:
        return Chosen(self.epochs.at(step)), None

    def batch(self, rows: Chosen, fresh: None, width: int | None = None) -> Batch:
        at = rows.numbers.to(self.tensors[0].device)
        return Batch(tuple(tensor[at] for tensor in self.tensors), asked=rows.asked)
