"""Step 2, one batch by heart: whoever cannot learn a few rows will not learn a text.

    target    what the rows themselves allow: -sum c(v, w) ln(c(v, w) / c(v)) / N
    passed    surprise <= target + MARGIN

c(v, w) counts how often w followed the context v as far back as the model can see. Several names
begin with the same boundary and go on differently, so the first letter cannot be known: the target
is above 0 there, and a model that sees one token only has a target far above 0. A test that asked
for 0 would raise false alarms.

Everything that holds learning back is off: dropout, weight decay, penalties, the schedule. The rate
and the optimizer are those of the training.
"""

import math
from collections import Counter
from collections.abc import Generator, Hashable, Iterator
from contextlib import closing
from dataclasses import dataclass, fields, replace
from typing import Any

import torch
from torch import Tensor

from lm_core.doctor.patient import Patient, Stop, Until, never, plain
from lm_core.doctor.untrained import first_logits
from lm_core.doctor.verdicts import ALARM, NOTE, OK, Verdict, out_of_time
from lm_core.encoded import Encoded
from lm_core.figures import percent
from lm_core.models.averaged import Averaged, PartsSettings
from lm_core.models.contract import IGNORED, LanguageModel
from lm_core.models.encoder import EVERY, EncoderSettings, whole_text
from lm_core.settings import Settings
from lm_core.tasks.token_batches import TokenBatch
from lm_core.training import Trainer
from lm_core.training.events import Evaluated, Failed
from lm_core.windows import cut

ENOUGH = 400  # steps before which nothing is said to have failed, unless it had no more
MARGIN = 0.1  # nats above the target that still pass
CLOSE = 0.02  # nats above it at which there is nothing left to see
STEPS = 2000  # at most
LOOK_EVERY = 10  # steps between two measurements
HIDE = 0.5  # of the tokens, by a model that learns from hidden ones: so that all come up soon
ITEMS, TOKENS = 8, 256  # rows of a list of items; tokens of a running text
PENALTIES = ("l2", "ar", "tar")  # prices of large weights or activations, by their settings' names


@dataclass(frozen=True)
class Overfit:
    """How far the batch was learned. Surprise is nats per token: sums, divided once."""

    rows: int
    tokens: int
    steps: tuple[int, ...]
    nats: tuple[float, ...]  # after each of `steps`, nothing hidden
    target_nats: float
    accuracy: float  # share of the tokens that are its first guess, at the end
    target_accuracy: float
    lr: float
    most: int = STEPS  # steps it may take; fewer where time was up
    done: bool = False
    failure: str = ""

    @property
    def lowest(self) -> float:
        """The least surprise it came down to."""
        return min(self.nats)

    @property
    def passed(self) -> bool:
        return self.lowest <= self.target_nats + MARGIN

    @property
    def stuck(self) -> bool:
        """Whether it is worse off than at its beginning, or the steps that are left would not do at
        the pace of the last quarter; where none are left, as many again."""
        done, quarter = self.steps[-1], len(self.nats) // 4
        if done < min(ENOUGH, self.most) or quarter < 1:
            return False
        fallen = (self.nats[-1 - quarter] - self.nats[-1]) / (done - self.steps[-1 - quarter])
        left = (self.most - done) or done
        lost = self.nats[-1] > self.nats[0]
        return lost or self.nats[-1] - max(0.0, fallen) * left > self.target_nats + MARGIN

    def data(self) -> dict[str, Any]:
        """Plain JSON, for a chart."""
        return {
            "rows": self.rows,
            "tokens": self.tokens,
            "steps": list(self.steps),
            "nats": list(self.nats),
            "accuracy": self.accuracy,
            "target_nats": self.target_nats,
            "target_accuracy": self.target_accuracy,
            "lr": self.lr,
            "passed": self.passed,
            "done": self.done,
        }

    def verdict(self) -> Verdict:
        """overfit_ok, cannot_overfit, overfit_unfinished (of steps) or out_of_time."""
        steps = self.steps[-1]
        batch = f"{self.rows} rows ({self.tokens:,} tokens)"
        allowed = f"{self.target_nats:.2f} is the least these rows allow, {MARGIN} more passes"
        if self.passed:
            return Verdict(
                "overfit_ok",
                OK,
                f"After {steps:,} steps it knows {batch} by heart: {self.lowest:.2f} nats per "
                f"token, {percent(self.accuracy)} of them its first guess; {allowed}.",
            )
        if self.failure:
            return failed(self.failure)
        if not self.stuck and steps < self.most:
            return out_of_time(
                f"Time was up after {steps:,} of up to {self.most:,} steps on {batch}, at "
                f"{self.nats[-1]:.2f} nats per token; {allowed}."
            )
        if not self.stuck:
            return Verdict(
                "overfit_unfinished",
                NOTE,
                f"After {steps:,} steps on {batch} it is at {self.nats[-1]:.2f} nats per token and "
                f"still falling; {allowed}.",
                "A higher learning rate would show sooner whether it gets there.",
            )
        return not_learned(
            f"After {steps:,} steps at rate {self.lr:g} it has not learned {batch} by heart: "
            f"it came down to {self.lowest:.2f} nats per token; {allowed}.",
        )


