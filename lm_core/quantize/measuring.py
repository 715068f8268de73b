"""What a scheme costs and gives, measured now: bits, nats, tokens a second."""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from lm_core.encoded import Encoded
from lm_core.evaluation import evaluate
from lm_core.generation import generate
from lm_core.models.contract import LanguageModel
from lm_core.models.weights import stored
from lm_core.quantize.choosing import ALL
from lm_core.quantize.whole import quantize

TOKENS, ROUNDS = 40, 3


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
    times: float | None  # as fast as float32, in rounds that alternate with it


def measured(
    model: LanguageModel,
    encoded: Encoded,
    schemes: Sequence[str],
    *,
    only: str = ALL,
    speed: bool = True,
) -> Iterator[Measured]:
    """The model as it is, then with each of these schemes, one row after the other.

    Args:
        encoded: what is scored, all of it.
        only: which weights, see `chosen`.
        speed: measure it too, where the model writes.

    Raises:
        BadSettings: as `quantize`.
    """
    speed = speed and model.causal
    size, bits = sum(weight.nbytes for weight in stored(model).values()), 32.0
    before = writing_speeds([model])[0] if speed else None
    nats, same = evaluate(model, encoded).nats_per_token, 1.0 if speed else None
    yield Measured("float32", "float32, as trained", bits, size, nats, before, same)
    for name in schemes:
        kept = quantize(model, name, only)
        small = kept.model(model)
        before, after = writing_speeds([model, small]) if speed else (None, None)
        times, nats = after and after / before, evaluate(small, encoded).nats_per_token
        title, bits = kept.scheme.title, kept.bits_per_weight
        yield Measured(name, title, bits, kept.bytes, nats, after, times)


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
