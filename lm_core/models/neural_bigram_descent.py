"""The neural bigram trained by hand: downhill on all pairs at once, to the table that counting
gives.

    loss = -sum of c(vw) ln softmax(W[v])[w] / N + l2 * mean(W^2),    W <- W - lr * gradient

Pairs that are alike have the same surprise, so each different one is looked up once and taken as
often as it came: the loss is the mean over all N pairs, to the last digits, at the price of V^2 of
them. It is convex, so there is one best table; without l2 it is that of the counts.
Left out on purpose: batches, and any rule but the plain step, as `training/` has them.

Shapes: V vocabulary; the counts (V, V) say how often the column's token followed the row's.
"""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from lm_core.models.neural_bigram import NeuralBigram, NeuralBigramSettings

NEWTON, HALVINGS = 60, 20  # steps at most, and halvings of one
FLAT = 1e-12  # slope at the bottom


class Downhill(NamedTuple):
    """Where a step began."""

    step: int
    nats: float  # mean surprise of a pair
    penalty: float


def untrained(vocab_size: int, *, l2: float = 0.0, seed: int = 0) -> NeuralBigram:
    """A table of logits close to 0, where every token is alike."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return NeuralBigram(NeuralBigramSettings(l2=l2), vocab_size)


def softmax_table(model: NeuralBigram) -> Tensor:
    """p of every token (column) after every token (row), (V, V) float64."""
    return model.table.weight.detach().double().softmax(-1)


def surprise(model: NeuralBigram, counts: Tensor) -> tuple[Tensor, Tensor]:
    """The mean nats of the pairs counted in `counts` (V, V), and the penalty."""
    logits, _ = model(torch.arange(model.vocab_size)[None])  # (1, V, V)
    nats = -(counts * logits[0].log_softmax(-1)).sum() / counts.sum()
    return nats, model.settings.l2 * model.table.weight.square().mean()


def descend(model: NeuralBigram, counts: Tensor, *, lr: float) -> Iterator[Downhill]:
    """A step at each look, as long as anybody looks; the first look is before any step."""
    optimizer, step = torch.optim.SGD(model.parameters(), lr=lr), 0
    while True:
        optimizer.zero_grad()
        nats, penalty = surprise(model, counts)
        yield Downhill(step, nats.item(), penalty.item())
        (nats + penalty).backward()
        optimizer.step()
        step += 1


def fit(counts: Tensor, *, l2: float) -> NeuralBigram:
    """The best table for `counts` (V, V) at this price of weights, by Newton's steps: each goes to
    the bottom of the parabola that fits the loss here, halved until it goes down. The rows do not
    know of each other, so each has a parabola of its own.

    Raises:
        ValueError: no price. The best table is then that of the counts, and pairs that never came
            would need weights without end.
    """
    if l2 <= 0:
        raise ValueError("without a price of weights there is no best table but the counts")
    V = len(counts)
    model = untrained(V, l2=l2).double()
    W, total, shares = model.table.weight.detach().zero_(), counts.sum(), counts.double()
    best = _objective(model, counts)
    for _ in range(NEWTON):
        p = W.softmax(-1)  # (V, V)
        rows = shares.sum(1, keepdim=True) / total  # (V, 1)
        slope = rows * p - shares / total + 2 * l2 / V**2 * W
        if slope.abs().max() < FLAT:
            break
        curvature = rows[..., None] * (
            torch.diag_embed(p) - p[:, :, None] * p[:, None, :]
        )  # (V, V, V)
        curvature += (2 * l2 / V**2) * torch.eye(V, dtype=torch.float64)
        step, before = torch.linalg.solve(curvature, slope), W.clone()
        for halved in range(HALVINGS):
            W.copy_(before - step / 2**halved)
            now = _objective(model, counts)
            if now <= best:
                best = now
                break
        else:  # no step goes down any more: as far as the digits tell, this is the bottom
            W.copy_(before)
            break
    return model


def _objective(model: NeuralBigram, counts: Tensor) -> float:
    with torch.no_grad():
        return float(sum(surprise(model, counts)))


def loss_of(table: Tensor, counts: Tensor) -> float:
    """Mean nats of the pairs of `counts` (V, V) under probabilities (V, V); infinite where one that
    came has none."""
    seen = counts > 0
    return float(-(counts[seen] * table.double()[seen].log()).sum() / counts.sum())


def apart(one: Tensor, other: Tensor, rows: Tensor) -> float:
    """How far two tables (V, V) are apart: the share of probability that lies elsewhere, half the
    sum of the differences of a row, as the mean over rows that came so often, (V,)."""
    off = (one.double() - other.double()).abs().sum(-1) / 2  # (V,)
    return float((off * rows).sum() / rows.sum())
