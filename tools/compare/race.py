"""The race to nanoGPT's loss: its CPU recipe and our default recipe on the same text and split.

nanoGPT's README gives the recipe for a CPU: 4 layers, 128 wide, context 64, batch 12, no dropout,
2,000 steps, rate 1e-3 after 100 steps of warm-up and down to 1e-4 on a cosine, beta2 0.99. It is
timed without any evaluation. Ours is timed with all that a run of the lab does, evaluations
included; it gets the seconds nanoGPT took, and in a second run a quarter of them.

The first 90 % of the characters train, the rest is scored whole, by two rules, both for both:

    windows   rows of a context each, one after the other: a token has 0 to T - 1 tokens before it,
              as in the rows that nanoGPT estimates its loss on
    half      rows overlap by half, and a token has at least half a context before it
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from lm_core.encoded import Encoded, encode_documents
from lm_core.models.building import build_model
from lm_core.models.contract import IGNORED, LanguageModel
from lm_core.runs.presets import starting_settings
from lm_core.tasks import NextToken
from lm_core.tokenizers.char import CharTokenizer
from lm_core.training import Budget, Trainer
from lm_core.training.events import Evaluated, Failed
from lm_core.windows import cut, gather
from tools.compare.nanogpt_peer import SMALL, peer_model, peer_optimizer, peer_step

STEPS, WARMUP, RATE, LEAST = 2000, 100, 1e-3, 1e-4
RULES = {"windows": 0.0, "half": 0.5}  # share of the context that is read again
ROWS = 64  # scored at once

Nats = Callable[[Tensor, Tensor], Tensor]  # idx, targets (R, T) -> (R, T)


@dataclass(frozen=True)
class Text:
    """The two parts of a text as ids, and the number of different characters."""

    train: Encoded
    validation: Encoded
    V: int


def read(file: Path) -> Text:
    text = file.read_text(encoding="utf-8")
    tokenizer, n = CharTokenizer.train([text]), int(0.9 * len(text))
    parts = (encode_documents([part], tokenizer, items=False) for part in (text[:n], text[n:]))
    return Text(*parts, tokenizer.vocab_size)


def rate(step: int, steps: int) -> float:
    """nanoGPT's get_lr, with its warm-up as the same share of a shorter run."""
    warmup = WARMUP * steps / STEPS
    if step < warmup:
        return RATE * (step + 1) / (warmup + 1)
    share = (step - warmup) / max(1.0, steps - warmup)
    return LEAST + 0.5 * (1 + math.cos(math.pi * share)) * (RATE - LEAST)


def run_peer(peer: ModuleType, text: Text, *, steps: int) -> tuple[torch.nn.Module, float]:
    """nanoGPT's model trained, and the seconds its steps took."""
    model = peer_model(peer, SMALL, vocab_size=text.V, seed=1337)
    optimizer = peer_optimizer(model)
    began = time.perf_counter()
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = rate(step, steps)
        peer_step(model, optimizer, text.train.ids, SMALL["block_size"])
    return model.eval(), time.perf_counter() - began


@dataclass
class Lap:
    """Our weights at an evaluation, after so many seconds of a run."""

    seconds: float
    weights: dict[str, Tensor]


def run_ours(text: Text, *, seconds: float, seed: int = 0) -> tuple[LanguageModel, list[Lap]]:
    """The default recipe for running text, given so long; the last lap is its end."""
    model, train = starting_settings("transformer", items=False)
    net = build_model("transformer", model.to_dict(), text.V, seed=seed)
    data = {"train": text.train, "validation": text.validation}
    budget = Budget(seconds=max(0.1, seconds))
    trainer = Trainer(NextToken(), net, data, settings=train, budget=budget, seed=seed)
    laps, event, began = [], None, time.perf_counter()

    def lap() -> Lap:
        weights = {name: t.clone() for name, t in net.state_dict().items()}
        return Lap(time.perf_counter() - began, weights)

    for event in trainer.run():
        if isinstance(event, Evaluated):
            laps.append(lap())
    if isinstance(event, Failed):
        raise SystemExit(f"Our run failed: {event.reason}")
    return net.eval(), [*laps, lap()]


@torch.inference_mode()
def score(nats: Nats, encoded: Encoded, T: int, rule: str) -> float:
    """Mean nats of every token but the first."""
    rows = cut(encoded, T, int(RULES[rule] * T))
    total = 0.0
    for first in range(0, len(rows), ROWS):
        idx, targets = gather(encoded.ids, rows[first : first + ROWS])
        total += float(nats(idx, targets)[targets != IGNORED].double().sum())
    return total / rows.asked


def peer_nats(model: torch.nn.Module) -> Nats:
    def nats(idx: Tensor, targets: Tensor) -> Tensor:
        logits, _ = model(idx, targets)
        flat = F.cross_entropy(
            logits.flatten(0, 1), targets.flatten(), ignore_index=IGNORED, reduction="none"
        )
        return flat.view_as(targets)

    return nats


def race(peer: ModuleType, file: Path, *, steps: int) -> list[dict[str, Any]]:
    """A row a rule: nanoGPT's figure and seconds, ours in the same time and in a quarter of it,
    and the seconds after which ours had reached nanoGPT's."""
    text = read(file)
    theirs, seconds = run_peer(peer, text, steps=steps)
    runs = [run_ours(text, seconds=share * seconds) for share in (1.0, 0.25)]
    return [_row(rule, text, theirs, seconds, runs, steps) for rule in RULES]


def _row(
    rule: str,
    text: Text,
    theirs: torch.nn.Module,
    seconds: float,
    runs: list[tuple[LanguageModel, list[Lap]]],
    steps: int,
) -> dict[str, Any]:
    target = score(peer_nats(theirs), text.validation, SMALL["block_size"], rule)
    (whole, short), reached = [_ended(run, text, rule) for run in runs], []
    for net, laps in runs:
        first = _first(lambda lap, net=net: _lap(net, lap, text, rule) <= target, laps)
        reached += [] if first is None else [first.seconds]
    best = min(reached, default=None)
    return {
        "name": f"race, {rule}",
        "nanogpt": round(target, 4),
        "nanogpt_seconds": round(seconds, 2),
        "nanogpt_steps": steps,
        "ours_in_the_same_time": round(whole, 4),
        "ours_in_a_quarter": round(short, 4),
        "ours_seconds_to_reach_it": None if best is None else round(best, 2),
        "times_sooner": None if best is None else round(seconds / best, 2),
        "unit": "nats per character",
        "scored_characters": text.validation.predictions,
    }


def _lap(net: LanguageModel, lap: Lap, text: Text, rule: str) -> float:
    net.load_state_dict(lap.weights)
    return score(lambda i, t: net.nats(i, t)[0], text.validation, net.context_size, rule)


def _ended(run: tuple[LanguageModel, list[Lap]], text: Text, rule: str) -> float:
    net, laps = run
    return _lap(net, laps[-1], text, rule)


def _first(reached: Callable[[Lap], bool], laps: list[Lap]) -> Lap | None:
    """The first lap that has reached it, on a curve that falls: found by halving, because scoring
    all of the text takes seconds."""
    if not reached(laps[-1]):
        return None
    low, high = 0, len(laps) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(laps[middle]) else (middle + 1, high)
    return laps[high]
