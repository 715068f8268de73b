"""Two pieces of work measured beside each other: rounds that alternate, medians, their ratio.

What else a machine does at the time slows both alike, and a machine that warms up or throttles is
the same to both, because who goes first changes every round.
"""

import argparse
import importlib.util
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

from lm_core.json_files import dumps
from lm_core.machine import this_machine
from lm_core.training import Trainer

Round = Callable[[], float]  # does the work once and returns the seconds it took


def beside(
    name: str, work: float, ours: Round, theirs: Round, *, peer: str, rounds: int
) -> dict[str, Any]:
    """Medians of alternating rounds in tokens per second, and how many times faster we are.

    Args:
        work: tokens of one round.
        peer: the peer's name, a key of the answer.
    """
    ours(), theirs()  # warm
    mine, other = [], []
    for k in range(rounds):
        for round_, times in ((ours, mine), (theirs, other))[:: 1 if k % 2 == 0 else -1]:
            times.append(round_())
    ratios = [b / a for a, b in zip(mine, other, strict=True)]
    return {
        "name": name,
        "ours": round(work / statistics.median(mine), 1),
        peer: round(work / statistics.median(other), 1),
        "unit": "tokens/s",
        "ratio": round(statistics.median(other) / statistics.median(mine), 3),
        "ratio_of_rounds": [round(min(ratios), 3), round(max(ratios), 3)],
        "rounds": rounds,
        "threads": torch.get_num_threads(),
    }


def timed(work: Callable[[], Any]) -> Round:
    """A round that calls `work` once."""

    def one_round() -> float:
        began = time.perf_counter()
        work()
        return time.perf_counter() - began

    return one_round


def training(trainer: Trainer, steps: int) -> Round:
    """A round of about so many steps of a Trainer, its seconds given for exactly that many: it
    reports some steps at a time, so it may do a few more."""
    events = iter(trainer.run())

    def one_round() -> float:
        began, first = time.perf_counter(), trainer.step
        while trainer.step < first + steps:
            next(events)
        return (time.perf_counter() - began) * steps / (trainer.step - first)

    return one_round


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Torch on so many threads, and back."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def load(checkout: Path, file: str, *needs: str) -> ModuleType:
    """A file of the peer's checkout as a module that has the names `needs`; SystemExit says what
    is missing."""
    path = checkout / file
    if not path.exists():
        raise SystemExit(f"{checkout} holds no {file}: give the folder of the peer's checkout.")
    name = f"peer_{checkout.resolve().name}_{path.stem}".replace("-", "_")
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look for it there
    spec.loader.exec_module(module)
    lacking = [need for need in needs if not hasattr(module, need)]
    if lacking:
        raise SystemExit(f"{path} has no {lacking[0]}: it is another program's.")
    return module


def parser(description: str, *, rounds: int) -> argparse.ArgumentParser:
    """The arguments that every comparison takes."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--rounds", type=int, default=rounds, help="of each; default: %(default)s")
    made.add_argument(
        "--threads",
        type=int,
        default=torch.get_num_threads(),
        help="for training; writing takes one; default: %(default)s",
    )
    return made


def report(results: list[dict[str, Any]], **about: Any) -> None:
    """Print the one JSON object."""
    print(dumps({"machine": this_machine(), **about, "results": results}, indent=2))
