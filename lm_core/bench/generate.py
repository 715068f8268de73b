"""Writing measured: tokens per second with the state carried and, beside it, without."""

import time

import torch

from lm_core.bench.result import Result
from lm_core.bench.train import SHAPES, VOCAB

TOKENS, ROUNDS = 200, 5


def bench_generate() -> list[Result]:
    """Batch 1, one thread: medians of rounds of `TOKENS` tokens; and the ratio of the two."""
    from lm_core.models.building import build_model

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    results = []
    try:
        for name, shape in SHAPES.items():
            model = build_model(name, shape, VOCAB)
            speed = {cached: _speed(model, cached) for cached in (True, False)}
            about = {**shape, "batch": 1, "threads": 1, "tokens": TOKENS}
            results += [
                Result(f"generate_{name}", speed[True], "tokens/s", True, about),
                Result(f"generate_{name}_plain", speed[False], "tokens/s", True, about),
                Result(f"generate_{name}_ratio", speed[True] / speed[False], "times", True, about),
            ]
    finally:
        torch.set_num_threads(threads)
    return results


def _speed(model: torch.nn.Module, cached: bool) -> float:
    import statistics

    from lm_core.generation import generate

    speeds = []
    for seed in range(ROUNDS):
        began = time.perf_counter()
        for _ in generate(model, [0], max_tokens=TOKENS, seed=seed, cached=cached):
            pass
        speeds.append(TOKENS / (time.perf_counter() - began))
    return statistics.median(speeds)
