"""A data set and its loader, as torch has them (TensorDataset, DataLoader), in a few lines.

    data[i]       row i of every tensor: its features and its target
    for batch     rows after rows, each once in an epoch; shuffled, in a new order each epoch

With the same seed the batches of every epoch are those of torch.utils.data (its test). Left out on
purpose: workers, other samplers, data that is no tensor.
"""

from collections.abc import Iterator

import torch
from torch import Tensor


class Rows:
    """Tensors whose first axis counts the same rows: features (N, F) and targets (N,), say."""

    def __init__(self, *tensors: Tensor) -> None:
        if len({len(one) for one in tensors}) != 1:
            raise ValueError("the tensors do not have the same number of rows")
        self.tensors = tensors

    def __len__(self) -> int:
        return len(self.tensors[0])

    def __getitem__(self, at: int | Tensor) -> tuple[Tensor, ...]:
        return tuple(one[at] for one in self.tensors)


class Loader:
    """Hands out the rows in batches; each time it is gone through is an epoch.

    Args:
        batch_size: rows in a batch; the last one has what is left.
        shuffle: in a new order each epoch; else as the rows stand.
        drop_last: leave out a last batch that is not full.
        seed: of all its orders.
    """

    def __init__(
        self,
        data: Rows,
        batch_size: int,
        *,
        shuffle: bool = False,
        drop_last: bool = False,
        seed: int = 0,
    ) -> None:
        self.data, self.batch_size = data, batch_size
        self.shuffle, self.drop_last = shuffle, drop_last
        self.generator = torch.Generator().manual_seed(seed)

    def __iter__(self) -> Iterator[tuple[Tensor, ...]]:
        for places in self.places():
            yield self.data[places]

    def places(self) -> list[Tensor]:
        """Which rows are in each batch of the next epoch."""
        order = self._order()  # (N,)
        batches = list(order.split(self.batch_size))
        if self.drop_last and len(batches[-1]) < self.batch_size:
            del batches[-1]
        return batches

    def _order(self) -> Tensor:
        N, g = len(self.data), self.generator
        torch.empty((), dtype=torch.int64).random_(generator=g)  # torch seeds its workers by this
        if not self.shuffle:
            return torch.arange(N)
        order = torch.randperm(N, generator=g)
        torch.randperm(N, generator=g)  # torch begins another round, and takes none of it
        return order
