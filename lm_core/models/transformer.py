"""Transformer decoder: each token looks back at the ones before it and takes something from each.

    Attention(Q, K, V) = softmax(Q Kᵀ / sqrt(D) + mask) V
    x = x + Attention(norm(x));   x = x + MLP(norm(x))

Paper: Vaswani et al. 2017, "Attention Is All You Need"; decoder only, as in GPT (Radford 2018).
The defaults are what came since and pays at this size: rotary positions (Su 2021), RMSNorm before
each part (Zhang 2019), normed queries and keys (Henry 2020), squared ReLU (So 2021), output
projections that start at zero so that an untrained model says "every token alike" (loss ln V).
The other settings lead back to GPT-2 and to the paper of 2017, and on to what larger models use.
Left out on purpose: mixtures of experts, sliding windows.
Strong and weak: Every token reaches every other in one step, and a text is read all at once: the
choice where there is much text and much computing. Looking costs the square of the context, and on
little text it learns by heart.

Shapes: B batch, T time, C = n_embd channels, H heads, D = C / H, V vocabulary.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lm_core.errors import BadSettings, ContextTooLong
from lm_core.models import decoding, decoding_int8, fields
from lm_core.models.attention import ATTENTIONS, Attention, Cache, make_mask
from lm_core.models.contract import models
from lm_core.models.costs import Costs, Term
from lm_core.models.heads import HEADS, make_head
from lm_core.models.layers import ACTIVATIONS, MLP, NORMS, make_norm, rms_norm, start_linear
from lm_core.models.network import Network
from lm_core.models.positions import POSITIONS, Positions, start_embedding
from lm_core.models.recomputing import Part, recomputable
from lm_core.models.stack_costs import (
    STACK,
    block_terms,
    end_terms,
    keys,
    stack_letters,
    table_terms,
)
from lm_core.models.tracing import record, tracing
from lm_core.settings import Settings, setting

# What `decoding` has written out with its usual value.
RECIPE = ("position", "attention", "qk_norm", "activation", "norm", "norm_place", "residual")
RECIPE += ("bias", "head", "mlp_width", "rotary_base", "norm_eps")


@dataclass(frozen=True)
class TransformerSettings(Settings):
    """Sizes and parts of a Transformer."""

    n_layer: int = setting(4, title="Layers", low=1, high=48, help="Blocks on top of each other.")
    n_head: int = setting(
        4, title="Heads", low=1, high=64, help="Attentions side by side in each layer."
    )
    n_embd: int = setting(
        128, title="Width", low=4, high=4096, unit="numbers", help="Numbers that stand for a token."
    )
    block_size: int = setting(
        64, title="Context", low=2, high=8192, unit="tokens", help="How far back it can look."
    )
    dropout: float = fields.dropout()
    position: str = setting(
        "rotary",
        title="Positions",
        choices=POSITIONS,
        help="How it knows the order of the tokens: GPT-2 learned them, 2017 took sinusoids.",
        advanced=True,
    )
    attention: str = setting(
        "softmax",
        title="Attention",
        choices=ATTENTIONS,
        help="Weights from queries and keys, or the plain average of the past.",
        advanced=True,
    )
    n_kv_head: int = setting(
        0,
        title="Key and value heads",
        low=0,
        high=64,
        help="Fewer make a smaller cache: 1 is shared by all heads, 0 is one for each.",
        advanced=True,
    )
    qk_norm: bool = setting(
        True, title="Normed queries and keys", help="Keeps scores small.", advanced=True
    )
    activation: str = setting(
        "relu2",
        title="Activation",
        choices=tuple(ACTIVATIONS),
        help="The activation in the network of each block.",
        advanced=True,
    )
    norm: str = setting(
        "rms",
        title="Norm",
        choices=NORMS,
        help="RMSNorm, which learns nothing, or learns a scale as in Llama, or LayerNorm, which "
        "learns a scale as in GPT-2.",
        advanced=True,
    )
    norm_eps: float = setting(
        0.0,
        title="Least of the norm",
        low=0.0,
        high=0.1,
        help="Added under the root of a norm that learns a scale; 0 is the usual, 1e-6 (RMSNorm) "
        "or 1e-5 (LayerNorm).",
        advanced=True,
    )
    norm_place: str = setting(
        "before",
        title="Place of the norm",
        choices=("before", "after"),
        help="Before each part, or after it as in 2017.",
        advanced=True,
    )
    residual: bool = setting(
        True,
        title="Residuals",
        help="What a part makes is added to the stream. Without, it takes the stream's place.",
        advanced=True,
    )
    bias: bool = setting(
        False, title="Biases", help="Add a learned number to each sum.", advanced=True
    )
    tied: bool = setting(
        False,
        title="Shared embedding",
        help="Use one table to read tokens and to guess them.",
        advanced=True,
    )
    mlp_width: int = setting(
        0,
        title="Width between",
        low=0,
        high=16_384,
        unit="numbers",
        help="Numbers between the two matrices of the small network; 0 is 4 times the width, and "
        "8/3 for SwiGLU, which has three matrices.",
        advanced=True,
    )
    rotary_base: float = setting(
        10_000.0,
        title="Slowest turn",
        low=2.0,
        high=100_000_000.0,
        help="Of rotary positions: the slowest pair of numbers turns so many times slower than the "
        "quickest. Longer contexts take more.",
        advanced=True,
    )
    head: str = setting(
        "linear",
        title="Output",
        choices=HEADS,
        help="Adaptive is quicker for many thousands of words in order of frequency.",
        advanced=True,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        even = self.position == "rotary"  # it turns pairs
        if self.n_embd % (self.n_head * (2 if even else 1)):
            times = "an even number" if even else "a whole number"
            raise BadSettings(
                f"n_embd ({self.n_embd}) must be n_head ({self.n_head}) times {times}.",
                "n_embd",
                "n_head",
            )
        if self.n_head % (self.n_kv_head or 1):
            raise BadSettings(
                f"n_kv_head ({self.n_kv_head}) must divide n_head ({self.n_head}), or be 0.",
                "n_kv_head",
                "n_head",
            )
        if self.tied and self.head != "linear":
            raise BadSettings("tied needs the linear head: choose one of the two.", "tied", "head")


class Block(Part):
    """Attention, then a small network for each token alone; both add to the stream."""

    def __init__(self, s: TransformerSettings, *, causal: bool = True) -> None:
        super().__init__()
        self.attention = make_attention(s, causal=causal)
        self.mlp = MLP(s.n_embd, s.activation, hidden=s.mlp_width, bias=s.bias, dropout=s.dropout)
        self.norm_attention = norm_of(s)
        self.norm_mlp = norm_of(s)
        self.norm_first, self.residual = s.norm_place == "before", s.residual
        if not s.residual:  # where nothing goes past a part, zero is the end of every gradient
            start_linear(self.attention.out)
            start_linear(self.mlp.down)

    @recomputable
    def forward(
        self,
        x: Tensor,
        *,
        mask: Tensor | None = None,
        rotary: tuple[Tensor, Tensor] | None = None,
        past: tuple[Tensor, Tensor] | None = None,
        start: int = 0,
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """x (B, T, C) -> the same shape, and the keys and values; what else, as in `Attention`."""
        y, kv = self.attention(
            self.before(self.norm_attention, x), mask=mask, rotary=rotary, past=past, start=start
        )
        x = self.after(self.norm_attention, x, y)  # (B, T, C)
        return self.add_mlp(x), kv

    def add_mlp(self, x: Tensor) -> Tensor:
        """The second half: work on what was taken, each token alone."""
        x = self.after(self.norm_mlp, x, self.mlp(self.before(self.norm_mlp, x)))  # (B, T, C)
        record(self, "stream", x)
        return x

    def before(self, norm: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
        """What a part reads: normed, where that comes first."""
        return norm(x) if self.norm_first else x

    def after(self, norm: Callable[[Tensor], Tensor], x: Tensor, y: Tensor) -> Tensor:
        """The stream x with what a part made of it, y: normed, where that comes last, as in
        2017."""
        x = x + y if self.residual else y
        return x if self.norm_first else norm(x)


def norm_of(s: TransformerSettings) -> Callable[[Tensor], Tensor]:
    """The norm these settings describe."""
    return make_norm(s.norm, s.n_embd, bias=s.bias, eps=s.norm_eps)


def make_attention(s: TransformerSettings, *, causal: bool, cross: bool = False) -> Attention:
    """The attention these settings describe; one across two texts always asks."""
    return Attention(
        s.n_embd,
        s.n_head,
        n_kv_head=s.n_kv_head,
        bias=s.bias,
        qk_norm=s.qk_norm,
        dropout=s.dropout,
        causal=causal,
        cross=cross,
        kind="softmax" if cross else s.attention,
    )


@models.register(
    "transformer",
    title="Transformer",
    idea="Each token looks back at all the tokens before it and takes something from each.",
    paper="Vaswani et al. 2017, Attention Is All You Need",
    settings=TransformerSettings,
    order=80,
)
class Transformer(Network):
    """Decoder-only Transformer. The state is a `Cache`."""

    tasks = ("next-token", "text-class", "text-value")

    all_bfloat16 = True

    def __init__(self, settings: TransformerSettings, vocab_size: int) -> None:
        super().__init__(settings, vocab_size)
        s = settings
        self.embedding = nn.Embedding(vocab_size, s.n_embd)
        self.positions = Positions(s.position, s.block_size, s.n_embd, s.n_head, s.rotary_base)
        self.blocks = nn.ModuleList(Block(s) for _ in range(s.n_layer))
        # With the norm after each part the stream leaves the last block normed.
        self.norm = norm_of(s) if s.norm_place == "before" else None
        self.head = make_head(s.head, s.n_embd, vocab_size, bias=False)
        start_embedding(self.embedding, self.positions, tied=s.tied)
        if s.tied:
            self.head.weight = self.embedding.weight
        self.register_parameter("prompt", None)  # (P, C) before every text (adapt/soft_prompt.py)

    @property
    def context_size(self) -> int:
        return self.settings.block_size - (0 if self.prompt is None else len(self.prompt))

    def costs(self, rows: int = 1) -> Costs:
        s, letters = self.settings, stack_letters(self.settings, self.vocab_size)
        cache = Term("cache", state=f"2*{keys(s)}*T", times="L")
        terms = [*table_terms(s, "T"), *block_terms(s), cache, *end_terms(s, letters, rows)]
        return Costs(letters, STACK, tuple(terms))

    @property
    def written_out(self) -> bool:
        """Whether `decoding`, which has one recipe written out, can stand in for `forward`."""
        if type(self) is not Transformer or tracing() or self.prompt is not None:
            return False
        s, usual = self.settings, TransformerSettings()
        same = all(getattr(s, name) == getattr(usual, name) for name in RECIPE)
        return same and s.n_kv_head in (0, s.n_head)

    def steps(self, state: Cache) -> Callable[[Tensor], Tensor]:
        if not self.written_out:
            return super().steps(state)
        if self.int8 is not None and self.device.type == "cpu" and len(state.layers[0][0]) == 1:
            return decoding_int8.int8_row(self, state) or decoding.steps(self, state)
        return decoding.steps(self, state)

    def hidden(self, idx: Tensor, state: Cache | None = None) -> tuple[Tensor, Cache]:
        s, start = self.settings, 0 if state is None else state.length
        x = self.embedding(idx)  # (B, T, C)
        led = 0 if self.prompt is None or state is not None else len(self.prompt)
        if led:
            x = torch.cat([self.prompt.expand(len(idx), -1, -1), x], dim=1)  # (B, P + T, C)
        T = x.size(1)
        end = start + T
        if end > s.block_size:
            raise ContextTooLong(
                f"{end} tokens do not fit this model's context of {s.block_size}: "
                "give fewer, or train with a larger block_size."
            )
        past = [None] * s.n_layer if state is None else state.grown(s.block_size).layers
        rotary, bias = self.positions.rotary(start, end), self.positions.bias(T, end)
        mask = make_mask(T, end, idx.device, causal=True, bias=bias)
        x = self.positions.add(x, start)  # (B, T, C)
        x = rms_norm(x) if s.norm == "rms" else x  # others add to the bare embedding
        x = F.dropout(x, s.dropout, self.training)
        record(self, "stream", x)
        layers = []
        for block, before in zip(self.blocks, past, strict=True):
            x, kv = block(x, mask=mask, rotary=rotary, past=before, start=start)
            layers.append(kv)
        x = x[:, led:] if led else x  # nothing is guessed at the places of a prompt
        return x if self.norm is None else self.norm(x), Cache(layers, end)
