"""How far back a guess had to look: the probability of a token after less and less of the text.

A model of any family is asked again as if the text began later. Where the probability has reached
what the whole text gives, more of the past has nothing to add; a bigram needs one token.

    reach(model, ids, token)        # [(1, 0.02), (2, 0.21), (4, 0.55), (7, 0.56)]
"""

from collections.abc import Sequence

import torch

from lm_core.models.contract import LanguageModel, evaluating, numbers_only


def reach(model: LanguageModel, ids: Sequence[int], token: int) -> list[tuple[int, float]]:
    """(n, probability of `token` after the last n of `ids` alone), for n = 1, 2, 4, ... and last of
    all for everything. The model's train/eval mode is restored.

    Args:
        ids: what the model saw, the oldest first; at least one, and no more than its context.

    Raises:
        ContextTooLong: more than its context.
        BadCheckpoint: weights too large to compute with.
    """
    lengths = [n for k in range(len(ids).bit_length()) if (n := 2**k) < len(ids)]
    found = []
    with evaluating(model), torch.inference_mode():
        for n in (*lengths, len(ids)):
            idx = torch.tensor([list(ids[len(ids) - n :])], device=model.device)
            logits = numbers_only(model(idx)[0][0, -1]).float()
            found.append((n, float(logits.softmax(-1)[token])))
    return found
