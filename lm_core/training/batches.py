"""Which tokens each step reads: a pure function of the seed and the step number.

So a run that resumes at step 300 reads what it would have read, and nothing about the position in
the data has to be saved. The ids stay in one tensor on the device; a batch is gathered by index.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from lm_core.encoded import Encoded
from lm_core.errors import BadText
from lm_core.windows import Rows, cut, gather


@dataclass(frozen=True)
class Batch:
    """Inputs and targets, both (B, T). `fresh` (B,) bool: rows that do not go on from the batch
    before, so that a carried state must be dropped; None means all of them."""

    idx: Tensor
    targets: Tensor
    asked: int  # targets that count, known without asking the device
    fresh: Tensor | None = None

    @classmethod
    def of(
        cls, ids: Tensor, rows: Rows, fresh: Tensor | None = None, width: int | None = None
    ) -> "Batch":
        """The batch that `rows` cut out of `ids`; `width` as for `gather`."""
        return cls(*gather(ids, rows, width), asked=rows.asked, fresh=fresh)


class Batches:
    """`batches.at(step)` for any step, in any order."""

    ids: Tensor
    batch_size: int  # rows of a whole batch, at most what was asked for

    @staticmethod
    def of(encoded: Encoded, *, batch_size: int, size: int, seed: int, along: bool) -> "Batches":
        """The right kind: rows of items, pieces along the text, or windows at random.

        Args:
            size: T, the most inputs in a row.
            along: successive batches continue each other's rows (for a carried state).
        """
        if encoded.predictions < 1:
            raise BadText("There is too little text to train on: give at least two tokens.")
        if encoded.items:
            return ItemRows(encoded, batch_size, size, seed)
        size = min(size, encoded.predictions)
        if along:
            return AlongText(encoded, batch_size, size)
        return RandomWindows(encoded, batch_size, size, seed)

    def rows(self, step: int) -> tuple[Rows, Tensor | None]:
        """Which rows that step reads, and which of them are fresh (see `Batch`)."""
        raise NotImplementedError

    def at(self, step: int) -> Batch:
        """The whole batch of that step."""
        rows, fresh = self.rows(step)
        return Batch.of(self.ids, rows, fresh)

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
        width = int(whole.length.max()) if world > 1 else None
        at = [first + (last - first) * k // cuts for k in range(cuts + 1)]
        parts = [
            Batch.of(self.ids, whole[a:b], None if fresh is None else fresh[a:b], width)
            for a, b in pairwise(at)
        ]
        return parts, whole.asked


class ItemRows(Batches):
    """Items, one a row, in a new order in each epoch; the few that do not fill a last batch wait
    for the next epoch."""

    def __init__(self, encoded: Encoded, batch_size: int, size: int, seed: int) -> None:
        self.ids, self.items, self.seed = encoded.ids, cut(encoded, size), seed
        self.batch_size = min(batch_size, len(self.items))
        self._epoch, self._order = -1, torch.empty(0)

    def rows(self, step: int) -> tuple[Rows, None]:
        per_epoch = len(self.items) // self.batch_size
        epoch, k = divmod(step, per_epoch)
        if epoch != self._epoch:
            order = np.random.default_rng((self.seed, epoch)).permutation(len(self.items))
            self._epoch, self._order = epoch, torch.from_numpy(order)
        which = self._order[k * self.batch_size : (k + 1) * self.batch_size]
        return self.items[which], None


class RandomWindows(Batches):
    """Windows that begin anywhere in the running text."""

    def __init__(self, encoded: Encoded, batch_size: int, size: int, seed: int) -> None:
        self.ids, self.batch_size, self.size, self.seed = encoded.ids, batch_size, size, seed

    def rows(self, step: int) -> tuple[Rows, None]:
        rng = np.random.default_rng((self.seed, step))
        begin = torch.from_numpy(rng.integers(0, len(self.ids) - self.size, self.batch_size))
        return Rows(begin, torch.full_like(begin, self.size), torch.zeros_like(begin)), None


class AlongText(Batches):
    """B readers spread over the text, each reading on where it stopped (Zaremba et al. 2014).

    Every reader starts from nothing again after RESTART batches, each at another time: a model
    that has only ever seen a state thousands of tokens old writes badly from an empty one.
    """

    RESTART = 16

    def __init__(self, encoded: Encoded, batch_size: int, size: int) -> None:
        self.ids = encoded.ids
        self.batch_size = max(1, min(batch_size, encoded.predictions // size))
        self.stretch = encoded.predictions // self.batch_size  # predictions of each reader
        self.size = min(size, self.stretch)
        self.readers = torch.arange(self.batch_size) * self.stretch

    def rows(self, step: int) -> tuple[Rows, Tensor]:
        lap, k = divmod(step, self.stretch // self.size)
        # Each lap begins elsewhere, so that the cuts between pieces do not always fall alike.
        shift = (lap * self.size // 3) % (self.stretch % self.size + 1)
        begin = self.readers + k * self.size + shift
        rows = Rows(begin, torch.full_like(begin, self.size), torch.zeros_like(begin))
        fresh = (torch.arange(self.batch_size) + k) % self.RESTART == 0
        fresh = fresh | (k == 0)
        return rows, fresh.to(self.ids.device)
