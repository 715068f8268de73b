"""One training step in slow motion, on a private copy of a model: forward, loss, backward, update.

    step = one_step(model, idx, targets, optimizer="adamw", lr=2e-3)
    step.loss, step.loss_after                 # of the same batch
    step.gradients["head.weight"]              # dL/dW
    step.flowed["blocks.0.attention.weights"]  # dL/d(a tensor on the way)
    step.by_hand("head.weight", (3, 5))        # the update of one weight, number by number

A model that reads both sides is given the tokens that are hidden, one that translates the source.

Nothing is hidden at random, so that the loss before and after is of the same model. The model that
was given, its gradients and its mode stay as they are.

Shapes: B rows, T tokens, V vocabulary.
"""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lm_core.errors import BadSettings, Unsupported
from lm_core.inspection.atlas import Made, joined, recorded
from lm_core.models.contract import IGNORED, LanguageModel, evaluating, numbers_only
from lm_core.training.optimizers import optimizer_of
from lm_core.training.update_rule import BY_HAND, Quantity, update

MOST = 20_000_000  # parameters of a model that is copied for it


@dataclass(eq=False)
class Step:
    """Everything that happens in a step."""

    entries: list[Made] = field(repr=False)  # of the forward pass and the loss, in order
    flowed: dict[str, Tensor | None] = field(repr=False)  # by entry; None: nothing flows back to it
    logits: Tensor  # (B, T, V)
    targets: Tensor  # (B, T), -1 is not asked for
    nats: Tensor  # (B, T) of each target
    loss: float  # their mean, and the penalty
    penalty: float
    # By parameter, before clipping; one that the loss does not depend on has none, and stays.
    gradients: dict[str, Tensor] = field(repr=False)
    norm: float  # of all gradients together
    clip: float  # what they are multiplied by, 1 where they are short enough
    optimizer: str
    groups: dict[str, dict[str, Any]] = field(repr=False)  # by parameter: lr, betas and so on
    memory: dict[str, dict[str, Any]] = field(repr=False)  # what the optimizer kept before
    before: dict[str, Tensor] = field(repr=False)
    after: dict[str, Tensor] = field(repr=False)
    loss_after: float
    number: int  # of the step on this batch, from 1

    @property
    def expected(self) -> float:
        """How much the loss would change if it were a plane: the sum of gradient times step."""
        moved = ((self.after[n] - self.before[n]).double() for n in self.gradients)
        pairs = zip(self.gradients.values(), moved, strict=True)
        return float(sum((g.double() * by).sum() for g, by in pairs))

    def by_hand(self, parameter: str, place: Sequence[int]) -> list[Quantity]:
        """The update of one weight, from its gradient to its new value.

        Raises:
            IndexError, KeyError: no such weight, or none with a gradient.
        """
        place = tuple(place)
        kept = self.memory[parameter]
        memory = {n: x[place].item() if n in kept and x.dim() else x for n, x in kept.items()}
        return update(
            self.optimizer,
            self.before[parameter][place].item(),
            self.gradients[parameter][place].item() * self.clip,
            self.groups[parameter],
            memory,
        )


