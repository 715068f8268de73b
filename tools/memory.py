"""Measure again how long each family remembers: what the Memory screen draws of three made texts.

    python -m tools.memory                          # all: a quarter of an hour of one core
    python -m tools.memory --tasks copy --seeds 1   # a part
    python -m tools.memory --list                   # what it would train

For each delay a model learns by the lab's own loop, for a fixed number of steps and on one thread,
so that the same seed comes to the same on one machine. The file is written after each seed.
"""

import argparse
import shlex
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from lm_core.corpora.long_memory import DELAYS, MADE, MadeText, made_text
from lm_core.errors import LabError
from lm_core.evaluation.long_memory import guessing, success
from lm_core.evaluation.long_memory_file import LongMemoryFile, Remembered
from lm_core.machine import this_machine
from lm_core.models.contract import IGNORED, LanguageModel
from lm_core.tasks import NextToken
from lm_core.training.task import Loss

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ROOT / "checkpoints" / "memory" / "long_memory.json"
TRAIN, ASKED, TEXT_SEED = 2000, 50, 0
STEPS, BATCH, SEEDS = 300, 32, 3
BLOCK = 2 * max(DELAYS)
RECURRENT = {"n_layer": 1, "n_embd": 32, "n_hidden": 64, "block_size": BLOCK}
# What each family is, and the rate that suits it, of those that were tried on `copy` with seed 0.
FAMILIES: dict[str, tuple[dict[str, int], float]] = {
    "rnn": (RECURRENT, 5e-3),
    "gru": (RECURRENT, 1e-2),
    "lstm": (RECURRENT, 1e-2),
    "transformer": ({"n_layer": 2, "n_head": 2, "n_embd": 32, "block_size": BLOCK}, 1e-2),
}


def text_of(task: str, delay: int) -> MadeText:
    """What is learned, and what is asked."""
    return made_text(task, delays=(delay,), train=TRAIN, asked=ASKED, seed=TEXT_SEED)


@dataclass(frozen=True)
class Learned:
    """What came of one model."""

    share: float
    cpu_seconds: float
    parameters: int


class Answers(NextToken):
    """Guess the next token, and learn from what comes after the mark alone: what stands before it
    was drawn by chance, and nobody can guess it."""

    def __init__(self, marks: Sequence[int]) -> None:
        self.marks = torch.tensor(marks)

    def loss(self, model: LanguageModel, idx: Tensor, targets: Tensor, state: Any) -> Loss:
        asked = torch.isin(idx, self.marks).cumsum(1) > 0  # (B, T)
        return super().loss(model, idx, targets.masked_fill(~asked, IGNORED), state)


def learn(task: str, family: str, seed: int, delay: int, *, steps: int = STEPS) -> Learned:
    """Train one model on the text of one delay, and ask it."""
    from lm_core.checkpoints import build_model
    from lm_core.encoded import encode_corpus
    from lm_core.tokenizers.char import CharTokenizer
    from lm_core.training.events import Failed
    from lm_core.training.loop import Trainer
    from lm_core.training.settings import Budget, TrainSettings

    made, (sizes, lr) = text_of(task, delay), FAMILIES[family]
    tokenizer = CharTokenizer.train(made.corpus.splits["train"])
    model = build_model(family, sizes, tokenizer.vocab_size, seed=seed)
    trainer = Trainer(
        Answers(tokenizer.encode(MADE[task].mark).tolist()),
        model,
        {"train": encode_corpus(made.corpus, tokenizer)["train"]},
        settings=TrainSettings(lr=lr, batch_size=BATCH, precision="float32"),
        budget=Budget(steps=steps),
        seed=seed,
        threads=1,
    )
    begun = time.process_time()
    for event in trainer.run():
        if isinstance(event, Failed):
            raise LabError(f"{task}, {family}, seed {seed}, delay {delay}: {event.reason}")
    spent = time.process_time() - begun
    return Learned(success(model, tokenizer, made.asked[delay]), spent, model.n_parameters)


def row(task: str, family: str, seed: int, *, steps: int = STEPS) -> Remembered:
    """A model for each delay."""
    each = {delay: learn(task, family, seed, delay, steps=steps) for delay in DELAYS}
    parameters = max(one.parameters for one in each.values())
    spent = round(sum(one.cpu_seconds for one in each.values()), 2)
    shares = {delay: round(one.share, 4) for delay, one in each.items()}
    return Remembered(task, family, seed, parameters, spent, shares)


def file_of(results: Sequence[Remembered], steps: int, command: str) -> LongMemoryFile:
    """What was measured, with how and where."""
    tasks = list(dict.fromkeys(one.task for one in results))
    texts = {task: {delay: text_of(task, delay) for delay in DELAYS} for task in tasks}
    asked = {t: {delay: m.asked[delay] for delay, m in each.items()} for t, each in texts.items()}
    how: dict[str, Any] = {
        "steps": steps,
        "batch_size": BATCH,
        "threads": 1,
        "models": {name: {**sizes, "lr": lr} for name, (sizes, lr) in FAMILIES.items()},
    }
    return LongMemoryFile(
        command,
        this_machine(),
        how,
        {task: {delay: len(each) for delay, each in of.items()} for task, of in asked.items()},
        {task: guessing(of) for task, of in asked.items()},
        tuple(results),
    )


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Measure how long each family remembers.")
    parser.add_argument("--tasks", default=",".join(MADE), help=f"of {', '.join(MADE)}")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--list", action="store_true", help="only show what would be trained")
    options = parser.parse_args(argv)
    tasks = options.tasks.split(",")
    unknown = [task for task in tasks if task not in MADE]
    if unknown:
        parser.error(f"unknown task {unknown[0]}; known: {', '.join(MADE)}.")
    if options.seeds < 1 or options.steps < 1:
        parser.error("give one seed or more, and one step or more.")
    if options.list:
        for task in tasks:
            print(f"{task}: {', '.join(FAMILIES)}, {options.seeds} seeds, {options.steps} steps")
        return
    torch.set_num_threads(1)
    given = sys.argv[1:] if argv is None else argv
    command = " ".join(["python -m tools.memory", *map(shlex.quote, given)])
    options.out.parent.mkdir(parents=True, exist_ok=True)
    results: list[Remembered] = []
    for seed in range(options.seeds):
        for task in tasks:
            for family in FAMILIES:
                results.append(one := row(task, family, seed, steps=options.steps))
                shown = " ".join(f"{delay}:{share:.2f}" for delay, share in one.shares.items())
                print(f"{task} {family} {seed}: {shown} ({one.cpu_seconds:.0f} s)", flush=True)
        file_of(results, options.steps, command).write(options.out)


if __name__ == "__main__":
    main()
