"""Which tokens each step reads.

The ids stay in one tensor on the device; a batch is gathered by index.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from lm_core.encoded import Encoded
from lm_core.errors import BadText
from lm_core.models.contract import IGNORED
from lm_core.training.batches import Batch, Batches, Epochs
from lm_core.windows import Rows, cut, gather


@dataclass(frozen=True)
class TokenBatch(Batch):
    """Ids, and the token that follows each: the inputs are `idx` and `targets`, both (B, T)."""

    @classmethod
    def of(
        cls, ids: Tensor, rows: Rows, fresh: Tensor | None = None, width: int | None = None
    ) -> "TokenBatch":
        """The batch that `rows` cut out of `ids`; `width` as for `gather`."""
        return cls(gather(ids, rows, width), asked=rows.asked, fresh=fresh)

    @property
    def idx(self) -> Tensor:
        return self.inputs[0]

    @property
    def targets(self) -> Tensor:
        return self.inputs[1]

    @property
    def places(self) -> Tensor:
        return self.targets != IGNORED


class TokenBatches(Batches):
    """Rows of ids, each token to be guessed from those before it."""

    ids: Tensor

    @staticmethod
    def of(
        encoded: Encoded, *, batch_size: int, size: int, seed: int, along: bool
    ) -> "TokenBatches":
        """The right kind: rows of items, pieces along the text, or windows at random.

        Args:
            size: T, the most inputs in a row.
            along: successive batches continue each other's rows (for a hidden state).
        """
        if encoded.predictions < 1:
            raise BadText("There is too little text to train on: give at least two tokens.")
        if encoded.items:
            return ItemRows(encoded, batch_size, size, seed)
        size = min(size, encoded.predictions)
        if along:
            return AlongText(encoded, batch_size, size)
        return RandomWindows(encoded, batch_size, size, seed)

    def batch(self, rows: Rows, fresh: Tensor | None, width: int | None = None) -> TokenBatch:
        return TokenBatch.of(self.ids, rows, fresh, width)

    def width(self, rows: Rows) -> int:
        return int(rows.length.max())


class ItemRows(TokenBatches):
    """Items, one a row, in a new order in each epoch."""

    def __init__(self, encoded: Encoded, batch_size: int, size: int, seed: int) -> None:
        self.ids, self.items = encoded.ids, cut(encoded, size)
        self.epochs = Epochs(len(self.items), batch_size, seed)
        self.batch_size = self.epochs.batch_size

    def rows(self, step: int) -> tuple[Rows, None]:
        return self.items[self.epochs.at(step)], None


class RandomWindows(TokenBatches):
    """Windows that begin anywhere in the running text."""

    def __init__(self, encoded: Encoded, batch_size: int, size: int, seed: int) -> None:
        self.ids, self.batch_size, self.size, self.seed = encoded.ids, batch_size, size, seed

    def rows(self, step: int) -> tuple[Rows, None]:
        rng = np.random.default_rng((self.seed, step))
        begin = torch.from_numpy(rng.integers(0, len(self.ids) - self.size, self.batch_size))
        return Rows(begin, torch.full_like(begin, self.size), torch.zeros_like(begin)), None


class AlongText(TokenBatches):
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
