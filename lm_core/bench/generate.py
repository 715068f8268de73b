"""Writing measured: tokens per second with the state carried and, beside it, without, and as the
page writes, a token at a time; and the LSTM beside the bare loop over `nn.LSTM` that one would
write first."""

import statistics
import time
from typing import TYPE_CHECKING

import torch

from lm_core.bench.result import Result
from lm_core.bench.shapes import SHAPES, VOCAB

if TYPE_CHECKING:
    from lm_core.models.lstm import LSTM

TOKENS, ROUNDS = 200, 5


def bench_generate() -> list[Result]:
    """Batch 1, one thread: medians of rounds of `TOKENS` tokens; and ratios from the same run."""
    from lm_core.models.building import build_model

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    results = []
    try:
        for name, shape in SHAPES.items():
            model = build_model(name, shape, VOCAB).eval()  # as one that was loaded
            speed = {cached: _speed(model, cached) for cached in (True, False)}
            step = _writer_over_engine(model)
            about = {**shape, "batch": 1, "threads": 1, "tokens": TOKENS}
            results += [
                Result(f"generate_{name}", speed[True], "tokens/s", True, about),
                Result(f"generate_{name}_plain", speed[False], "tokens/s", True, about),
                Result(f"generate_{name}_ratio", speed[True] / speed[False], "times", True, about),
                Result(f"generate_{name}_writer", step, "of its speed", True, about),
            ]
        results += _beside_the_bare_loop()
    finally:
        torch.set_num_threads(threads)
    return results


def _beside_the_bare_loop() -> list[Result]:
    """Rounds of the two alternate."""
    from lm_core.models.building import build_model

    shape = SHAPES["lstm"]
    model = build_model("lstm", shape, VOCAB).eval()
    pairs = [(_speed(model, True, rounds=1), _bare_loop(model)) for _ in range(ROUNDS)]
    ours, bare = (statistics.median(speeds) for speeds in zip(*pairs, strict=True))
    about = {**shape, "batch": 1, "threads": 1, "tokens": TOKENS}
    return [
        Result("generate_lstm_bare_loop", bare, "tokens/s", True, about),
        Result("generate_lstm_over_bare", ours / bare, "times", True, about),
    ]


def _bare_loop(model: "LSTM") -> float:
    """Tokens per second of embedding, `nn.LSTM`, linear layer and draw, called one by one."""
    generator = torch.Generator().manual_seed(0)
    ids, state = torch.zeros(1, 1, dtype=torch.int64), None
    began = time.perf_counter()
    with torch.inference_mode():
        for _ in range(TOKENS):
            y, state = model.lstm(model.embedding(ids), state)
            ids = torch.multinomial(model.head(y[:, -1]).softmax(-1), 1, generator=generator)
    return TOKENS / (time.perf_counter() - began)


def _writer_over_engine(model: torch.nn.Module) -> float:
    """The speed of a `Writer`, as the page holds it, over that of `generate`; rounds alternate."""
    return statistics.median(
        _at_a_pace(model) / _speed(model, True, rounds=1) for _ in range(ROUNDS)
    )


def _at_a_pace(model: torch.nn.Module) -> float:
    """Tokens per second of a `Writer`."""
    from lm_core.generation.writer import Writer

    began, writer = time.perf_counter(), Writer(model, [0])
    for _ in range(TOKENS):
        writer.step()
    return TOKENS / (time.perf_counter() - began)


def _speed(model: torch.nn.Module, cached: bool, *, rounds: int = ROUNDS) -> float:
    from lm_core.generation import generate

    speeds = []
    for seed in range(rounds):
        began = time.perf_counter()
        for _ in generate(model, [0], max_tokens=TOKENS, seed=seed, cached=cached):
            pass
        speeds.append(TOKENS / (time.perf_counter() - began))
    return statistics.median(speeds)
