"""What `test_team.py` runs in one process and in two: equal trainings, and what they gave."""

import json
from typing import Any
from unittest.mock import patch

from lm_core.tasks import NextToken
from lm_core.training import Budget, Trainer, TrainSettings
from lm_core.training.distributed.team import Team, together
from lm_core.training.events import Step
from lm_core.training.resume import training_tensors
from lm_core.training.saving import Saving
from tests.tiny import TEXT, encoded, tiny_model

OPTIONS = ({}, {"accumulate": 2, "ramp": 0.5, "ema": 0.9, "eval_every": 7})


def curves(team: Team) -> dict[str, dict[str, Any]]:
    """Curve, end and saved shapes of some short runs, saved after every step."""
    with patch.object(Saving, "due", lambda self: True):
        return {
            f"{family} {len(options)}": _curve(team, family, options)
            for family in ("transformer", "lstm")
            for options in OPTIONS
        }


def _curve(team: Team, family: str, options: dict[str, Any]) -> dict[str, Any]:
    tokenizer, text = encoded([TEXT])
    states: list[list] = []

    def save(training: Trainer) -> str:
        training_tensors(training)
        states.append([list(part.shape) for part in training.state or ()])
        return "somewhere"

    training = Trainer(
        NextToken(),
        tiny_model(family, tokenizer.vocab_size, block_size=8),
        {"train": text, "validation": text},
        settings=TrainSettings(batch_size=9, lr=1e-2, precision="float32", **options),
        budget=Budget(steps=20),
        team=team,
        save=save,
    )
    events = list(training.run())
    assert team.leads or not (events or states)
    return {
        "nats": [event.loss for event in events if isinstance(event, Step)],
        "tokens": training.tokens,
        "states": states,
        "weights": [float(p.detach().double().sum()) for p in training.model.parameters()],
        "end": str(events[-1]) if events else "",
    }


if __name__ == "__main__":
    with together() as team:
        found = curves(team)
        if team.leads:
            print(json.dumps(found))