def failed(reason: str) -> Verdict:
    """Of training that came to an end by itself."""
    return Verdict("cannot_overfit", ALARM, reason, "Lower the learning rate.", "train.lr")


def not_learned(said: str) -> Verdict:
    """Of steps enough, and what was to be known by heart is not."""
    cure = (
        "Try another learning rate, then a wider model; if both fail, look for a mistake: "
        "targets that do not belong to their inputs, weights the optimizer does not move."
    )
    return Verdict("cannot_overfit", ALARM, said, cure, "train.lr")


def overfit(
    patient: Patient, *, rows: int | None = None, steps: int = STEPS, stop: Stop = never
) -> Generator[dict[str, Any], None, Overfit]:
    """Train a fresh model on a few rows until it knows them. Yields `Overfit.data` as it grows."""
    model = patient.fresh(calm(patient.settings))
    size = patient.row
    few = few_rows(patient.data["train"], size, rows)
    batch = TokenBatch.of(few.ids.to(patient.device), cut(few, size))
    best = [allowed(part, batch) for part in learners(model)]
    found = Overfit(
        rows=len(batch.idx),
        tokens=batch.asked,
        steps=(0,),
        nats=(surprise(model, batch),),
        target_nats=sum(nats for nats, _ in best) / len(best),
        accuracy=accuracy(model, batch),
        target_accuracy=sum(share for _, share in best) / len(best),
        lr=patient.train.lr,
        most=steps,
    )
    train = replace(
        plain(patient.train),
        weight_decay=0.0,
        accumulate=1,
        batch_size=found.rows,
        eval_every=LOOK_EVERY,
    )

    def look(trainer: Trainer) -> Evaluated:
        nats = surprise(trainer.model, batch)
        return Evaluated(trainer.step, trainer.tokens, "train", nats, batch.asked, True)

    control = Until(stop)
    trainer = patient.trainer(
        train, steps=steps, model=model, data={"train": few}, control=control, aside=(look,)
    )
    last = steps
    with closing(trainer.run()) as events:
        for event in events:
            if isinstance(event, Failed):
                found = replace(found, failure=event.reason)
            if isinstance(event, Evaluated):
                found = replace(
                    found, steps=(*found.steps, event.step), nats=(*found.nats, event.loss)
                )
                yield found.data()
                if event.loss <= found.target_nats + CLOSE or event.step >= last:
                    break
                if found.passed:  # a little longer, to see the curve reach its target
                    last = min(last, 2 * event.step)
    found = replace(found, accuracy=accuracy(trainer.model, batch), done=True)
    yield found.data()
    return found


