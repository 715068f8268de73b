"""The number of threads that is chosen while it trains, beside the better of two fixed ones: on a
machine as it is, and with one busy process of normal priority beside it."""

import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import torch

from lm_core.bench.result import Result
from lm_core.bench.shapes import training

SECONDS, ROUNDS = 6.0, 3
BUSY = "import os\nparent = os.getppid()\nwhile os.getppid() == parent: pass"  # ends with us


def bench_threads(most: int) -> list[Result]:
    """Rounds in which one thread, `most` threads and the choice among them take turns, each with a
    training of `SECONDS` from its beginning: what looking for the number takes is counted. Medians,
    as a ratio; nothing where there is nothing to choose."""
    if most < 2:
        return []
    before, results = torch.get_num_threads(), []
    try:
        for world, around in (("quiet", nullcontext), ("busy", busy_process)):
            with around():
                turns = [
                    (_speed(1, None), _speed(most, None), _speed(most, most)) for _ in range(ROUNDS)
                ]
            one, all_, chosen = (statistics.median(kind) for kind in zip(*turns, strict=True))
            about = {"seconds": SECONDS, "rounds": ROUNDS, "most": most}
            about |= {"one": round(one), "all": round(all_), "chosen": round(chosen)}
            ratio = chosen / max(one, all_)
            results.append(Result(f"threads_{world}", ratio, "of the better", True, about))
    finally:
        torch.set_num_threads(before)
    return results


@contextmanager
def busy_process() -> Iterator[subprocess.Popen]:
    """A process that keeps a core busy meanwhile."""
    process = subprocess.Popen([sys.executable, "-c", BUSY])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _speed(fixed: int, most: int | None) -> float:
    """Tokens per second of a training on `fixed` threads, or on as many up to `most` as it finds
    best."""
    from lm_core.training import Budget

    torch.set_num_threads(fixed)
    trainer = training("transformer", Budget(seconds=SECONDS), threads=most)
    for _ in trainer.run():
        pass
    return trainer.tokens / trainer.seconds
