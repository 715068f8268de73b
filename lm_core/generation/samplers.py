"""Samplers: pure functions from logits (B, V) to logits (B, V); what is ruled out becomes -inf.

Temperature divides the logits. Top-k keeps the k most probable tokens; top-p the smallest set
whose probabilities reach p (Holtzman et al. 2020); min-p those at least p times as probable as the
most probable (Nguyen et al. 2024); typical those whose surprise is nearest the average surprise
(Meister et al. 2023). A repetition penalty makes what was already written less likely (Keskar et
al. 2019), and no-repeat rules out tokens that would complete a run of n tokens a second time
(Paulus et al. 2017); these two also read the ids so far (B, N).
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from lm_core.errors import BadCheckpoint
from lm_core.models.contract import NO_NUMBERS
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
    typical: float = setting(
        1.0,
        title="Typical",
        low=0.0,
        high=1.0,
        help="Only those about as surprising as the average, until they sum to this; 1 is all.",
        advanced=True,
    )
    repetition_penalty: float = setting(
        1.0,
        title="Repetition penalty",
        low=0.1,
        high=10.0,
        help="Above 1, tokens already written become less likely.",
        advanced=True,
    )
    no_repeat: int = setting(
        0,
        title="No repeat of",
        low=0,
        high=100,
        unit="tokens",
        help="No run of this many tokens is written twice; 0 allows it.",
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


def typical(logits: Tensor, p: float) -> Tensor:
    """Keep the smallest set that reaches p of the tokens whose surprise -ln p is nearest the
    entropy, the surprise to be expected; always at least one."""
    if p >= 1:
        return logits
    logs = logits.log_softmax(-1)
    entropy = -(logs.exp() * logs.clamp(min=-1e9)).sum(-1, keepdim=True)
    order = (-logs - entropy).abs().argsort(dim=-1, stable=True)
    probabilities = logs.exp().gather(-1, order)
    reached = probabilities.cumsum(-1) - probabilities >= p
    reached[..., 0] = False
    return logits.masked_fill(torch.empty_like(reached).scatter(-1, order, reached), RULED_OUT)


def repetition_penalty(logits: Tensor, ids: Tensor, penalty: float) -> Tensor:
    """Logits of the tokens in `ids` (B, N) divided by `penalty` where positive, else multiplied:
    either way less likely when it is above 1."""
    if penalty == 1:
        return logits
    old = logits.gather(-1, ids)
    return logits.scatter(-1, ids, torch.where(old > 0, old / penalty, old * penalty))


def no_repeat(logits: Tensor, ids: Tensor, n: int) -> Tensor:
    """Rule out every token that followed an earlier occurrence of the last n - 1 of `ids` (B, N);
    a row in which nothing would be left stays as it is."""
    if n <= 0 or ids.size(1) < n:
        return logits
    windows = ids.unfold(1, n, 1)  # (B, N - n + 1, n)
    recent = ids[:, ids.size(1) - n + 1 :].unsqueeze(1)  # (B, 1, n - 1)
    again = (windows[..., :-1] == recent).all(-1)  # (B, N - n + 1)
    ruled_out = torch.zeros_like(logits, dtype=torch.bool)
    row, k = again.nonzero(as_tuple=True)
    ruled_out[row, windows[row, k, -1]] = True
    out = logits.masked_fill(ruled_out, RULED_OUT)
    none_left = (out == RULED_OUT).all(-1, keepdim=True)
    return torch.where(none_left, logits, out)


def shaped(logits: Tensor, s: SamplerSettings, ids: Tensor | None = None) -> Tensor:
    """All of the above: what was written (`ids` (B, N), where known) first, then temperature,
    top-k, top-p, min-p, typical."""
    logits = logits.float()
    if ids is not None:
        logits = repetition_penalty(logits, ids, s.repetition_penalty)
        logits = no_repeat(logits, ids, s.no_repeat)
    logits = temperature(logits, s.temperature)
    return typical(min_p(top_p(top_k(logits, s.top_k), s.top_p), s.min_p), s.typical)


def sample(
    logits: Tensor,
    s: SamplerSettings,
    generator: torch.Generator | None = None,
    ids: Tensor | None = None,
) -> Tensor:
    """One id a row, (B,) int64; `ids` (B, N) are those before it.

    Raises:
        BadCheckpoint: logits that give no probabilities.
    """
    # A microsecond on the CPU. A GPU would have to be waited for; `generate` asks there, too, when
    # it reads a window.
    if logits.device.type == "cpu" and not math.isfinite(logits.max().item()):
        raise BadCheckpoint(NO_NUMBERS)
    logits = shaped(logits, s, ids)
    if s.temperature < COLDEST:
        best, chosen = logits.max(-1)
        if not best.isfinite().all():
            raise BadCheckpoint(NO_NUMBERS)
        return chosen
    try:
        return torch.multinomial(logits.softmax(-1), 1, generator=generator).squeeze(-1)
    except RuntimeError:  # over a temperature below 1 a finite score may be none
        if logits.softmax(-1).isfinite().all():
            raise
        raise BadCheckpoint(NO_NUMBERS) from None
