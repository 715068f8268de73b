"""A translator that is shown the right target while it is asked for it, as it learns: with the
mask that hides from each token those after it, and without.

    forced(model, [5, 6, 7], [3, 1], boundary_id=0).right       # p of 3, of 1 and of the end
    forced(model, [5, 6, 7], [3, 1], boundary_id=0, causal=False)

Paper: Williams and Zipser 1989, who showed what is right so far ("teacher forcing").

Shapes: S tokens of a source, T of a target, V target vocabulary.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from inspect import signature

import torch

from lm_core.errors import Unsupported
from lm_core.models.contract import evaluating, numbers_only
from lm_core.models.translating import Translates, padded


@dataclass(frozen=True)
class Forced:
    """What the model gives at each of the T + 1 places, the last of which is the end."""

    right: list[float]  # the probability of what is right there
    likeliest: list[int]  # the token that it finds the likeliest


def has_mask(family: type[Translates]) -> bool:
    """Whether its writer is masked, so that the mask can be taken away: a recurrent one reads
    token after token, and cannot see what is to come."""
    return "causal" in signature(family.answer).parameters


def forced(
    model: Translates,
    source: Sequence[int],
    target: Sequence[int],
    *,
    boundary_id: int,
    causal: bool = True,
) -> Forced:
    """All of a right target asked for at once.

    Args:
        source, target: ids, S and T of them.
        boundary_id: stands before the target and after it.
        causal: False takes the mask away: each token sees those after it too, what it is to guess
            among them.

    Raises:
        Unsupported: there is no mask to take away.
        ContextTooLong: more tokens than the model takes.
        BadCheckpoint: weights too large to compute with.
    """
    how = {} if causal else {"causal": False}
    if how and not has_mask(type(model)):
        raise Unsupported("This model has no mask: it reads what it has written token by token.")
    before, asked = (
        torch.tensor(ids, device=model.device)
        for ids in ([boundary_id, *target], [*target, boundary_id])
    )
    with evaluating(model), torch.inference_mode():
        logits = model.answer(padded([source], model.device), before.unsqueeze(0), **how)
        shares = numbers_only(logits)[0].float().softmax(-1)  # (T + 1, V)
    right = shares.gather(1, asked.unsqueeze(1)).flatten()
    return Forced(right.tolist(), shares.argmax(-1).tolist())
