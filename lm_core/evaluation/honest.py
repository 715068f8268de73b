"""Is what is scored a probability at all: after the same tokens, those of all possible next tokens
together must be 1.

    sum over the tokens v of e^-nats(v | context) = 1

It is asked of the same `nats` that scores a text, so whoever knows the answer there, looks it up in
a cache or adds what it likes, is seen. A loss means something only where this holds.
"""

import torch
from torch import Tensor

from lm_core.models.contract import IGNORED, LanguageModel

WITHIN = 1e-4  # of float32, over some thousand tokens
CONTEXT = 8  # tokens
ALL, SOME = 512, 32  # of a larger vocabulary so many tokens are asked for


def total(model: LanguageModel, context: Tensor) -> tuple[float, bool]:
    """The probabilities of the next token after `context` (T,) in all, and whether every token was
    asked for. Of a vocabulary above ALL it is the first SOME: then a sum above 1 still proves that
    something is wrong, and one below it nothing. Impossible tokens count as 0."""
    whole = model.vocab_size <= ALL
    asked = torch.arange(model.vocab_size if whole else SOME, device=model.device)  # (M,)
    idx = context.to(model.device).expand(len(asked), -1)  # (M, T)
    targets = torch.full_like(idx, IGNORED)
    targets[:, -1] = asked
    was_training = model.training
    model.eval()  # dropout would draw for each row anew
    try:
        with torch.inference_mode():
            nats, _ = model.nats(idx, targets)
    finally:
        model.train(was_training)
    return float((-nats[:, -1]).double().exp().sum()), whole


def is_one(summed: float, whole: bool) -> bool:
    """Whether that is a distribution, as far as it was asked."""
    return abs(summed - 1) <= WITHIN if whole else summed <= 1 + WITHIN
