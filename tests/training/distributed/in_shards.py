"""What `test_sharding.py` runs in two processes and, whole, in one: equal trainings, stopped and
gone on with."""

import json
import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor

from lm_core.checkpoints import load_checkpoint, load_training, save_checkpoint
from lm_core.models import LanguageModel
from lm_core.tasks import NextToken
from lm_core.training import Budget, Trainer, TrainSettings
from lm_core.training.averaging import local
from lm_core.training.distributed.team import Team, together
from lm_core.training.events import Evaluated, Sampled, Step
from lm_core.training.resume import restore, training_tensors
from lm_core.training.saving import Saving
from tests.steered import StopAt
from tests.tiny import NAMES, TEXT, encoded, tiny_model

TOKENIZER, RUNNING = encoded([TEXT])
ITEM_TOKENIZER, ITEMS = encoded(NAMES, items=True)
STEPS, STOP = 12, 7
KEEPING = {"ema": 0.9, "keep_best": True, "patience": 50, "eval_every": 4}
GPT2 = {"norm": "layer", "bias": True, "position": "learned"}

# name -> family, and settings of the model and of the training
CASES: dict[str, tuple[str, dict, dict]] = {
    "plain": ("transformer", {}, {}),
    "pieces": ("transformer", {}, {"accumulate": 5, "ramp": 0.5}),
    "muon": ("transformer", {}, {"optimizer": "muon"}),
    "keeping": ("transformer", {"tied": True}, KEEPING),
    "one block": ("transformer", {"n_layer": 1, **GPT2}, {"optimizer": "muon"}),
    "adaptive": ("transformer", {"head": "adaptive"}, {}),
    "items": ("encoder-decoder", {"n_layer": 1, "block_size": 12}, {}),
    "again": ("transformer", {}, {"recompute": True}),
    "rounded": ("transformer", {}, {"recompute": True, "precision": "auto"}),
}
RESUMED = ("keeping", "muon")


def make(
    case: str, team: Team, *, folder: Path | None = None, stop: int | None = None, save: Any = None
) -> Trainer:
    """The trainer of a case; put where the run that was saved in `folder` stopped."""
    family, changes, how = CASES[case]
    tokenizer, data = (ITEM_TOKENIZER, ITEMS) if case == "items" else (TOKENIZER, RUNNING)
    saved = load_checkpoint(folder) if folder else None
    changes = {"block_size": 8} | changes
    control = StopAt(stop)
    control.trainer = Trainer(
        NextToken(),
        saved.model if saved else tiny_model(family, tokenizer.vocab_size, **changes),
        {"train": data, "validation": data},
        settings=TrainSettings(**({"batch_size": 9, "lr": 1e-2, "precision": "float32"} | how)),
        budget=Budget(steps=STEPS),
        control=control,
        team=team,
        write=written,
        save=save,
    )
    if saved:
        restore(control.trainer, load_training(folder), saved.meta)
    return control.trainer


def written(model: LanguageModel, seconds: float) -> str:
    """A sample that shows the weights to the last digits that two ways of adding share."""
    with torch.inference_mode():
        return f"{float(model.eval()(torch.arange(6).view(2, 3))[0].exp().sum()):.2f}"


def saver(folder: Path) -> Any:
    """Saves a trainer as a run does."""

    def save(training: Trainer) -> str:
        done = {k: getattr(training, k) for k in ("step", "tokens", "seconds")}
        tensors = training_tensors(training)
        save_checkpoint(folder, training.model, TOKENIZER, done, training=tensors)
        return str(folder)

    return save


def told(training: Trainer) -> dict[str, Any]:
    """Run it; what it said, what it ended with."""
    events, between = [], []
    with patch.object(Saving, "due", lambda self: True):
        for event in training.run():
            events.append(event)
            between.append(bool(next(training.model.parameters()).isnan().all()))
    steps = [e for e in events if isinstance(e, Step)]
    return {
        "nats": [e.loss for e in steps],
        "norms": [e.grad_norm for e in steps],
        "scores": [e.loss for e in events if isinstance(e, Evaluated)],
        "samples": [e.text for e in events if isinstance(e, Sampled)],
        "weights": [float(p.detach().double().sum()) for p in training.model.parameters()],
        "final": training.evaluate().loss if events else None,
        "hidden": between,
        "held": held(training),
        "end": str(events[-1]) if events else "",
    }


def held(training: Trainer) -> int:
    """Bytes of weights and optimizer's memory in this process, where the run is spread."""
    memories = training.optimizer.state_dict()["state"].values()
    tensors = [v for m in memories for v in m.values() if isinstance(v, Tensor) and v.dim()]
    return sum(local(t).nbytes for t in [*training.learner.parameters(), *tensors])


def main(folder: Path, cases: list[str]) -> None:
    """These cases, then: stop a run, and go on with the one that a process alone has stopped."""
    with together(shards=True) as team:
        found = {case: told(make(case, team)) for case in cases}
        for case in RESUMED:
            told(make(case, team, stop=STOP, save=saver(folder / f"spread {case}")))
            found[f"{case} resumed"] = told(make(case, team, folder=folder / f"whole {case}"))
        if team.leads:
            print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
