"""Samplers: pure functions from logits (B, V) to logits (B, V); what is ruled out becomes -inf.

Temperature divides the logits. Top-k keeps the k most probable tokens; top-p the smallest set
whose probabilities reach p (Holtzman et al. 2020); min-p those at least p times as probable as the
most probable (Nguyen et al. 2024).
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from lm_core.settings import Settings, setting

RULED_OUT = float("-inf")
COLDEST = 1e-6  # below this only the most probable token is left, and dividing could overflow


@dataclass(frozen=True)
class SamplerSettings(Settings):
    """How to choose the next token."""

    temperature: float = setting(
        1.0,
        title="Temperature",
        low=0.0,
        high=100.0,
        help="Below 1 cautious, above 1 adventurous; 0 always takes the most probable.",
    )
    top_k: int = setting(
        0, title="Top-k", low=0, high=1_000_000, help="Only the k most probable; 0 is no limit."
    )
    top_p: float = setting(
        1.0, title="Top-p", low=0.0, high=1.0, help="Only the most probable that sum to p."
    )
    min_p: float = setting(
        0.0,
        title="Min-p",
        low=0.0,
        high=1.0,
        help="Only those at least this share as probable as the most probable.",
        advanced=True,
    )


def temperature(logits: Tensor, t: float) -> Tensor:
    """logits / t; t = 0 leaves only the most probable token."""
    if t < COLDEST:
        return top_k(logits, 1)
    return logits / t


def top_k(logits: Tensor, k: int) -> Tensor:
    """Keep the k largest of each row (exactly k, ties broken by id); k = 0 keeps all."""
    if k <= 0 or k >= logits.size(-1):
        return logits
    least = logits.topk(k, dim=-1).values[..., -1:]  # topk itself breaks ties as it likes
    above, tied = logits > least, logits == least
    kept = above | (tied & (tied.cumsum(-1) <= k - above.sum(-1, keepdim=True)))
    return logits.masked_fill(~kept, RULED_OUT)


def top_p(logits: Tensor, p: float) -> Tensor:
    """Keep the smallest set of most probable tokens that reaches p; always at least one."""
    if p >= 1:
        return logits
    ordered, order = logits.sort(dim=-1, descending=True, stable=True)
    probabilities = ordered.softmax(-1)
    reached = probabilities.cumsum(-1) - probabilities >= p  # by the more probable ones alone
    reached[..., 0] = False
    ordered = ordered.masked_fill(reached, RULED_OUT)
    return torch.empty_like(logits).scatter(-1, order, ordered)


def min_p(logits: Tensor, p: float) -> Tensor:
    """Keep tokens at least p times as probable as the most probable."""
    if p <= 0:
        return logits
    best = logits.max(dim=-1, keepdim=True).values
    return logits.masked_fill(logits < best + math.log(p), RULED_OUT)


def shaped(logits: Tensor, s: SamplerSettings) -> Tensor:
    """All of the above, in the order temperature, top-k, top-p, min-p."""
    logits = temperature(logits.float(), s.temperature)
    return min_p(top_p(top_k(logits, s.top_k), s.top_p), s.min_p)


def sample(logits: Tensor, s: SamplerSettings, generator: torch.Generator | None = None) -> Tensor:
    """One id a row, (B,) int64."""
    logits = shaped(logits, s)
    if s.temperature < COLDEST:
        return logits.argmax(-1)
    return torch.multinomial(logits.softmax(-1), 1, generator=generator).squeeze(-1)
