"""How far back a loss reaches: the gradient of one guess's surprise with respect to what was read
k tokens earlier.

    g(k) = mean over places of | d(-ln p(target)) / d(input embedding at distance k) |

Where g(k) is next to nothing, nothing can be learned of a token k places back (Bengio et al. 1994,
"Learning Long-Term Dependencies with Gradient Descent is Difficult"). `reach.py` asks another
question: which part of the past a guess of a trained model depends on.

Shapes: N places, T tokens before each, E = n_embd.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lm_core.errors import Unsupported
from lm_core.models.contract import LanguageModel, evaluating, numbers_only

AT_ONCE = 16  # rows: a graph is kept of all of them


def reads_vectors(model: LanguageModel) -> bool:
    """Whether each token becomes one vector first, so that there is something to differentiate by:
    a model that reads windows reads it once for each that it is in."""
    embedding = getattr(model, "embedding", None)
    if not (model.causal and isinstance(embedding, nn.Embedding)):
        return False
    sizes: list[torch.Size] = []
    hook = embedding.register_forward_hook(lambda module, given, out: sizes.append(out.shape))
    try:
        with torch.no_grad():
            model(torch.zeros(1, 2, dtype=torch.int64, device=model.device))
    finally:
        hook.remove()
    return [len(size) for size in sizes] == [3]


def gradient_reach(model: LanguageModel, rows: Tensor) -> Tensor:
    """g(k) for k = 0 (the last token that is read) to T - 1: (T,) float.

    The model's train/eval mode is restored; its weights and their gradients stay as they are.

    Args:
        rows: (N, T + 1) ids: T tokens, and the one to guess after them.

    Raises:
        Unsupported: the model does not read vectors.
        ContextTooLong: T is more than its context.
        BadCheckpoint: weights too large to compute with.
    """
    if not reads_vectors(model):
        raise Unsupported("This model has no vector for each token: choose another.")
    found: list[Tensor] = []

    def keep(module: nn.Module, given: tuple[Tensor, ...], out: Tensor) -> Tensor:
        found.append(out.detach().requires_grad_())
        return found[-1]

    hook = model.embedding.register_forward_hook(keep)
    total = torch.zeros(rows.size(1) - 1)
    try:
        with evaluating(model), torch.enable_grad():
            for part in rows.to(model.device).split(AT_ONCE):
                logits = model(part[:, :-1])[0][:, -1]  # (n, V)
                numbers_only(logits.detach())
                loss = F.cross_entropy(logits.float(), part[:, -1], reduction="sum")
                (gradient,) = torch.autograd.grad(loss, found[-1])  # (n, T, E)
                total += gradient.norm(dim=-1).sum(0).cpu()
    finally:
        hook.remove()
    return total.flip(0) / len(rows)


def half_life(reach: Tensor) -> float:
    """Over how many tokens the gradient halves, by the straight line that fits ln g(k) best
    (least squares); infinite where it does not fall."""
    known = (reach > 0) & reach.isfinite()
    k = torch.arange(len(reach), dtype=torch.float64)[known]
    y = reach[known].double().log()
    if len(k) < 2:
        return float("inf")
    slope = float(((k - k.mean()) * (y - y.mean())).sum() / ((k - k.mean()) ** 2).sum())
    return float(torch.log(torch.tensor(2.0))) / -slope if slope < 0 else float("inf")
