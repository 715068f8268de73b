"""Small parts that the Transformers share: norms, and the activations inside their networks.

    RMSNorm(x) = x / rms(x);   LayerNorm(x) = w (x - mean(x)) / std(x) + b
    ReLU²(x) = max(0, x)²;   GELU(x) = x Φ(x);   SwiGLU(g, x) = g sigmoid(g) x

Papers: LayerNorm Ba 2016; RMSNorm Zhang and Sennrich 2019; GELU Hendrycks and Gimpel 2016 (GPT-2
takes its tanh approximation); squared ReLU So 2021, "Primer"; SwiGLU Shazeer 2020.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lm_core.models.tracing import record, tracing

EPS, LAYER_EPS = 1e-6, 1e-5  # of RMSNorm and of LayerNorm, where nothing else is said
AS_CPU = ("cpu", "meta")  # a blueprint goes the way that a CPU takes, and says what it costs there


def rms_norm(x: Tensor, eps: float = EPS) -> Tensor:
    """x over its root mean square along the last dimension; no learned scale."""
    by_hand = x.device.type in AS_CPU and _learns(x)  # a GPU has one kernel for it
    return _RMSNorm.apply(x, eps) if by_hand else F.rms_norm(x, (x.size(-1),), eps=eps)


class _RMSNorm(torch.autograd.Function):
    """RMSNorm with its gradient written out: torch's own is many small steps on a CPU.

    y = r x,  r = (mean(x^2) + eps)^(-1/2);   dL/dx = r (g - y mean(g y)),  g = dL/dy
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, eps: float) -> Tensor:
        rms = torch.linalg.vector_norm(x, dim=-1, keepdim=True).mul_(x.size(-1) ** -0.5)
        r = torch.rsqrt(torch.addcmul(torch.full_like(rms, eps), rms, rms))
        y = x * r
        ctx.save_for_backward(y, r)
        return y

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, None]:
        y, r = ctx.saved_tensors
        shared = (g * y).mean(dim=-1, keepdim=True)
        return torch.addcmul(g, y, shared, value=-1).mul_(r), None


class _ReLU2(torch.autograd.Function):
    """max(0, x)^2, whose gradient is 2 max(0, x): one product instead of three steps."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        y = F.relu(x)
        ctx.save_for_backward(y)
        return y * y

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:
        (y,) = ctx.saved_tensors
        return (g * y).mul_(2)


def _learns(x: Tensor) -> bool:
    """Whether a gradient will be asked for, and nobody records the operations to replay them or to
    look at them one by one."""
    recorded = torch.jit.is_tracing() or torch.compiler.is_compiling() or tracing()
    return x.requires_grad and torch.is_grad_enabled() and not recorded


NORMS = ("rms", "rms-scale", "layer")


class ScaledRMSNorm(nn.Module):
    """RMSNorm with a learned factor for each number, as in Llama; they begin at 1."""

    def __init__(self, width: int, eps: float = EPS) -> None:
        super().__init__()
        self.eps, self.weight = eps, nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        return rms_norm(x, self.eps) * self.weight


def make_norm(
    kind: str, width: int, *, bias: bool = False, eps: float = 0.0
) -> Callable[[Tensor], Tensor]:
    """The norm a setting names: "rms" learns nothing and is a function, "rms-scale" and "layer"
    learn a weight for each of the `width` numbers, and "layer" a bias if asked.

    Args:
        eps: what is added to the mean square, in a norm that learns; 0 is the usual.
    """
    if kind == "layer":
        return nn.LayerNorm(width, eps or LAYER_EPS, bias=bias)
    return ScaledRMSNorm(width, eps or EPS) if kind == "rms-scale" else rms_norm


def swiglu(x: Tensor) -> Tensor:
    """(..., 2 n) -> (..., n): the first half, activated, is the gate of the second."""
    gate, value = x.chunk(2, dim=-1)
    return F.silu(gate) * value


def gelu_tanh(x: Tensor) -> Tensor:
    """GELU by tanh, as GPT-2 has it; within 0.0005 of the exact one."""
    return F.gelu(x, approximate="tanh")


def relu2(x: Tensor) -> Tensor:
    return _ReLU2.apply(x) if _learns(x) else F.relu(x).square()


ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu2": relu2,
    "relu": F.relu,
    "gelu": F.gelu,
    "gelu-tanh": gelu_tanh,
    "swiglu": swiglu,
}


class MLP(nn.Module):
    """The small network of a block, for each token alone: widen, an activation, narrow again.

    Between the two matrices are 4 C numbers, where C is the width. SwiGLU needs a third matrix,
    which `up` holds too: with 8 C / 3 numbers between, all three together cost the same.

    Args:
        hidden: numbers between, where not as many as that.
    """

    def __init__(
        self,
        width: int,
        activation: str,
        *,
        hidden: int = 0,
        bias: bool = False,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        gated = activation == "swiglu"
        hidden = hidden or (8 * width // 3 if gated else 4 * width)
        self.up = nn.Linear(width, 2 * hidden if gated else hidden, bias=bias)
        self.down = nn.Linear(hidden, width, bias=bias)
        start_linear(self.up)
        start_at_zero(self.down)
        self.activation, self.activation_name = ACTIVATIONS[activation], activation
        self.dropout = dropout

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, C) -> the same shape."""
        x = self.activation(self.up(x))  # (B, T, 4 C)
        record(self, "", x, activation=self.activation_name)
        return F.dropout(self.down(x), self.dropout, self.training)  # (B, T, C)


def start_linear(layer: nn.Linear) -> None:
    """Weights that keep the variance: uniform, of variance 1 / (numbers that come in)."""
    bound = 3**0.5 * layer.in_features**-0.5
    nn.init.uniform_(layer.weight, -bound, bound)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)


def start_at_zero(*layers: nn.Linear) -> None:
    """A part whose last matrix is zero adds nothing until it has learned something."""
    for layer in layers:
        for weight in layer.parameters():
            nn.init.zeros_(weight)
