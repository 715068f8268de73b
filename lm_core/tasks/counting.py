"""How a counting model is "trained": it counts ever more of the text, and is scored each time.

The points are real: each is a model fitted on ever more of the beginning of the training text,
so the curve shows what reading more brings. The loss of a step is the surprise on the very text
that was counted, as a training loss is; it rises toward the validation loss as there is more to
count. Requests are heard between two fits, each of which is a step; there is no budget: the whole
text is read.
"""

import time
from collections.abc import Iterator
from dataclasses import replace

from lm_core.encoded import Encoded
from lm_core.evaluation import evaluate
from lm_core.training.clock import Clock
from lm_core.training.events import Event, Finished, Paused, Step
from lm_core.training.saving import Saving
from lm_core.training.side import evaluated, made_aside, written
from lm_core.training.state import Training
from lm_core.training.task import Course

LOOKS = 20  # fits, each on half as much again as the one before; together on less than three texts
LEAST = 1 / 4096  # of the text: the first


def sizes_of(train: Encoded) -> list[int]:
    """How many ids are read at each step; every fit counts from nothing, so that a run which goes
    on from any of them is the same."""
    size = len(train.ids)
    return sorted({max(2, round(size * LEAST ** (k / (LOOKS - 1)))) for k in range(LOOKS)})


class Counting(Course):
    """Fits the model of `training` on growing parts of the training split."""

    def __init__(self, training: Training) -> None:
        self.training, self.sizes = training, sizes_of(training.data["train"])
        self.steps = len(self.sizes)

    def run(self) -> Iterator[Event]:
        training, control = self.training, self.training.control
        clock, saving, reason = Clock(training.seconds, training.clock), Saving(training), "budget"
        while training.step < self.steps:
            requested = control.look()
            if requested == "pause" and not control.may_step():
                yield Paused(training.step)
                clock.stop()
                control.hold()
                clock.go()
                continue
            if requested == "stop":
                reason = "stopped"
                break
            yield self._count(clock)
            yield from evaluated(training)
            yield from made_aside(training)
            yield from written(training)
            yield from training.beside.notes(training.step)
            if training.save and saving.due():
                yield from saving.do(last=True)
        if training.save:
            yield from saving.do(last=True)
        yield Finished(training.step, training.tokens, training.seconds, reason)

    def _count(self, clock: Clock) -> Step:
        """One step: fit, and score what was fitted on."""
        training = self.training
        part = first_tokens(training.data["train"], self.sizes[training.step])
        started = time.perf_counter()
        training.model.fit(part.ids, part.starts)
        seconds = time.perf_counter() - started
        training.step, training.tokens = training.step + 1, part.predictions
        training.seconds = clock.seconds()
        score = evaluate(training.model, part, max_tokens=training.settings.eval_tokens)
        return Step(
            training.step,
            training.tokens,
            training.seconds,
            score.nats_per_token,
            tokens_per_second=part.predictions / max(seconds, 1e-9),
        )


def first_tokens(encoded: Encoded, size: int) -> Encoded:
    """The first `size` ids as an encoded text of its own."""
    ids = encoded.ids[:size]
    share = len(ids) / max(1, len(encoded.ids))
    return replace(
        encoded,
        ids=ids,
        starts=encoded.starts[encoded.starts < max(1, size - 1)],
        characters=round(encoded.characters * share),
        bytes=round(encoded.bytes * share),
        unknown=round(encoded.unknown * share),
        skipped_characters=round(encoded.skipped_characters * share),
        skipped_bytes=round(encoded.skipped_bytes * share),
    )
