"""What a scheme costs and gives, measured now: bits, nats, tokens a second."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from lm_core.generation import generate
from lm_core.models.contract import LanguageModel

TOKENS, ROUNDS = 60, 3
DRAWN = "the same tokens, drawn with the same seed"


@dataclass(frozen=True)
class Measured:
    """One row of a comparison. `nats` are per token of what was scored; `tokens_per_second` of one
    text on one thread."""

    name: str
    title: str
    bits_per_weight: float
    bytes: int
    nats: float
    tokens_per_second: float | None


def writing_speeds(
    models: list[LanguageModel], *, tokens: int = TOKENS, rounds: int = ROUNDS
) -> list[float]:
    """Tokens per second of each of `models`, one text on one thread: medians of rounds in which
    they take turns, so that whatever else the machine does falls on all alike."""
    speeds: list[list[float]] = [[] for _ in models]
    with one_thread():
        for seed in range(rounds):
            for model, found in zip(models, speeds, strict=True):
                found.append(tokens / _seconds(lambda m=model, s=seed: _write(m, tokens, s)))
    return [statistics.median(found) for found in speeds]


def _write(model: LanguageModel, tokens: int, seed: int) -> None:
    for _ in generate(model, [0], max_tokens=tokens, seed=seed):
        pass


def _seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


class one_thread:
    """A small model writes fastest on one; what was set before is restored."""

    def __enter__(self) -> None:
        self.before = torch.get_num_threads()
        torch.set_num_threads(1)

    def __exit__(self, *_: object) -> None:
        torch.set_num_threads(self.before)