def few_rows(encoded: Encoded, size: int, rows: int | None = None) -> Encoded:
    """The first rows of a text as a text of its own, so that each of them is an item: items stay
    items, running text is cut into rows of `size` tokens."""
    if encoded.items:
        rows = min(rows or ITEMS, len(encoded.starts))
        last = len(encoded.starts) == rows
        end = len(encoded.ids) - 1 if last else int(encoded.starts[rows])
        starts = encoded.starts[:rows]
    else:
        size = min(size, encoded.predictions)
        rows = min(rows or max(1, TOKENS // size), encoded.predictions // size)
        end, starts = rows * size, torch.arange(rows) * size
    ids = encoded.ids[: end + 1]
    return Encoded(ids, starts, items=True, characters=len(ids), bytes=len(ids))


def calm(settings: Settings) -> Settings:
    """Settings of the model with nothing that holds learning back."""
    if isinstance(settings, PartsSettings):
        return settings.of([(name, calm(part)) for name, part in settings.parts])
    held = [f.name for f in fields(settings) if "drop" in f.name or f.name in PENALTIES]
    changes = {name: type(getattr(settings, name))(0) for name in held}
    if isinstance(settings, EncoderSettings):
        changes["masked"] = max(HIDE, settings.masked)
    return replace(settings, **changes)


def learners(model: LanguageModel) -> list[LanguageModel]:
    """The models that descend: the model itself, or those of its parts that do."""
    if isinstance(model, Averaged):
        return [part for part in model.parts if part.learns_by != "counting"]
    return [model]


@torch.inference_mode()
def surprise(model: LanguageModel, batch: TokenBatch) -> float:
    """Nats per token of a batch with nothing hidden at random: the mean over the learners."""
    was_training = model.training
    model.eval()
    sums = [float(m.nats(batch.idx, batch.targets)[0].double().sum()) for m in learners(model)]
    model.train(was_training)
    return sum(sums) / len(sums) / batch.asked


@torch.inference_mode()
def accuracy(model: LanguageModel, batch: TokenBatch) -> float:
    """Share of the tokens that are the first guess: the mean over the learners."""
    model.eval()
    asked = batch.targets[batch.targets != IGNORED]
    right = [
        int((first_logits(m, batch.idx, batch.targets).argmax(dim=-1) == asked).sum())
        for m in learners(model)
    ]
    return sum(right) / len(right) / batch.asked


def allowed(model: LanguageModel, batch: TokenBatch) -> tuple[float, float]:
    """The least surprise (nats per token) and the largest accuracy that a model can have on a
    batch, given what it sees of it."""
    pairs = Counter(zip(seen(model, batch), _asked(batch), strict=True))
    contexts: Counter[Hashable] = Counter()
    likeliest: dict[Hashable, int] = {}
    for (context, _), count in pairs.items():
        contexts[context] += count
        likeliest[context] = max(likeliest.get(context, 0), count)
    nats = -math.fsum(n * math.log(n / contexts[context]) for (context, _), n in pairs.items())
    return nats / batch.asked, sum(likeliest.values()) / batch.asked


def _asked(batch: TokenBatch) -> list[int]:
    return batch.targets[batch.targets != IGNORED].tolist()


def seen(model: LanguageModel, batch: TokenBatch) -> Iterator[Hashable]:
    """For each token that is asked for, in reading order, what the model sees of the row."""
    if not model.causal:
        yield from _seen_around(batch.idx, batch.targets, model.vocab_size)
        return
    for row, wanted in zip(batch.idx.tolist(), batch.targets.tolist(), strict=True):
        for t, target in enumerate(wanted):
            if target != IGNORED:
                first = 0 if model.reach is None else max(0, t + 1 - model.reach)
                yield tuple(row[first : t + 1])


def _seen_around(idx: Tensor, targets: Tensor, mask: int) -> Iterator[Hashable]:
    """The place, and the whole text with every token hidden that is hidden with it."""
    text, _ = whole_text(idx, targets)
    for tokens, wanted in zip(text.tolist(), targets.tolist(), strict=True):
        for t, target in enumerate(wanted):
            if target != IGNORED:
                alike = range(1 + t % EVERY, len(tokens), EVERY)
                shown = list(tokens)
                for k in alike:
                    shown[k] = mask if wanted[k - 1] != IGNORED else shown[k]
                yield t, tuple(shown)
