"""Which tokens the plain loop reads: what `batches.py` says, in one function for each kind of text.

    ids      h e l l o _ w o r l d          inputs    h e l l    o _ w o
    begin    0 and 4, length 4              targets   e l l o    _ w o r

A batch is inputs and targets (B, T), and which of its rows (B,) go on with nothing in memory; None
stands for all of them. A target of -1 is none: the row is shorter than others.

Shapes: N tokens of text, R rows it is cut into, B rows of a batch, T tokens in a row.
"""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor


def cut(ids: Tensor, begin: Tensor, length: Tensor) -> tuple[Tensor, Tensor]:
    """Rows of a text (N,): from each of `begin` (B,) so many tokens, and the one after each."""
    t = torch.arange(int(length.max()))  # (T,)
    at = (begin[:, None] + t).clamp(max=len(ids) - 2)  # (B, T)
    return ids[at], ids[at + 1].masked_fill(t >= length[:, None], -1)


def rows_of(ids: Tensor, starts: Sequence[int], block_size: int) -> Tensor:
    """Where rows begin, side by side, and how long each is (2, R). What begins at one of `starts`
    (a name of a list of names) shares no row with another."""
    ends = [*starts[1:], len(ids) - 1]
    rows = [
        (first, min(block_size, end - first))
        for start, end in zip(starts, ends, strict=True)
        for first in range(start, end, block_size)
    ]
    return torch.tensor(rows).T


def batches_of_items(
    ids: Tensor, starts: Sequence[int], *, batch_size: int, block_size: int, seed: int = 0
) -> Iterator[tuple]:
    """For ever: each item a row, in a new order in each round."""
    import numpy as np  # which draws what the Trainer draws

    begin, length = rows_of(ids, starts, block_size)
    B = min(batch_size, len(begin))
    for epoch in range(10**9):
        order = torch.from_numpy(np.random.default_rng((seed, epoch)).permutation(len(begin)))
        for k in range(len(begin) // B):
            which = order[k * B : (k + 1) * B]
            yield *cut(ids, begin[which], length[which]), None


def batches_at_random(
    ids: Tensor, starts: Sequence[int], *, batch_size: int, block_size: int, seed: int = 0
) -> Iterator[tuple]:
    """For ever: windows that begin anywhere in a running text."""
    import numpy as np  # which draws what the Trainer draws

    T = min(block_size, len(ids) - 1)
    for step in range(10**12):
        draw = np.random.default_rng((seed, step))
        begin = torch.from_numpy(draw.integers(0, len(ids) - T, batch_size))
        yield *cut(ids, begin, torch.full_like(begin, T)), None


def batches_along_text(
    ids: Tensor, starts: Sequence[int], *, batch_size: int, block_size: int, seed: int = 0
) -> Iterator[tuple]:
    """For ever: B readers spread over a running text, each reading on where it stopped, and with an
    empty memory after every 16 pieces. Nothing is drawn."""
    T = min(block_size, len(ids) - 1)
    B = max(1, min(batch_size, (len(ids) - 1) // T))
    stretch = (len(ids) - 1) // B  # of the text, to each reader
    T = min(T, stretch)
    for step in range(10**12):
        lap, k = divmod(step, stretch // T)
        shift = (lap * T // 3) % (stretch % T + 1)  # each lap begins elsewhere
        begin = torch.arange(B) * stretch + k * T + shift
        fresh = ((torch.arange(B) + k) % 16 == 0) | (k == 0)
        yield *cut(ids, begin, torch.full((B,), T)), fresh


def batches_in_order(
    ids: Tensor, starts: Sequence[int], *, block_size: int, most: int | None = None
) -> Iterator[tuple]:
    """Once: the whole text, or `most` of its rows, spread evenly. For measuring."""
    begin, length = rows_of(ids, starts, block_size)
    if most and len(begin) > most:
        spread = torch.linspace(0, len(begin) - 1, most).round().long()
        begin, length = begin[spread], length[spread]
    for some in torch.arange(len(begin)).split(32):
        yield *cut(ids, begin[some], length[some]), None
