"""What a model writes along the way, token by token, each with the probability the model gave it.

    p(token) = softmax(logits)[token],   at temperature 1, whatever it was drawn at

The texts that the tokens add to what stood before are the pieces; put together they are the text.
"""

import math
import time
from collections.abc import Sequence

import torch
from torch import Tensor

from lm_core.generation import SamplerSettings, generate
from lm_core.generation.engine import prompt_ids
from lm_core.models.contract import LanguageModel
from lm_core.tokenizers import Tokenizer

Pieces = tuple[tuple[str, float], ...]

ITEMS, ITEM_TOKENS, TEXT_TOKENS, LEAST = 4, 24, 120, 24
SAMPLER = SamplerSettings(temperature=0.8)
HALF = "\ufffd"  # stands for a letter of which only some bytes are there


def write_sample(
    model: LanguageModel,
    tokenizer: Tokenizer,
    *,
    seed: int = 0,
    items: bool = False,
    seconds: float = math.inf,
) -> tuple[str, Pieces]:
    """Four items, a line each, or 120 tokens of text; and the pieces. A line end between two items
    is the token that closed the first.

    Args:
        seconds: after which a text ends, if it has 24 tokens by then: the same one, cut short.
    Raises:
        BadSettings: a model that reads both sides.
    """
    pieces: list[tuple[str, float]] = []
    for ids, given in zip(*_written(model, tokenizer, seed, items, seconds), strict=True):
        closed = items and tokenizer.boundary_id in ids
        length = ids.index(tokenizer.boundary_id) if closed else len(ids)
        end = given[length] if closed else math.nan  # an item that was cut off has none
        pieces += [*parted(tokenizer, ids[:length], given[:length]), ("\n", end)]
    pieces.pop()  # the last line needs no end
    return "".join(text for text, _ in pieces), tuple(pieces)


@torch.no_grad()
def _written(
    model: LanguageModel, tokenizer: Tokenizer, seed: int, items: bool, seconds: float
) -> tuple[list[list[int]], list[list[float]]]:
    """Ids of each sample, and the probabilities the model gave them."""
    steps: list[Tensor] = []
    given: list[Tensor] = []
    began = time.perf_counter()
    ended = torch.zeros(ITEMS if items else 1, dtype=torch.bool, device=model.device)
    for step in generate(
        model,
        prompt_ids(tokenizer, "", items=items),
        max_tokens=ITEM_TOKENS if items else TEXT_TOKENS,
        samples=len(ended),
        sampler=SAMPLER,
        seed=seed,
    ):
        steps.append(step.ids)
        given.append(step.logits.float().softmax(-1).gather(1, step.ids.unsqueeze(1)).squeeze(1))
        ended |= step.ids == tokenizer.boundary_id
        if items and ended.all():
            break
        if not items and len(steps) >= LEAST and time.perf_counter() - began > seconds:
            break
    return torch.stack(steps, dim=1).tolist(), torch.stack(given, dim=1).tolist()


def parted(
    tokenizer: Tokenizer, ids: Sequence[int], probabilities: Sequence[float]
) -> list[tuple[str, float]]:
    """What each token adds to the text of those before it, with its probability. Tokens that make
    a letter only together are one piece, as probable as all of them in a row."""
    pieces, shown, p = [], "", 1.0
    for n, one in enumerate(probabilities, start=1):
        text, p = tokenizer.decode(ids[:n]), p * one
        if text.endswith(HALF) and n < len(ids):
            continue
        pieces.append((text[len(shown) :], p))
        shown, p = text, 1.0
    return pieces
