"""What the parts of a model do: one switch at a time of a Transformer and of an LSTM, three seeds
each.

    python -m tools.ablations            # makes checkpoints/studies/ablations.csv, five minutes
    python -m tools.ablations --list     # the commands

Each learns names for so many steps. What is in the table already is not run again.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.trial import Trial, fill, on_this_machine

SHIPPED = Path(__file__).parents[1] / "checkpoints" / "studies" / "ablations.csv"
CORPUS, SEEDS = "names", (0, 1, 2)
STEPS = {"transformer": 200, "lstm": 300}
FIXED = {"train.batch_size": "32", "train.precision": "float32"}
BASES = {
    "transformer": {
        "model.n_layer": "2",
        "model.n_embd": "32",
        "model.n_head": "4",
        "model.position": "rotary",
        "model.norm": "rms",
        "model.norm_place": "before",
        "model.residual": "true",
        "model.activation": "relu2",
        "model.attention": "softmax",
        "model.qk_norm": "true",
        "model.tied": "false",
        "model.bias": "false",
        "train.optimizer": "muon",
        "train.lr": "0.02",
    },
    # Equal widths, so that the embedding can be shared.
    "lstm": {
        "model.n_layer": "1",
        "model.n_embd": "64",
        "model.n_hidden": "64",
        "model.forget_bias": "1.0",
        "model.tied": "false",
        "model.dropout": "0.0",
        "model.weight_drop": "0.0",
        "train.grad_clip": "1.0",
        "train.optimizer": "adamw",
        "train.lr": "0.0056",
    },
}
# A rule that turns gradients into steps comes with a usual rate of its own, not searched for here.
# Where decay is a part of the gradient, the recipe's would be another thing: none.
NO_DECAY = {"train.weight_decay": "0.0"}
OWN = {
    "adamw": {"train.lr": "0.004"},
    "muon": {"train.lr": "0.02"},
    "adam": {"train.lr": "0.004", **NO_DECAY},
    "sgd-momentum": {"train.lr": "0.04", **NO_DECAY},
    "sgd": {"train.lr": "0.4", **NO_DECAY},
}
SWITCHES = {
    "transformer": {
        "model.position": ("learned", "sinusoidal", "alibi", "none"),
        "model.norm": ("layer",),
        "model.norm_place": ("after",),
        "model.activation": ("gelu", "swiglu"),
        "model.attention": ("average",),
        "model.qk_norm": ("false",),
        "model.residual": ("false",),
        "model.n_head": ("1", "8"),
        "model.tied": ("true",),
        "model.bias": ("true",),
        "train.optimizer": ("adamw", "adam", "sgd-momentum", "sgd"),
    },
    "lstm": {
        "model.n_layer": ("2",),
        "model.forget_bias": ("0.0", "-2.0", "3.0"),
        "model.tied": ("true",),
        "model.dropout": ("0.2",),
        "model.weight_drop": ("0.2",),
        "train.grad_clip": ("0.0",),
        "train.optimizer": ("muon",),
    },
}
COLUMNS = ("family", "called", "setting", "value", "base", "seed", "steps", "parameters")
COLUMNS += ("validation_nats", "cpu_seconds", "machine", "versions", "command")
SAID = ("family", "called", "value", "seed", "validation_nats", "cpu_seconds")


@dataclass(frozen=True)
class Switched:
    """One run: the setting that is changed, "" for the base, its value, and the seed."""

    family: str
    setting: str
    value: str
    seed: int

    @property
    def trial(self) -> Trial:
        """What is trained."""
        changed = {self.setting: self.value} if self.setting else {}
        if self.setting == "train.optimizer":
            changed |= OWN[self.value]
        settings = BASES[self.family] | changed | FIXED
        return Trial(CORPUS, self.family, tuple(settings.items()), STEPS[self.family], self.seed)

    @property
    def kept(self) -> str:
        return self.trial.kept

    def run(self) -> dict[str, Any]:
        """The row of it, scored by the whole validation split."""
        done = self.trial.run()
        return done.figures | {
            "family": self.family,
            "called": self.trial.title(self.setting) if self.setting else "",
            "setting": self.setting,
            "value": self.value,
            "base": BASES[self.family].get(self.setting, ""),
            "validation_nats": done.trainer.evaluate("validation", whole=True).loss,
            "machine": on_this_machine(),
        }


def planned() -> Iterator[Switched]:
    """All runs, the base of each family first."""
    for family, switches in SWITCHES.items():
        changes = [(setting, value) for setting, values in switches.items() for value in values]
        for setting, value in [("", ""), *changes]:
            yield from (Switched(family, setting, value, seed) for seed in SEEDS)


def main(argv: list[str] | None = None) -> None:
    args = argparse.ArgumentParser(description="What the parts of a model do.")
    args.add_argument("--out", type=Path, default=SHIPPED, help="default: the table that ships")
    args.add_argument("--list", action="store_true", help="only show the commands")
    chosen = args.parse_args(argv)
    if chosen.list:
        print("\n".join(one.kept for one in planned()))
        return
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    fill(chosen.out, COLUMNS, planned(), Switched.run, SAID)


if __name__ == "__main__":
    main()
