"""One training of a study: settings, a number of steps and a seed, on one thread.

No clock decides its figures, and it is also one command of the lab, which its row in a table keeps.
"""

import csv
import platform
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import torch

from lm_core import __version__
from lm_core.evaluation.study import read
from lm_core.machine import processor
from lm_core.runs.prepare import Prepared, prepare
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec, RunSpec, StartSpec
from lm_core.runs.tuning import tuning_spec
from lm_core.training import Budget, Trainer
from lm_core.training.callbacks import Callback
from lm_core.training.events import Failed


@dataclass(frozen=True)
class Trial:
    """What is trained.

    Args:
        changes: settings by their dotted names, beside the recipe's. The only evaluation is the
            last step's, so that no clock decides which weights are kept.
        tokenizer: by name; "" for the corpus' own.
        start: the trained model that it goes on from, whose settings it takes; "" for none.
    """

    corpus: str
    family: str
    changes: tuple[tuple[str, str], ...]
    steps: int
    seed: int
    tokenizer: str = ""
    start: str = ""

    @property
    def settings(self) -> dict[str, str]:
        return dict(self.changes) | {"train.eval_every": str(self.steps)}

    @cached_property
    def spec(self) -> RunSpec:
        """Raises BadSettings: it cannot be built."""
        data, budget = CorpusSpec(name=self.corpus), Budget(steps=self.steps)
        if self.start:
            method = StartSpec(folder=self.start).with_texts(
                {n.partition(".")[2]: v for n, v in self.changes if n.startswith("start.")}
            )
            usual = tuning_spec(self.start, data, method.adapter, budget=budget, seed=self.seed)
            return usual.with_texts(self.settings)
        usual = default_spec(
            data, self.family, tokenizer=self.tokenizer or None, budget=budget, seed=self.seed
        )
        return usual.with_texts(self.settings)

    @property
    def command(self) -> list[str]:
        """The words after `python` that train the same model."""
        words = ["-m", "lm_core", "train", "--corpus", self.corpus]
        words += ["--start", self.start] if self.start else ["--model", self.family]
        words += ["--tokenizer", self.tokenizer] if self.tokenizer else []
        words += ["--steps", str(self.steps), "--seed", str(self.seed)]
        words += ["--threads", "1", "--device", "cpu"]
        return words + [w for k, v in self.settings.items() for w in ("--set", f"{k}={v}")]

    @property
    def kept(self) -> str:
        """The command as a table keeps it."""
        return " ".join(["python", *self.command])

    def title(self, setting: str) -> str:
        """What a setting is called on the Train screen, by its dotted name."""
        part, _, name = setting.partition(".")
        return getattr(self.spec, part).labels()[name]

    def run(self, *callbacks: Callback) -> "Trained":
        """Train it, on one thread.

        Args:
            callbacks: who looks at its steps.

        Raises:
            RuntimeError: it diverged.
        """
        torch.set_num_threads(1)
        prepared = prepare(self.spec)
        trainer = Trainer(
            prepared.task,
            prepared.model,
            prepared.data,
            settings=prepared.spec.train,
            budget=prepared.spec.budget,
            seed=self.seed,
            callbacks=callbacks,
        )
        began = time.process_time()
        for event in trainer.run():
            if isinstance(event, Failed):
                raise RuntimeError(f"{self.kept}: {event.reason}")
        return Trained(self, prepared, trainer, time.process_time() - began)


@dataclass(frozen=True)
class Trained:
    """A trial that was run."""

    trial: Trial
    prepared: Prepared
    trainer: Trainer
    seconds: float

    @property
    def figures(self) -> dict[str, Any]:
        """What every table of a study has of a run, but for its loss."""
        return {
            "seed": self.trial.seed,
            "steps": self.trainer.step,
            "parameters": self.prepared.model.n_parameters,
            "cpu_seconds": round(self.seconds, 1),
            "versions": f"lm_core {__version__}, torch {torch.__version__}, "
            f"Python {platform.python_version()}",
            "command": self.trial.kept,
        }


def on_this_machine() -> str:
    """What a study is run on, as a table keeps it."""
    return f"1 thread of {processor()}"


def fill(
    out: Path,
    columns: Iterable[str],
    trials: Iterable[Trial],
    run: Callable[[Any], dict[str, Any]],
    shown: Iterable[str],
) -> None:
    """Run what is not in the table `out` yet, and add each row as it comes.

    Args:
        run: makes the row of a trial (of anything with a `kept`).
        shown: columns that are told while it goes on.
    """
    known = {row["command"] for row in read(out)} if out.exists() else set()
    for trial in trials:
        if trial.kept in known:
            continue
        row = run(trial)
        with out.open("a", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(columns), lineterminator="\n")
            if not file.tell():
                writer.writeheader()
            writer.writerow(row)
        print(*(row[name] for name in shown), file=sys.stderr, flush=True)
