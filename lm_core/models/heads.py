"""Heads: from the vector of each place to the surprise of the token that came there.

    nats = ln sum_v exp(w_v . x + b_v)  -  (w_y . x + b_y)

With many tokens and a large vocabulary the table of all logits (N, V) is the largest thing in
memory by far, and it is read once. Here it is made a strip at a time, and made again for the
gradient: a third more arithmetic, a constant amount of memory.

The adaptive head spends less arithmetic as well: frequent tokens are told apart in full, rare ones
in groups with narrower vectors (Grave et al. 2017, "Efficient softmax approximation for GPUs"). It
counts on ids in order of frequency, as the word tokenizer gives them.

Shapes: N = B T places, C width, V vocabulary.
"""

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lm_core.models.contract import IGNORED

AT_ONCE = 1 << 23  # logits held at a time; below this many the plain way is faster
HEADS = ("linear", "adaptive")


class LinearHead(nn.Linear):
    """One row of weights for each token. Starts at zero: an untrained model says "every token
    alike", and its loss is ln V."""

    def reset_parameters(self) -> None:
        nn.init.zeros_(self.weight)
        if self.bias is not None:
            nn.init.zeros_(self.bias)

    def nats(self, x: Tensor, targets: Tensor) -> Tensor:
        """x (B, T, C), targets (B, T) -> surprise (B, T) float32; padding (-1) gives 0."""
        if targets.numel() * self.out_features <= AT_ONCE:
            return plain_nats(self(x), targets)
        flat = StripNats.apply(x.flatten(0, 1), self.weight, self.bias, targets.flatten())
        return flat.view_as(targets)


class AdaptiveHead(nn.Module):
    """`nn.AdaptiveLogSoftmaxWithLoss` behind the same two methods."""

    def __init__(self, n_in: int, vocab_size: int) -> None:
        super().__init__()
        cutoffs = [c for c in (vocab_size // 16, vocab_size // 4) if c > 0] or [1]
        cutoffs = sorted(set(cutoffs))
        self.softmax = nn.AdaptiveLogSoftmaxWithLoss(
            n_in, vocab_size, cutoffs, div_value=4.0, head_bias=True
        )
        for weight in self.softmax.parameters():
            if weight.dim() == 1 or weight.size(1) != n_in:
                nn.init.zeros_(weight)
        nn.init.zeros_(self.softmax.head.weight)
        sizes = [b - a for a, b in zip(cutoffs, [*cutoffs[1:], vocab_size], strict=True)]
        with torch.no_grad():  # a group is as likely as its tokens together: loss ln V at first
            self.softmax.head.bias[cutoffs[0] :] = torch.tensor([math.log(n) for n in sizes])

    def forward(self, x: Tensor) -> Tensor:
        """Log-probabilities (B, T, V), which are logits too."""
        return self.softmax.log_prob(x.flatten(0, 1)).view(*x.shape[:-1], -1)

    def nats(self, x: Tensor, targets: Tensor) -> Tensor:
        """As `LinearHead.nats`, computing the groups that were asked for alone."""
        scored = targets != IGNORED
        flat = self.softmax(x.flatten(0, 1), targets.where(scored, 0).flatten()).output
        if self.training:  # every weight has a gradient, of zero where its group was not asked for:
            # processes that share gradients must have the same ones
            flat = flat + 0.0 * sum(w.flatten()[:1].sum() for w in self.softmax.parameters())
        return -flat.float().view_as(targets) * scored


def make_head(kind: str, n_in: int, vocab_size: int, *, bias: bool = True) -> nn.Module:
    """The head a setting names."""
    if kind == "adaptive" and vocab_size > 2:
        return AdaptiveHead(n_in, vocab_size)
    return LinearHead(n_in, vocab_size, bias=bias)


def plain_nats(logits: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy of logits (B, T, V) that are there anyway: the twin of `StripNats`."""
    flat = F.cross_entropy(
        logits.flatten(0, 1).float(), targets.flatten(), ignore_index=IGNORED, reduction="none"
    )
    return flat.view_as(targets)


class StripNats(torch.autograd.Function):
    """Cross-entropy of x W^T + b without ever holding all of it. x (N, C), W (V, C), b (V,) or
    None, targets (N,) -> (N,) float32."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, W: Tensor, b: Tensor | None, targets: Tensor) -> Tensor:
        total = torch.empty(len(x), dtype=torch.float32, device=x.device)  # ln of the sum
        chosen = torch.empty_like(total)
        safe = targets.clamp(min=0)
        for part in _strips(len(x), len(W)):
            logits = _logits(x[part], W, b)
            total[part] = logits.logsumexp(dim=-1)
            chosen[part] = logits.gather(1, safe[part].unsqueeze(1)).squeeze(1)
        ctx.save_for_backward(x, W, b, targets, total)
        return (total - chosen) * (targets != IGNORED)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        x, W, b, targets, total = ctx.saved_tensors
        grad = grad * (targets != IGNORED)
        safe = targets.clamp(min=0)
        dx, dW = torch.empty_like(x), torch.zeros_like(W)
        db = None if b is None else torch.zeros_like(b)
        for part in _strips(len(x), len(W)):
            p = (_logits(x[part], W, b) - total[part].unsqueeze(1)).exp_()  # (n, V)
            p.scatter_add_(1, safe[part].unsqueeze(1), -torch.ones_like(p[:, :1]))
            p = (p * grad[part].unsqueeze(1)).to(x.dtype)
            dx[part] = p @ W.to(x.dtype)
            dW += (p.T @ x[part]).to(W.dtype)
            if db is not None:
                db += p.sum(dim=0).to(db.dtype)
        return dx, dW, db, None


def _strips(N: int, V: int) -> list[slice]:
    size = max(1, AT_ONCE // (4 * V))
    return [slice(a, a + size) for a in range(0, N, size)]


def _logits(x: Tensor, W: Tensor, b: Tensor | None) -> Tensor:
    return F.linear(x, W.to(x.dtype), None if b is None else b.to(x.dtype)).float()
