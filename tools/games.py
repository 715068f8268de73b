"""The games of two networks that the screen GAN shows at once: `python -m tools.games`.

Each is an ordinary training of `gan` on points, looked at after a few of its steps. On one quiet
core all of it takes about a minute.
"""

import argparse
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from lm_core.evaluation.game_course import Course, Frame, frame, rounded
from lm_core.json_files import dumps
from lm_core.runs.prepare import prepare
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.training import Budget, Trainer
from lm_core.training.callbacks import Callback
from lm_core.training.events import Evaluated

OUT = Path(__file__).resolve().parents[1] / "checkpoints" / "studies" / "games.json"
STEPS = 2000
LOOKS = (1, 10, 30, 60, 100, 200, 300, 500, 700, 1000, 1500, 2000)
SHOWN = 250  # real points
GAMES: dict[str, tuple[str, dict[str, Any]]] = {
    "usual": ("Non-saturating, the judge takes one step", {}),
    "saturating": ("Saturating, as the game is written", {"task": {"loss": "saturating"}}),
    "five": ("The judge takes five steps", {"task": {"k": 5}}),
    "momentum": (
        "A ring, full momentum (AdamW), no average",
        {"train": {"optimizer": "adamw", "ema": 0.0}},
    ),
}


class Looks(Callback):
    """Takes a frame after some steps, of the weights that would be judged."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []

    def wants(self, training: Any) -> bool:
        return training.step + 1 in LOOKS

    def after(self, training: Any) -> Iterator[Any]:
        with training.weights.shown():
            self.frames.append(frame(training.model, training.step))
        yield from ()


def spec_of(name: str, changes: dict[str, Any]) -> RunSpec:
    """The usual settings but for the changes."""
    data = CorpusSpec(name="points-ring" if name == "momentum" else "points-gaussians")
    usual = default_spec(data, "gan", budget=Budget(steps=STEPS))
    plain = usual.to_dict()
    for part, values in changes.items():
        plain[part] |= values
    return RunSpec.from_dict(plain)


def play(name: str) -> Course:
    """Train one game and look at it."""
    title, changes = GAMES[name]
    spec = spec_of(name, changes)
    prepared, looks = prepare(spec), Looks()
    trainer = Trainer(
        prepared.task,
        prepared.model,
        prepared.data,
        settings=spec.train,
        budget=spec.budget,
        seed=spec.seed,
        callbacks=[looks],
        threads=1,
    )
    figures = [
        {"step": event.step, "energy distance": round(event.loss, 4)}
        | {key: round(value, 4) for key, value in event.metrics.items()}
        for event in trainer.run()
        if isinstance(event, Evaluated) and event.split == "validation"
    ]
    real = rounded(prepared.data["validation"].places[:SHOWN].tolist())
    return Course(name, title, spec.to_dict(), real, looks.frames, figures)


def main() -> None:
    """Play all games and write the file."""
    parser = argparse.ArgumentParser(description="Play the games that the screen GAN shows.")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    torch.set_num_threads(1)
    courses = []
    for name in GAMES:
        courses.append(asdict(play(name)))
        print(name, courses[-1]["figures"][-1], flush=True)
    options.out.write_text(dumps({"courses": courses}) + "\n")


if __name__ == "__main__":
    main()
