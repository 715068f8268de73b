"""Four statements on LoRA, tested: the GPT of Shakespeare goes on over the speeches, as a whole and
by LoRA, with several rates, matrices, ranks and batches, two seeds each.

    python -m tools.lora_study            # makes checkpoints/studies/lora.csv, fifteen minutes
    python -m tools.lora_study --list     # the commands

Each reads the same number of tokens. What is in the table already is not run again. What is
forgotten is measured where tiny-shakespeare is on this machine.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lm_core.adapt.adapting import n_trainable
from lm_core.adapt.settings import FULL, LORA
from lm_core.runs.tuned import outcome
from tools.trial import Trial, fill, on_this_machine

SHIPPED = Path(__file__).parents[1] / "checkpoints" / "studies" / "lora.csv"
START, CORPUS, SEEDS = "checkpoints/shakespeare-transformer", "speeches", (0, 1)
TOKENS, SCORED, BLOCK = 65_536, 8_000, 128  # read by each; scored of each text; in a row
BATCH, RANK, TARGETS = 16, 8, "all"  # where nothing else is said
RATES = {
    FULL: ("0.0003", "0.001", "0.003", "0.01"),
    LORA: ("0.001", "0.003", "0.01", "0.03", "0.1"),
}
# Beside the usual ones of LoRA, each with rates of its own: what suits one need not suit another.
CHOICES = {"targets": ("attention", "mlp"), "rank": ("1", "32")}
CHOICE_RATES = ("0.01", "0.03", "0.1")
BATCHES = ("64",)
BATCH_RATES = {FULL: ("0.0003", "0.001", "0.003"), LORA: ("0.003", "0.01", "0.03", "0.1")}
FIXED = {"start.alpha": "16.0", "train.precision": "float32", "train.optimizer": "adamw"}
COLUMNS = ("method", "targets", "rank", "batch", "lr", "seed", "steps", "tokens")
COLUMNS += (
    "trainable",
    "parameters",
    "before",
    "nats",
    "forgotten",
    "cpu_seconds",
    "machine",
    "versions",
    "command",
)
SAID = ("method", "targets", "rank", "batch", "lr", "seed", "nats", "forgotten", "cpu_seconds")


@dataclass(frozen=True)
class Adapted:
    """One run."""

    method: str
    lr: str
    seed: int
    targets: str = TARGETS
    rank: str = str(RANK)
    batch: str = str(BATCH)

    @property
    def trial(self) -> Trial:
        """What is trained."""
        settings = {
            "start.method": self.method,
            "train.lr": self.lr,
            "train.batch_size": self.batch,
        }
        if self.method == LORA:
            settings |= {"start.targets": self.targets, "start.rank": self.rank}
        steps = TOKENS // (int(self.batch) * BLOCK)
        changes = tuple((settings | FIXED).items())
        return Trial(CORPUS, "transformer", changes, steps, self.seed, start=START)

    @property
    def kept(self) -> str:
        return self.trial.kept

    def run(self) -> dict[str, Any]:
        """The row of it: nats per character of both texts, before and after."""
        done = self.trial.run()
        found = outcome(done.prepared, done.prepared.model, most=SCORED)
        lora = self.method == LORA
        return done.figures | {
            "method": self.method,
            "targets": self.targets if lora else "",
            "rank": self.rank if lora else "",
            "batch": self.batch,
            "lr": self.lr,
            "tokens": done.trainer.tokens,
            "trainable": n_trainable(done.prepared.model),
            "before": round(found.gain.before, 5),
            "nats": round(found.gain.after, 5),
            "forgotten": "" if found.forgetting is None else round(-found.forgetting.less, 5),
            "machine": on_this_machine(),
        }


def planned() -> Iterator[Adapted]:
    """All runs: the rates of both methods, what LoRA leaves to be chosen, other batches."""
    runs = [Adapted(method, lr, 0) for method, rates in RATES.items() for lr in rates]
    for name, values in CHOICES.items():
        runs += [Adapted(LORA, lr, 0, **{name: v}) for v in values for lr in CHOICE_RATES]
    for method, rates in BATCH_RATES.items():
        runs += [Adapted(method, lr, 0, batch=batch) for batch in BATCHES for lr in rates]
    for one in runs:
        yield from (
            Adapted(one.method, one.lr, seed, one.targets, one.rank, one.batch) for seed in SEEDS
        )


def main(argv: list[str] | None = None) -> None:
    args = argparse.ArgumentParser(description="Four statements on LoRA.")
    args.add_argument("--out", type=Path, default=SHIPPED, help="default: the table that ships")
    args.add_argument("--list", action="store_true", help="only show the commands")
    chosen = args.parse_args(argv)
    if chosen.list:
        print("\n".join(one.kept for one in planned()))
        return
    fill(chosen.out, COLUMNS, planned(), lambda one: one.run(), SAID)


if __name__ == "__main__":
    main()
