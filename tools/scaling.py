"""What more parameters buy: small Transformers of three decades of size at four budgets of
operations.

    python -m tools.scaling            # makes checkpoints/studies/scaling.csv, ten minutes
    python -m tools.scaling --small    # smaller budgets, into scaling-small.csv: three minutes

Each learns the shipped speeches by characters. The width alone decides the size: two layers, heads
16 wide. The steps of a run are what its budget of operations pays for, so no clock decides a
figure. What is in the table already is not run again.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lm_core.models.building import blueprint
from lm_core.models.costs import LEARNING
from tools.trial import Trial, fill, on_this_machine

SHIPPED = Path(__file__).parents[1] / "checkpoints" / "studies" / "scaling.csv"
CORPUS, FAMILY, TOKENIZER, VOCABULARY = "speeches", "transformer", "char", 106
LAYERS, BLOCK, BATCH, HEAD = 2, 64, 8, 16
SCORED = 100_000  # tokens of the validation split
# Operations -> widths and seeds. Around the best of each; a model far from it says little.
BUDGETS = {
    4e9: ((4, 6, 8, 12, 16, 24, 32), 2),
    1.6e10: ((6, 8, 12, 16, 24, 32, 48), 1),
    6.4e10: ((12, 16, 24, 32, 48, 64), 1),
    2.56e11: ((24, 32, 48, 64, 96, 128), 1),
}
SMALL = dict.fromkeys((2e9, 4e9, 8e9, 1.6e10), ((6, 8, 16, 32), 1))
# One rate for all: with Muon the best hardly depends on the width.
FIXED = {
    "model.n_layer": str(LAYERS),
    "model.block_size": str(BLOCK),
    "train.batch_size": str(BATCH),
    "train.optimizer": "muon",
    "train.lr": "0.04",
    "train.precision": "float32",
}
COLUMNS = ("n_embd", "n_head", "budget", "operations", "tokens", "parameters")
COLUMNS += ("parameters_without", "parameters_blocks", "seed", "steps", "validation_nats")
COLUMNS += ("cpu_seconds", "machine", "versions", "command")
SAID = ("budget", "n_embd", "seed", "steps", "validation_nats", "cpu_seconds")


@dataclass(frozen=True)
class Sized:
    """A width that spends a budget of operations."""

    n_embd: int
    budget: float
    seed: int

    @property
    def n_head(self) -> int:
        return max(1, self.n_embd // HEAD)

    @property
    def per_token(self) -> int:
        """Operations of learning from a token."""
        sizes = {"n_layer": LAYERS, "block_size": BLOCK}
        sizes |= {"n_embd": self.n_embd, "n_head": self.n_head}
        return LEARNING * blueprint(FAMILY, sizes, VOCABULARY).costs().total("operations")

    @property
    def trial(self) -> Trial:
        steps = round(self.budget / (self.per_token * BLOCK * BATCH))
        sizes = {"model.n_embd": str(self.n_embd), "model.n_head": str(self.n_head)}
        changes = tuple((FIXED | sizes).items())
        return Trial(CORPUS, FAMILY, changes, steps, self.seed, TOKENIZER)

    @property
    def kept(self) -> str:
        return self.trial.kept

    def run(self) -> dict[str, Any]:
        """The row of it."""
        done = self.trial.run()
        model = done.prepared.model
        blocks = sum(weight.numel() for weight in model.blocks.parameters())
        without = model.n_parameters - model.embedding.weight.numel()
        return done.figures | {
            "n_embd": self.n_embd,
            "n_head": self.n_head,
            "budget": f"{self.budget:g}",
            "operations": self.per_token * done.trainer.tokens,
            "tokens": done.trainer.tokens,
            "parameters_without": without,
            "parameters_blocks": blocks,
            "validation_nats": done.trainer.evaluate("validation", tokens=SCORED).loss,
            "machine": on_this_machine(),
        }


def planned(budgets: dict[float, tuple[tuple[int, ...], int]]) -> Iterator[Sized]:
    """All runs, the first seed of every budget first."""
    for seed in range(max(seeds for _, seeds in budgets.values())):
        for budget, (widths, seeds) in budgets.items():
            yield from (Sized(width, budget, seed) for width in widths if seed < seeds)


def main(argv: list[str] | None = None) -> None:
    args = argparse.ArgumentParser(description="What more parameters buy.")
    args.add_argument("--small", action="store_true", help="a study of five minutes")
    args.add_argument("--out", type=Path, help="default: the table that ships, or that name here")
    chosen = args.parse_args(argv)
    out = chosen.out or (Path("scaling-small.csv") if chosen.small else SHIPPED)
    out.parent.mkdir(parents=True, exist_ok=True)
    fill(out, COLUMNS, planned(SMALL if chosen.small else BUDGETS), Sized.run, SAID)


if __name__ == "__main__":
    main()
