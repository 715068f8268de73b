"""What the parts of a translator do: one setting at a time changed from a base, three seeds each.

    python -m tools.study                       # makes docs/sweeps/translation.csv
    python -m tools.study --table               # shows it as Markdown

What is in the table already is not run again.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lm_core.evaluation.study import COLUMNS, FIGURES, Configuration, configurations, read
from lm_core.figures import percent
from lm_core.runs.spec import RunSpec
from tools import trial

TABLE = Path(__file__).parents[1] / "docs" / "sweeps" / "translation.csv"
CORPUS, FAMILY, STEPS, SEEDS = "dates-in-words", "encoder-decoder", 250, (0, 1, 2)
BASE = {
    "model.n_embd": "64",
    "model.n_layer": "2",
    "model.n_head": "4",
    "model.dropout": "0.0",
    "model.position": "rotary",
    "task.label_smoothing": "0.0",
    "train.lr": "0.02",
}
# Values beside the base's.
CHANGES = {
    "model.n_embd": ("16", "32", "128"),
    "model.n_layer": ("1", "3", "4"),
    "model.n_head": ("1", "2", "8"),
    "model.dropout": ("0.1", "0.3"),
    "model.position": ("learned", "sinusoidal", "alibi", "none"),
    "task.label_smoothing": ("0.1",),
    "train.lr": ("0.01", "0.04"),
}
# The same in all: Muon learns enough in so few steps for the settings to matter.
FIXED = {"model.block_size": "48", "train.optimizer": "muon", "train.weight_decay": "0.1"}
FIXED |= {"train.batch_size": "16", "train.precision": "float32"}


@dataclass(frozen=True)
class Trial:
    """One run: the setting that is changed, "" for the base, its value, and the seed."""

    setting: str
    value: str
    seed: int
    steps: int = STEPS

    @property
    def of(self) -> trial.Trial:
        """What is trained."""
        changed = {self.setting: self.value} if self.setting else {}
        settings = BASE | changed | FIXED
        return trial.Trial(CORPUS, FAMILY, tuple(settings.items()), self.steps, self.seed)

    @property
    def settings(self) -> dict[str, str]:
        """All that is set, by its dotted name."""
        return self.of.settings

    @property
    def spec(self) -> RunSpec:
        return self.of.spec

    @property
    def command(self) -> list[str]:
        """The words after `python` that train the same model."""
        return self.of.command

    @property
    def kept(self) -> str:
        """The command as the table keeps it."""
        return self.of.kept


def trials() -> Iterator[Trial]:
    """All of the study, the base first."""
    changes = [(setting, value) for setting, values in CHANGES.items() for value in values]
    for setting, value in [("", ""), *changes]:
        yield from (Trial(setting, value, seed) for seed in SEEDS)


def run(one: Trial) -> dict[str, Any]:
    """The row of a trial: figures of the whole validation split, every pair of it translated."""
    done = one.of.run()
    scored = done.trainer.evaluate("validation", whole=True)
    return done.figures | {
        "called": called(one.setting),
        "setting": one.setting,
        "value": one.value,
        "base": BASE.get(one.setting, ""),
        "validation_nats": scored.loss,
        "exact_match": scored.metrics["exact match"],
        "chrf": scored.metrics["chrF"],
    }


def called(setting: str) -> str:
    """The title of a setting, as the Train screen has it; "" of the base."""
    return Trial("", "", 0).of.title(setting) if setting else ""


def study(out: Path) -> None:
    """Run what is not in `out` yet, and add each row as it comes."""
    trial.fill(out, COLUMNS, trials(), run, ("called", "value", "seed", *FIGURES, "cpu_seconds"))


def table(rows: list[dict[str, str]]) -> str:
    """Markdown: the mean over the seeds, the lowest and the highest in brackets; ▲ where every seed
    is better than every seed of the base, ▼ where it is worse."""
    base, *changed = configurations(rows)
    lines = [
        "| changed | parameters | validation nats | exact match | chrF | CPU seconds |",
        "|---|---|---|---|---|---|",
    ]
    for one in (base, *changed):
        cells = [_cell(one, base, figure) for figure in FIGURES]
        size, took = one.mean("parameters"), one.mean("cpu_seconds")
        lines.append(f"| {one.label} | {size:,.0f} | {' | '.join(cells)} | {took:.0f} |")
    return "\n".join(lines)


def _cell(one: Configuration, base: Configuration, figure: str) -> str:
    mark = {"better": " ▲", "worse": " ▼", "": ""}[one.told_apart(base, figure)]
    mean, low, high = (_shown(x, figure) for x in (one.mean(figure), *one.spread(figure)))
    return f"{mean} ({low} to {high}){mark}"


def _shown(value: float, figure: str) -> str:
    if figure == "exact_match":
        return percent(value)
    return f"{value:.3f}" if figure == "validation_nats" else f"{value:.1f}"


def main(argv: list[str] | None = None) -> None:
    args = argparse.ArgumentParser(description="What the parts of a translator do.")
    args.add_argument(
        "--out", type=Path, default=TABLE, help="default: docs/sweeps/translation.csv"
    )
    args.add_argument("--table", action="store_true", help="print what is there as Markdown")
    chosen = args.parse_args(argv)
    if chosen.table:
        print(table(read(chosen.out)))
    else:
        study(chosen.out)


if __name__ == "__main__":
    main()
