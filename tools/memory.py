"""Measure again how long each family remembers: what the Memory screen draws of three made texts.

    python -m tools.memory                          # all: about twenty minutes of one quiet core
    python -m tools.memory --tasks copy --seeds 1   # a part
    python -m tools.memory --list                   # what it would train

Every model learns by the lab's own loop, for a fixed number of steps and on one thread, so that the
same seed comes to the same on one machine. The file is written when all is done.
"""

import argparse
import os
import shlex
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lm_core.corpora.long_memory import DELAYS, MADE, MadeText, made_text, recalls
from lm_core.errors import LabError
from lm_core.evaluation.long_memory import by_delay, guessing
from lm_core.evaluation.long_memory_file import LongMemoryFile, Remembered
from lm_core.machine import this_machine

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ROOT / "checkpoints" / "memory" / "long_memory.json"
TRAINED, BEYOND = DELAYS[:-1], DELAYS[-1]  # the last is asked for, and never learned
TRAIN, ASKED, TEXT_SEED = 4000, 100, 0
STEPS, BATCH, SEEDS = 700, 64, 3
BLOCK = 72
RECURRENT = {"n_layer": 1, "n_embd": 32, "n_hidden": 64, "block_size": BLOCK}
# What each family is, and the rate that suits it: each was tried with a few on seed 0 of `copy`.
FAMILIES: dict[str, tuple[dict[str, int], float]] = {
    "rnn": (RECURRENT, 2e-3),
    "gru": (RECURRENT, 1e-2),
    "lstm": (RECURRENT, 1e-2),
    "transformer": ({"n_layer": 2, "n_head": 2, "n_embd": 32, "block_size": BLOCK}, 1e-2),
}


def text_of(task: str) -> MadeText:
    """What is learned, and what is asked: also a delay longer than any that was learned."""
    made = made_text(task, delays=TRAINED, train=TRAIN, asked=ASKED, seed=TEXT_SEED)
    made.asked[BEYOND] = recalls(task, BEYOND, ASKED, seed=TEXT_SEED)
    return made


def learn(task: str, family: str, seed: int, *, steps: int = STEPS) -> Remembered:
    """Train one model on one text, and ask it."""
    from lm_core.checkpoints import build_model
    from lm_core.encoded import encode_corpus
    from lm_core.tasks import NextToken
    from lm_core.tokenizers.char import CharTokenizer
    from lm_core.training.events import Failed
    from lm_core.training.loop import Trainer
    from lm_core.training.settings import Budget, TrainSettings

    made, (sizes, lr) = text_of(task), FAMILIES[family]
    tokenizer = CharTokenizer.train(made.corpus.splits["train"])
    data = encode_corpus(made.corpus, tokenizer)
    model = build_model(family, sizes, tokenizer.vocab_size, seed=seed)
    trainer = Trainer(
        NextToken(),
        model,
        {"train": data["train"]},
        settings=TrainSettings(lr=lr, batch_size=BATCH, precision="float32"),
        budget=Budget(steps=steps),
        seed=seed,
        threads=1,
    )
    begun = time.process_time()
    for event in trainer.run():
        if isinstance(event, Failed):
            raise LabError(f"{task}, {family}, seed {seed}: {event.reason}")
    spent = time.process_time() - begun
    shares = by_delay(model, tokenizer, made.asked)
    return Remembered(task, family, seed, model.n_parameters, round(spent, 2), shares)


def measured(tasks: Sequence[str], seeds: int, steps: int, command: str) -> LongMemoryFile:
    """All of them, one after the other."""
    results = []
    for seed in range(seeds):
        for task in tasks:
            for family in FAMILIES:
                results.append(one := learn(task, family, seed, steps=steps))
                shown = " ".join(f"{delay}:{share:.2f}" for delay, share in one.shares.items())
                print(f"{task} {family} {seed}: {shown} ({one.cpu_seconds:.0f} s)", flush=True)
    texts = {task: text_of(task) for task in tasks}
    how: dict[str, Any] = {
        "steps": steps,
        "batch_size": BATCH,
        "threads": 1,
        "train_items": {task: len(made.corpus.splits["train"]) for task, made in texts.items()},
        "models": {name: {**sizes, "lr": lr} for name, (sizes, lr) in FAMILIES.items()},
    }
    return LongMemoryFile(
        command,
        this_machine(),
        how,
        TRAINED,
        {t: {delay: len(each) for delay, each in m.asked.items()} for t, m in texts.items()},
        {task: guessing(made.asked) for task, made in texts.items()},
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
    os.environ["OMP_NUM_THREADS"] = "1"
    import torch

    torch.set_num_threads(1)
    given = sys.argv[1:] if argv is None else argv
    command = " ".join(["python -m tools.memory", *map(shlex.quote, given)])
    file = measured(tasks, options.seeds, options.steps, command)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    file.write(options.out)


if __name__ == "__main__":
    main()