def one_step(
    model: LanguageModel,
    idx: Tensor,
    targets: Tensor,
    *,
    source: Tensor | None = None,
    optimizer: str = "adamw",
    lr: float,
    weight_decay: float = 0.0,
    grad_clip: float = 1.0,
    number: int = 1,
) -> Step:
    """The `number`-th step on a batch, after those before it on the same.

    Args:
        idx, targets: (B, T) ids; a target of -1 is not asked for. Of a model that reads both sides
            `idx` has its `mask_id` in the places that are asked for.
        source: (B, S) of a model that turns it into another text, of which `idx` is what is read.
        optimizer: one of `update_rule.BY_HAND`.
        grad_clip: longer gradients are shortened to this; 0 turns it off.

    Raises:
        Unsupported: the model learns by counting.
        BadSettings: another optimizer; a model too large to be copied.
        BadCheckpoint: its scores are not numbers.
    """
    if optimizer not in BY_HAND:
        raise BadSettings(
            f"{optimizer} moves a matrix as a whole: take one of {', '.join(BY_HAND)}."
        )
    twin = private(model)
    mover = optimizer_of(twin, optimizer, lr=lr, weight_decay=weight_decay)
    with evaluating(twin), torch.enable_grad():
        for _ in range(number - 1):
            numbers_only(scores(twin, idx, source).detach())
            mover.zero_grad()
            _loss(twin, idx, targets, source)[0].backward()
            nn.utils.clip_grad_norm_(twin.parameters(), grad_clip or torch.inf)
            mover.step()
        with torch.no_grad():
            logits = numbers_only(scores(twin, idx, source))
        found = recorded(twin, lambda: _loss(twin, idx, targets, source))
        entries, (loss, nats, penalty) = found
        gradients, flowed = _backward(twin, loss, entries)
        weights = dict(twin.named_parameters())
        for name, parameter in weights.items():
            parameter.grad = gradients[name].clone() if name in gradients else None
        norm = float(nn.utils.clip_grad_norm_(weights.values(), grad_clip or torch.inf))
        groups = {id(p): group for group in mover.param_groups for p in group["params"]}
        state = getattr(mover, "state", {})
        memory = {n: _copied(state.get(p, {})) for n, p in weights.items()}
        before = {n: p.detach().clone() for n, p in weights.items()}
        mover.step()
        with torch.no_grad():
            after = float(_loss(twin, idx, targets, source)[0])
    settings = {
        n: {k: v for k, v in groups[id(p)].items() if k != "params"} for n, p in _learning(weights)
    }
    return Step(
        entries=entries,
        flowed=flowed,
        logits=logits,
        targets=targets,
        nats=nats.detach(),
        loss=float(loss.detach()),
        penalty=float(torch.as_tensor(penalty).detach()),
        gradients=gradients,
        norm=norm,
        clip=min(1.0, grad_clip / (norm + 1e-6)) if grad_clip else 1.0,
        optimizer=optimizer,
        groups=settings,
        memory=memory,
        before=before,
        after={n: p.detach().clone() for n, p in weights.items()},
        loss_after=after,
        number=number,
    )


def private(model: LanguageModel) -> LanguageModel:
    """A copy in float32 that nobody else holds, without gradients, in the same mode.

    Raises:
        Unsupported: it does not learn by gradient.
        BadSettings: it is too large.
    """
    if model.learns_by != "gradient":
        raise Unsupported("This model does not learn by gradient: choose a neural one.")
    if model.n_parameters > MOST:
        raise BadSettings(
            f"{model.n_parameters:,} parameters are too many to be copied for a look: choose a "
            f"model of at most {MOST:,}."
        )
    twin = deepcopy(model)
    twin.zero_grad(set_to_none=True)
    return twin.requires_grad_()


def mean_surprise(logits: Tensor, targets: Tensor) -> Tensor:
    """Mean nats of the targets that are asked for, in the format of the logits."""
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=IGNORED)


def scores(model: Any, idx: Tensor, source: Tensor | None = None) -> Tensor:
    """Logits (B, T, V) of what is guessed at each place."""
    return model(idx)[0] if source is None else model.answer(source, idx)


def _loss(
    model: Any, idx: Tensor, targets: Tensor, source: Tensor | None
) -> tuple[Tensor, Tensor, Any]:
    """What the step descends, the surprise of each target, and the penalty."""
    if source is None and model.causal:
        nats, penalty, _ = model.objective(idx, targets)
    else:  # what is hidden is hidden already, and nothing is taken from the target's certainty
        logits = scores(model, idx, source).flatten(0, 1)
        nats = F.cross_entropy(logits, targets.flatten(), ignore_index=IGNORED, reduction="none")
        nats, penalty = nats.view(targets.shape), 0.0
    return nats.sum() / (targets != IGNORED).sum() + penalty, nats, penalty


def _backward(
    model: nn.Module, loss: Tensor, entries: list[Made]
) -> tuple[dict[str, Tensor], dict[str, Tensor | None]]:
    """Gradients of the parameters, and of what was recorded on the way, all in one pass."""
    learning = _learning(dict(model.named_parameters()))
    parts = [part for made in entries for part in made.parts if part.requires_grad]
    asked = [*(p for _, p in learning), *parts]
    given = torch.autograd.grad(loss, asked, allow_unused=True)
    found = zip(learning, given[: len(learning)], strict=True)
    gradients = {name: g for (name, _), g in found if g is not None}
    back = {id(part): g for part, g in zip(parts, given[len(learning) :], strict=True)}
    flowed: dict[str, Tensor | None] = {}
    for made in entries:
        found = [back.get(id(part)) for part in made.parts]
        some = any(g is not None for g in found)
        each = zip(made.parts, found, strict=True)
        flowed[made.name] = (
            joined([torch.zeros_like(p) if g is None else g for p, g in each]) if some else None
        )
    return gradients, flowed


def _learning(weights: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(name, p) for name, p in weights.items() if p.requires_grad]


def _copied(state: dict[str, Any]) -> dict[str, Any]:
    return {n: x.clone() if isinstance(x, Tensor) else x for n, x in state.items() if x is not None}
