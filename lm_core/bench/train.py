"""Training measured: tokens per second of each gradient family, on random ids; then the choice of
threads (`threads.py`), what is done beside the steps (`beside_steps.py`) and what a large
vocabulary keeps (`kept.py`)."""

import statistics
import time

import torch

from lm_core.bench.result import Result
from lm_core.bench.shapes import BATCH, SHAPES, training

STEPS, ROUNDS = 40, 5


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
