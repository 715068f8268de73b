"""Heads: from the vector of each place to the surprise of the token that came there.

    nats = ln sum_v exp(w_v . x + b_v)  -  (w_y . x + b_y)

With many tokens and a large vocabulary the table of all logits (N, V) is the largest thing in
memory by far, and it is read once. Here it is made a strip at a time, and each strip gives its
share of the gradient before the next is made: a constant amount of memory, and no arithmetic twice.

The adaptive head spends less arithmetic as well: frequent tokens are told apart in full, rare ones
in groups with narrower vectors (Grave et al. 2017, "Efficient softmax approximation for GPUs"). It
counts on ids in order of frequency, as the word tokenizer gives them.

Shapes: N = B T places, C width, V vocabulary.
"""

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lm_core.models.contract import IGNORED
from lm_core.models.costs import Term, linear
from lm_core.models.formulas import value

AT_ONCE = 1 << 23  # logits: below this many the plain way is as fast
STRIP = 1 << 22  # logits held at a time; shorter strips add to the large gradient too often
HEADS = ("linear", "adaptive")


class LinearHead(nn.Linear):
    """One row of weights for each token. Starts at zero: an untrained model says "every token
    alike", and its loss is ln V. `products` is the format of its products while it learns from a
    large vocabulary, where they are most of a step's arithmetic."""

    products = torch.float32

    def reset_parameters(self) -> None:
        nn.init.zeros_(self.weight)
        if self.bias is not None:
            nn.init.zeros_(self.bias)

    def nats(self, x: Tensor, targets: Tensor) -> Tensor:
        """x (B, T, C), targets (B, T) -> surprise (B, T) float32; padding (-1) gives 0."""
        if targets.numel() * self.out_features <= AT_ONCE:
            return plain_nats(self(x), targets)
        how = self.products if self.training else x.dtype
        flat = StripNats.apply(x.flatten(0, 1), self.weight, self.bias, targets.flatten(), how)
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
    return smoothed_nats(logits, targets, 0.0)


def smoothed_nats(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    """What training with label smoothing descends: surprise at a token that is the target with
    probability 1 - e and otherwise any of the V alike (Szegedy et al. 2016, "Rethinking the
    Inception Architecture"; 0.1 in Vaswani et al. 2017).

        (1 - e) (-ln p_y) + e mean over v of (-ln p_v)

    It keeps a model from being sure, which makes its own surprise larger and translations better.

    Args:
        logits, targets: (B, T, V) and (B, T); -1 is padding.
        smoothing: e, from 0 to 1; 0 is `plain_nats`.

    Returns:
        (B, T) float32, 0 at padding.
    """
    flat = F.cross_entropy(
        logits.flatten(0, 1).float(),
        targets.flatten(),
        ignore_index=IGNORED,
        reduction="none",
        label_smoothing=smoothing,
    )
    return flat.view_as(targets)


class StripNats(torch.autograd.Function):
    """Cross-entropy of x W^T + b without ever holding all of it. x (N, C), W (V, C), b (V,) or
    None, targets (N,) -> (N,) float32.

    The gradient of a row's surprise is (p - 1 at the target) times W, x and 1, and p is at hand
    while the logits are: it is taken then, as if every row counted alike, which it does in a mean.
    Where rows turn out to count differently it is taken again.

    Args:
        dtype: of the products while learning; sums over V and over N are float32 all the same.
    """

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, W: Tensor, b: Tensor | None, targets: Tensor, dtype: torch.dtype
    ) -> Tensor:
        learns = any(ctx.needs_input_grad)
        ctx.save_for_backward(x, W, b, targets)
        ctx.dtype = dtype = dtype if learns else x.dtype
        nats, ctx.gradients = _nats_and_gradients(x, W, b, targets, dtype, learns=learns)
        return nats

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        x, W, b, targets = ctx.saved_tensors
        counts = grad[targets != IGNORED]
        if ctx.gradients and len(counts) and bool((counts == counts[0]).all()):
            found = [g if g is None else g.mul_(counts[0].to(g.dtype)) for g in ctx.gradients]
        else:
            _, found = _nats_and_gradients(x, W, b, targets, ctx.dtype, weights=grad)
        ctx.gradients = None
        return *found, None, None


def _nats_and_gradients(
    x: Tensor,
    W: Tensor,
    b: Tensor | None,
    targets: Tensor,
    dtype: torch.dtype,
    *,
    weights: Tensor | None = None,
    learns: bool = True,
) -> tuple[Tensor, list[Tensor | None]]:
    """The surprise of each row, and the gradients of its sum (of the sum with `weights` (N,))."""
    scored = targets != IGNORED
    safe, x_, W_ = targets.clamp(min=0).unsqueeze(1), x.to(dtype), W.to(dtype)
    b_ = None if b is None else b.to(dtype)
    nats = torch.empty(len(x), dtype=torch.float32, device=x.device)
    found: list[Tensor | None] = [None, None, None]
    if learns:
        found = [
            torch.empty_like(x),
            torch.zeros_like(W),
            None if b is None else torch.zeros_like(b),
        ]
    for part in _strips(len(x), len(W)):
        logits = F.linear(x_[part], W_, b_).float()  # (n, V)
        total = logits.logsumexp(dim=-1, keepdim=True)
        nats[part] = (total - logits.gather(1, safe[part])).squeeze(1)
        if not learns:
            continue
        p = logits.sub_(total).exp_()
        p.scatter_add_(1, safe[part], -torch.ones_like(total))
        count = scored[part] if weights is None else scored[part] * weights[part]
        p = p.mul_(count.unsqueeze(1)).to(dtype)
        dx, dW, db = found
        dx[part] = (p @ W_).to(x.dtype)
        dW += p.T @ x_[part]
        if db is not None:
            db += p.sum(dim=0, dtype=torch.float32)
    return nats * scored, found


def _strips(N: int, V: int) -> list[slice]:
    size = max(1, STRIP // V)
    return [slice(a, a + size) for a in range(0, N, size)]


def head_terms(
    kind: str, n_in: str, letters: Mapping[str, int], rows: int, *, bias: bool, tied: bool = False
) -> list[Term]:
    """What turns a vector into a score for each token. The adaptive head has groups of narrower
    ones (above), all of which are computed where all scores are asked for.

    Args:
        rows: B, of a batch while learning. What the adaptive one keeps depends on the targets: here
            they are frequent.
    """
    V, C = letters["V"], value(n_in, letters)
    if kind == "linear" or V <= 2:
        parameters, operations = linear(n_in, "V", bias=bias)
        small = rows * letters["T"] * V <= AT_ONCE
        own = ("V" if bias else "") if tied else parameters
        return [Term("head", own, operations, "V" if small else n_in)]
    cuts = sorted({c for c in (V // 16, V // 4) if c > 0} or {1})
    first = cuts[0] + len(cuts)
    terms = [
        Term(
            "head: frequent", f"{n_in}*{first} + {first}", f"2*{n_in}*{first}", f"{first} + {n_in}"
        )
    ]
    for n, (low, high) in enumerate(zip(cuts, [*cuts[1:], V], strict=True), start=1):
        width = C // 4**n
        product = f"{n_in}*{width} + {width}*{high - low}"
        terms.append(Term(f"head: group {n}", product, f"2*({product})"))
    return terms
