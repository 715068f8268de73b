"""Soft prompts: a few vectors before every text learn, and the model stays as it is.

    x = [p_1, ..., p_P, e(w_1), ..., e(w_T)]        P C numbers learn

The vectors stand where embeddings of tokens would, so they are "virtual tokens" that no vocabulary
holds. The model guesses nothing at their places; they take P of its context.

Paper: Lester, Al-Rfou and Constant 2021, "The Power of Scale for Parameter-Efficient Prompt
Tuning", which found that starting from real tokens pays for small models.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lm_core.adapt.settings import AdapterSettings
from lm_core.errors import BadSettings
from lm_core.models.contract import Model
from lm_core.models.transformer import Transformer

LEAST = 8  # tokens of text that must fit behind a prompt


def add(model: Model, settings: AdapterSettings) -> None:
    """Put P vectors before every text, which alone learn; they are zeros until `begin`.

    Raises:
        BadSettings: the model is no decoder, or its context is too short for so many.
    """
    if type(model) is not Transformer:
        raise BadSettings(
            "A soft prompt stands before the text of a Transformer decoder: choose such a model, "
            "or another method.",
            "method",
        )
    most = model.settings.block_size - LEAST
    if settings.prompt > most:
        raise BadSettings(
            f"prompt ({settings.prompt}) leaves no room in a context of "
            f"{model.settings.block_size} tokens: choose {most} or fewer.",
            "prompt",
        )
    model.requires_grad_(False)
    model.prompt = nn.Parameter(torch.zeros(settings.prompt, model.settings.n_embd))  # (P, C)


def begin(model: Transformer, settings: AdapterSettings, seed: int) -> None:
    """Vectors of tokens drawn from the vocabulary, each once while there are enough; or random
    ones as large as those."""
    table, P = model.embedding.weight.detach(), settings.prompt
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        if settings.prompt_from == "random":
            drawn = torch.randn(P, table.size(1), generator=generator)
            model.prompt.copy_(drawn * table.std())
            return
        times = -(-P // len(table))
        order = torch.cat([torch.randperm(len(table), generator=generator) for _ in range(times)])
        model.prompt.copy_(table[order[:P]])


class Nearest(NamedTuple):
    """Of each virtual token the real ones that it is most alike to, best first."""

    ids: Tensor  # (P, k) int64
    cosines: Tensor  # (P, k)


def nearest_tokens(model: Transformer, k: int = 5) -> Nearest:
    """By the cosine of the angle between the vectors: lengths differ, and no layer sees them where
    each is normed first."""
    table = F.normalize(model.embedding.weight.detach(), dim=-1)  # (V, C)
    prompt = F.normalize(model.prompt.detach(), dim=-1)  # (P, C)
    cosines, ids = (prompt @ table.T).topk(min(k, len(table)), dim=-1)  # (P, k)
    return Nearest(ids, cosines)
