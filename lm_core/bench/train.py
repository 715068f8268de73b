"""Training measured: tokens per second of each gradient family, on random ids; then the choice of
threads (`threads.py`), what is done beside the steps (`beside_steps.py`) and what a large
vocabulary keeps (`kept.py`)."""

import statistics
import time
from typing import TYPE_CHECKING, Any

import torch

from lm_core.bench.result import Result

if TYPE_CHECKING:
    from lm_core.training import Budget, Trainer

SHAPES = {  # nanoGPT's CPU recipe for the Transformer; the LSTM of the same batch
    "transformer": {"n_layer": 4, "n_head": 4, "n_embd": 128, "block_size": 64},
    "lstm": {"n_layer": 1, "n_embd": 128, "n_hidden": 256, "block_size": 64},
}
BATCH, VOCAB, STEPS, ROUNDS = 12, 65, 40, 5


def bench_train() -> list[Result]:
    """Median tokens per second over rounds of `STEPS` steps, evaluation and samples left out; a
    default run of a minute for its shares; bytes."""
    from lm_core.bench.beside_steps import bench_beside_steps
    from lm_core.bench.kept import bench_kept
    from lm_core.bench.threads import bench_threads
    from lm_core.machine import cores
    from lm_core.training import Budget
    from lm_core.training.events import Step

    results = []
    for name, shape in SHAPES.items():
        trainer = training(name, Budget(steps=STEPS * (ROUNDS + 1)))
        speeds, began, tokens = [], time.perf_counter(), 0
        for event in trainer.run():
            if isinstance(event, Step) and event.step % STEPS == 0:
                now = time.perf_counter()
                speeds.append((event.tokens - tokens) / (now - began))
                began, tokens = now, event.tokens
        about = {**shape, "batch_size": BATCH, "threads": torch.get_num_threads()}
        median = statistics.median(speeds[1:])  # the first round warms up
        results.append(Result(f"train_{name}", median, "tokens/s", True, about))
    return [*results, *bench_threads(cores()), *bench_beside_steps(), *bench_kept()]


def training(name: str, budget: "Budget", **more: Any) -> "Trainer":
    """Of one of the SHAPES, nothing but steps; `more` as for a Trainer."""
    from lm_core.encoded import Encoded
    from lm_core.models.building import build_model
    from lm_core.training import Trainer, TrainSettings

    ids = torch.randint(VOCAB, (200_000,), generator=torch.Generator().manual_seed(0))
    data = {"train": Encoded(ids, torch.zeros(1, dtype=torch.int64), False, len(ids), len(ids))}
    model = build_model(name, SHAPES[name], VOCAB)
    settings = TrainSettings(batch_size=BATCH, eval_every=10**6)
    return Trainer(model, data, settings=settings, budget=budget, **more)
