"""Step 2 for examples that are no text: a few of them, learned by heart.

    passed    loss <= least + SHARE (loss before training - least)

`least` is what the task says that examples known by heart cost: 0 for classes and values. What
holds learning back is off, as in `overfit.py`, and the rate is that of the training.
"""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import torch

from lm_core.doctor.overfit import ENOUGH, LOOK_EVERY, STEPS, calm, failed, not_learned
from lm_core.doctor.patient import Patient, Stop, Until, never, plain
from lm_core.doctor.verdicts import NOTE, OK, Verdict, out_of_time
from lm_core.figures import percent
from lm_core.models.contract import Model, evaluating
from lm_core.training import Trainer
from lm_core.training.events import Evaluated, Failed

ROWS = 8  # examples
SHARE = 0.05  # of the loss before training, that may be left
CLOSE = 0.01  # of it, at which there is nothing left to see


@dataclass(frozen=True)
class ByHeart:
    """How far the examples were learned."""

    rows: int
    steps: tuple[int, ...]
    losses: tuple[float, ...]  # after each of `steps`
    least: float
    unit: str
    lr: float
    most: int = STEPS  # steps it may take
    done: bool = False
    failure: str = ""

    @property
    def left(self) -> float:
        """Share of the loss before training that the best of them still is."""
        first = self.losses[0] - self.least
        return (min(self.losses) - self.least) / first if first > 0 else 0.0

    @property
    def passed(self) -> bool:
        return self.left <= SHARE

    def data(self) -> dict[str, Any]:
        """Plain JSON, for a chart; named as of a text."""
        return {
            "rows": self.rows,
            "steps": list(self.steps),
            "nats": list(self.losses),
            "target_nats": self.least,
            "lr": self.lr,
            "passed": self.passed,
            "done": self.done,
        }

    def verdict(self) -> Verdict:
        """overfit_ok, cannot_overfit, overfit_unfinished (of steps) or out_of_time."""
        steps = self.steps[-1]
        said = (
            f"of {self.losses[0]:.3g} {self.unit} before training "
            f"{percent(max(0.0, self.left))} are left; {percent(SHARE)} passes"
        )
        if self.passed:
            return Verdict(
                "overfit_ok",
                OK,
                f"After {steps:,} steps it knows {self.rows} examples by heart: {said}.",
            )
        if self.failure:
            return failed(self.failure)
        if steps < min(ENOUGH, self.most):
            return out_of_time(
                f"Time was up after {steps:,} of up to {self.most:,} steps on {self.rows} "
                f"examples: {said}."
            )
        if self.losses[-1] < 0.9 * self.losses[3 * len(self.losses) // 4]:
            return Verdict(
                "overfit_unfinished",
                NOTE,
                f"After {steps:,} steps on {self.rows} examples it is still falling: {said}.",
                "A higher learning rate would show sooner whether it gets there.",
            )
        return not_learned(
            f"After {steps:,} steps at rate {self.lr:g} it has not learned {self.rows} examples by "
            f"heart: {said}.",
        )


def by_heart(
    patient: Patient, *, steps: int = STEPS, stop: Stop = never
) -> Generator[dict[str, Any], None, ByHeart]:
    """Train a fresh model on the first examples until it knows them. Yields `ByHeart.data` as it
    grows."""
    model, whole = patient.fresh(calm(patient.settings)), patient.data["train"]
    few = replace(whole, **{name: tensor[:ROWS] for name, tensor in whole.tensors.items()})
    rows = next(iter(few.counts().values()))
    here = few.to(torch.device(patient.device))
    batch = patient.task.batches(patient.shape, here, batch_size=rows, seed=patient.seed).at(0)

    def loss(model: Model) -> float:
        with evaluating(model), torch.no_grad():
            return patient.task.loss(model, *batch.inputs, None).each.double().mean().item()

    found = ByHeart(
        rows=rows,
        steps=(0,),
        losses=(loss(model),),
        least=patient.task.least,
        unit=patient.unit,
        lr=patient.train.lr,
        most=steps,
    )
    train = replace(
        plain(patient.train),
        weight_decay=0.0,
        accumulate=1,
        batch_size=rows,
        eval_every=LOOK_EVERY,
    )

    def look(trainer: Trainer) -> Evaluated:
        return Evaluated(trainer.step, trainer.tokens, "train", loss(trainer.model), rows, True)

    trainer = patient.trainer(
        train, steps=steps, model=model, data={"train": few}, control=Until(stop), aside=(look,)
    )
    with closing(trainer.run()) as events:
        for event in events:
            if isinstance(event, Failed):
                found = replace(found, failure=event.reason)
            if isinstance(event, Evaluated):
                found = replace(
                    found, steps=(*found.steps, event.step), losses=(*found.losses, event.loss)
                )
                yield found.data()
                if found.left <= CLOSE:
                    break
    found = replace(found, done=True)
    yield found.data()
    return found
