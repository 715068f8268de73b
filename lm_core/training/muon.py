"""Muon: momentum whose matrices are made orthogonal before they are applied.

    M = mu M + G;   N = G + mu M;   O = N made orthogonal: N = U S V^T  ->  U V^T
    W = W - lr max(1, rows / columns)^0.5 (O + decay W)

A gradient matrix is mostly a few strong directions; stepping equally far in all of them learns more
from each batch. U V^T is found without a decomposition, by five rounds of the polynomial
a X + b (X X^T) X + c (X X^T)^2 X, which pushes every singular value toward 1.

Source: Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks". For matrices
inside the network only; embeddings, heads, gains and biases take AdamW, with a rate of their own.

Matrices of one shape are treated together, as one batch of matrix products. `torch.optim.Muon`
does them one by one in bfloat16; the test holds the two equal. A direction needs no more digits
than bfloat16 has, so where the device multiplies those itself that is what is used.
"""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

ROUNDS = ((3.4445, -4.7750, 2.0315),) * 5


class Muon(torch.optim.Optimizer):
    """Args:
    params: matrices (m, n).
    lr: length of a step, for the spectral norm; 0.02 suits most widths.
    momentum: mu.
    weight_decay: pull toward zero, times lr.
    bfloat16: whether directions are made orthogonal in that format.
    """

    def __init__(
        self,
        params: Iterable[Tensor] | list[dict[str, Any]],
        *,
        lr: float = 0.02,
        momentum: float = 0.95,
        weight_decay: float = 0.0,
        bfloat16: bool = False,
    ) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})
        self.dtype = torch.bfloat16 if bfloat16 else torch.float32

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        """One step of every matrix that has a gradient."""
        for group in self.param_groups:
            same: dict[tuple[int, ...], list[Tensor]] = {}
            for p in group["params"]:
                if p.grad is not None:
                    same.setdefault(tuple(p.shape), []).append(p)
            for shape, weights in same.items():
                memories = [self._memory(p) for p in weights]
                grads = [p.grad for p in weights]
                torch._foreach_mul_(memories, group["momentum"])
                torch._foreach_add_(memories, grads)
                ahead = torch._foreach_add(grads, memories, alpha=group["momentum"])
                lr = group["lr"] * max(1.0, shape[0] / shape[1]) ** 0.5
                torch._foreach_mul_(weights, 1 - group["lr"] * group["weight_decay"])
                along = torch._foreach_mul(self._directions(ahead), -lr)
                torch._foreach_add_(weights, along)

    def _directions(self, matrices: list[Tensor]) -> tuple[Tensor, ...]:
        """Matrices of one shape made orthogonal."""
        return orthogonal(torch.stack(matrices), self.dtype).unbind()

    def _memory(self, p: Tensor) -> Tensor:
        state = self.state[p]
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(p)
        return state["momentum"]


def orthogonal(X: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """The nearest matrices with all singular values about 1 (0.7 to 1.2), computed in `dtype` and
    returned as X came. X (L, m, n) float32."""
    wide = X.size(-2) <= X.size(-1)
    X = X if wide else X.mT
    X = (X / (X.norm(dim=(-2, -1), keepdim=True) + 1e-7)).to(dtype)
    for a, b, c in ROUNDS:
        A = X @ X.mT  # (L, m, m), the smaller side
        X = torch.baddbmm(X, torch.baddbmm(A, A, A, beta=b, alpha=c), X, beta=a)
    X = X.float()
    return X if wide else X.mT


class SharedMuon(Muon):
    """Muon where each process holds some rows of every matrix: they are exchanged, each makes some
    of the matrices, whole, and has its rows of all back."""

    def _directions(self, matrices: list[Tensor]) -> tuple[Tensor, ...]:
        from torch.distributed.tensor import DTensor, Replicate, Shard

        X = torch.stack(matrices)  # (L, m, n)

        def moved(X: DTensor, to: tuple) -> DTensor:
            on_cpu = X.device.type == "cpu"  # where gloo can only gather all of it
            whole = X.redistribute(placements=[Replicate()]) if on_cpu else X
            return whole.redistribute(placements=to)

        mine = moved(X, (Shard(0),))
        made = DTensor.from_local(
            orthogonal(mine.to_local(), self.dtype),
            X.device_mesh,
            mine.placements,
            shape=X.shape,
            stride=X.stride(),
        )
        return moved(made, X.placements).unbind()
