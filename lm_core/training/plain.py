"""The training loop, plain: draw a batch, guess, measure the surprise, step downhill, again.

    loss = mean of -ln p(target);   weights = weights - lr * AdamW(gradient of the loss)

    model = LSTM(vocab_size)  # one of lm_core/models/plain, or your own
    optimizer = adamw(model.parameters(), lr=2e-3, weight_decay=0.05)
    batches = batches_along_text(ids, [0], batch_size=32, block_size=64)
    for step, used, loss in train(model, optimizer, batches, budget={"steps": 1000}):
        if step % 100 == 0:
            print(step, loss, evaluate(model, batches_in_order(held_out, [0], block_size=64)))

The batches are those of `plain_batches.py`. `loop.py` does the same with the same random
numbers; a test holds the two equal, step by step.
Left out on purpose: pausing and resuming, other optimizers and schedules, averaged weights, batches
in pieces, other devices and several of them, formats of fewer bits.

Shapes: B rows of a batch, T tokens in a row, C width of a memory.
"""

import math
import time
from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch import Tensor, nn


def train(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    batches: Iterator[tuple],
    *,
    budget: dict[str, float],
    schedule: str = "cosine",
    warmup: float = 0.05,
    grad_clip: float = 1.0,
    seed: int = 0,
) -> Iterator[tuple[int, float, float]]:
    """Step until the budget, so many "steps", "tokens" or "seconds", is spent. Whoever asks for the
    steps may measure between them, or stop.

    Yields:
        how many steps were taken, the share of the budget they used, and the loss (mean nats of a
        target) that the last of them found.
    """
    rates = [group["lr"] for group in optimizer.param_groups]
    began, step, tokens, used, state = time.perf_counter(), 0, 0, 0.0, None
    while used < 1:
        idx, targets, fresh = next(batches)  # (B, T), (B, T), (B,)
        state = None if fresh is None else begin_anew(state, fresh)
        torch.manual_seed(hash((seed, step)) & 0x7FFF_FFFF)  # a step hides the same in every run
        model.train()
        loss, state = model.loss(idx, targets, state)  # guess, and measure the surprise
        loss.backward()  # how it changes with each weight
        # A single strange batch must not throw the weights far away: long gradients are shortened.
        nn.utils.clip_grad_norm_(model.parameters(), grad_clip or math.inf)  # 0 turns it off
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * lr_factor(used, schedule, warmup)
        optimizer.step()  # downhill
        optimizer.zero_grad()
        step, tokens = step + 1, tokens + int((targets >= 0).sum())
        spent = {"steps": step, "tokens": tokens, "seconds": time.perf_counter() - began}
        used = max(spent[unit] / most for unit, most in budget.items())
        yield step, used, loss.item()


def begin_anew(state: Any, fresh: Tensor) -> Any:
    """A memory (n_layer, B, C) that is emptied in the `fresh` rows (B,) and kept in the others. It
    is cut off here: an error is traced back through one batch and no further."""
    if isinstance(state, tuple):
        return tuple(begin_anew(part, fresh) for part in state)
    return None if state is None else state.detach().masked_fill(fresh.view(1, -1, 1), 0.0)


def adamw(weights: Iterable[Tensor], *, lr: float, weight_decay: float) -> torch.optim.Optimizer:
    """AdamW (Loshchilov and Hutter 2019). Matrices are pulled toward zero, biases are not."""
    weights = list(weights)
    groups = [
        {"params": [p for p in weights if p.dim() >= 2], "weight_decay": weight_decay},
        {"params": [p for p in weights if p.dim() < 2], "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    return torch.optim.AdamW(groups, lr=lr, betas=(0.9, 0.95), fused=True)


def lr_factor(used: float, schedule: str, warmup: float) -> float:
    """What the learning rate is multiplied by when a share of the budget is used: up during the
    `warmup` (a share too), then down along the `schedule` (cosine, linear or constant)."""
    if used < warmup:
        return max(used / warmup, 0.01)
    rest = (used - warmup) / (1 - warmup) if warmup < 1 else 1.0
    cosine = 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * rest))
    return {"cosine": cosine, "linear": 1 - 0.95 * rest, "constant": 1.0}[schedule]


def evaluate(model: nn.Module, batches: Iterable[tuple]) -> float:
    """Mean nats of all targets: a sum over tokens, then one division."""
    model.eval()  # nothing is hidden
    nats, tokens = 0.0, 0
    with torch.no_grad():
        for idx, targets, _ in batches:
            asked = int((targets >= 0).sum())
            nats += model.loss(idx, targets)[0].item() * asked
            tokens += asked
    return nats / tokens
