"""Step 1, the untrained loss: what a model says before it has learned anything.

    expected  ln V nats per token       (every token alike)
    allowed   MOST_ABOVE nats more, what logits with a spread of 1 cost: about spread^2 / 2

A start far above ln V is a model that is confidently wrong: the first hundred steps go into
unlearning that, and the saturated units behind it may never recover (He et al. 2015; Karpathy 2022,
makemore 3). A start far below is a model that knows what it cannot know yet.
"""

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from lm_core.doctor.patient import Patient
from lm_core.doctor.verdicts import ALARM, OK, Verdict
from lm_core.models.contract import IGNORED, LanguageModel
from lm_core.settings import Settings
from lm_core.tasks.token_batches import TokenBatch
from lm_core.training.task import Task

MOST_ABOVE = 0.5  # nats above ln V, and as far below it
SHARE = 0.25  # of guessing blindly, where the loss is counted in years, say, and that is more
BINS = 41  # an odd number, so that one bin has 0 in its middle
LOGITS_AT_MOST = 4_000_000  # rows beyond these have no part in the distribution


@dataclass(frozen=True)
class Untrained:
    """What was measured. Logits are taken as differences from the mean of their place, because
    nothing else of them counts."""

    nats: float  # per token: a sum over `tokens`, divided once
    uniform_nats: float
    tokens: int
    logit_std: float | None = None  # this and what follows: of a model that guesses tokens
    edges: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()
    cure: str = ""
    control: str = ""
    room: float = MOST_ABOVE  # how far from guessing blindly it may begin

    def data(self) -> dict[str, Any]:
        """Plain JSON, for a chart."""
        return {
            "nats": self.nats,
            "uniform_nats": self.uniform_nats,
            "logit_std": self.logit_std,
            "tokens": self.tokens,
            "logits": {"edges": list(self.edges), "counts": list(self.counts)},
            "done": True,
        }

    def verdict(self) -> Verdict:
        """untrained_ok, confident_start or knows_already."""
        said = (
            f"The untrained model is surprised by {self.nats:.2f} nats per token "
            f"({self.tokens:,} tokens of one batch); every token alike would be "
            f"ln V = {self.uniform_nats:.2f}."
            if self.counts
            else f"The untrained model has a loss of {self.nats:.2f} ({self.tokens:,} targets of "
            f"one batch); guessing blindly has {self.uniform_nats:.2f}."
        )
        above = self.nats - self.uniform_nats
        if not above <= self.room:  # nor is "not a number"
            return Verdict(
                "confident_start",
                ALARM,
                f"{said} It starts confidently wrong: at most {self.room:.3g} above that is fine"
                + (f"; its logits are {self.logit_std:.2f} apart." if self.counts else "."),
                self.cure,
                self.control,
            )
        if above < -self.room:
            return Verdict(
                "knows_already",
                ALARM,
                f"{said} Nothing untrained can be {self.room:.3g} below that or more.",
                "Look for the answer in what the model reads, or for weights that are not fresh.",
            )
        return Verdict("untrained_ok", OK, f"{said} At most {self.room:.3g} above that is fine.")


def untrained(patient: Patient) -> Untrained:
    """Measure a fresh model on the first batch of the training."""
    model, batch = patient.fresh(), patient.first_batch()
    if patient.reads:
        return measure(model, batch)
    model.eval()
    with torch.inference_mode():
        each = patient.task.players(model)[0].loss(model, *batch.inputs, None).each
    blind = patient.task.blind(model, patient.data)
    surprise = patient.task.judge == Task.judge  # in nats, which have the same scale everywhere
    return Untrained(
        nats=float(each.double().sum()) / batch.asked,
        uniform_nats=blind,
        tokens=batch.asked,
        room=MOST_ABOVE if surprise else max(MOST_ABOVE, SHARE * blind),
    )


@torch.inference_mode()
def measure(model: LanguageModel, batch: TokenBatch) -> Untrained:
    """The surprise of a model at a batch, and how its logits are spread."""
    model.eval()
    nats = float(model.nats(batch.idx, batch.targets)[0].double().sum()) / batch.asked
    rows = max(1, LOGITS_AT_MOST // (batch.idx.size(1) * model.vocab_size))
    logits = first_logits(model, batch.idx[:rows], batch.targets[:rows])  # (N, V)
    apart = logits.double() - logits.double().mean(dim=-1, keepdim=True)
    apart = apart[apart.isfinite()].cpu()
    reach = max(1.0, float(apart.abs().max())) if len(apart) else 1.0
    counts, edges = torch.histogram(apart, BINS, range=(-reach, reach))
    cure, control = cure_of(model.settings)
    return Untrained(
        nats=nats,
        uniform_nats=math.log(model.vocab_size),
        tokens=batch.asked,
        logit_std=float(apart.square().mean().sqrt()) if len(apart) else math.nan,
        edges=tuple(edges.tolist()),
        counts=tuple(int(n) for n in counts.tolist()),
        cure=cure,
        control=control,
    )


def first_logits(model: LanguageModel, idx: Tensor, targets: Tensor) -> Tensor:
    """Logits of the places that are asked for, (N, V)."""
    logits = model(idx)[0] if model.causal else model.guesses(idx, targets)
    return logits[targets != IGNORED]


def cure_of(settings: Settings) -> tuple[str, str]:
    """What makes a family of these settings start with every token alike: the sentence, and the
    name of the setting."""
    if hasattr(settings, "init"):
        return "Let the head start at zero: set model.init to zero-logit.", "model.init"
    if getattr(settings, "tied", False):
        return (
            "The head shares the table that reads tokens, which is drawn at random: set "
            "model.tied to false, so that the head starts at zero.",
            "model.tied",
        )
    return "Let the weights of the head start at zero, or a hundred times smaller.", ""
