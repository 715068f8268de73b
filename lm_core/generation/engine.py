"""The engine: read the prompt once, then one token at a time, the state carried along.

It knows ids, not text. When a limited context is full, the last half of it is read again and
writing goes on from there; the plain twin (`cached=False`) reads everything in its window for every
token, with the same windows, and must write the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lm_core.errors import BadSettings
from lm_core.generation.samplers import SamplerSettings, sample
from lm_core.models.contract import LanguageModel
from lm_core.tokenizers.tokenizer import Tokenizer

MOST_TOKENS = 100_000


@dataclass(frozen=True)
class Written:
    """One step for all samples: the ids chosen (B,), and the logits (B, V) they came from."""

    ids: Tensor
    logits: Tensor


def generate(
    model: LanguageModel,
    prompt: Sequence[int] | Tensor,
    *,
    max_tokens: int,
    sampler: SamplerSettings | None = None,
    samples: int = 1,
    seed: int = 0,
    cached: bool = True,
) -> Iterator[Written]:
    """Write `max_tokens` tokens after `prompt` (N >= 1 ids), `samples` continuations at once.

    The caller stops early by not asking for more. The model's train/eval mode is restored.

    Raises:
        BadSettings: an empty prompt, or a count out of range.
    """
    if len(prompt) == 0:
        raise BadSettings("A prompt needs at least one token; begin with the boundary token.")
    if not 1 <= max_tokens <= MOST_TOKENS or not 1 <= samples <= 1000:
        raise BadSettings(
            f"Ask for 1 to {MOST_TOKENS} tokens and 1 to 1000 samples, "
            f"not {max_tokens} and {samples}."
        )
    if not 0 <= seed < 2**63:
        raise BadSettings(f"seed must be from 0 to 2^63 - 1, not {seed}.")
    sampler = sampler or SamplerSettings()
    device = next((t.device for t in model.state_dict().values()), torch.device("cpu"))
    generator = torch.Generator(device=device).manual_seed(seed)
    ids = torch.as_tensor(prompt, dtype=torch.int64, device=device).view(1, -1).repeat(samples, 1)
    was_training = model.training
    model.eval()
    try:
        state, begin = None, -1  # `begin`: where the window that the state covers begins
        for _ in range(max_tokens):
            start = window_start(ids.size(1), model.context_size)
            with torch.inference_mode():
                if not cached or state is None or start != begin:
                    logits, state = model(ids[:, start:])
                    begin = start
                else:
                    logits, state = model(ids[:, -1:], state)
                last = logits[:, -1]  # (B, V)
                chosen = sample(last, sampler, generator)
            ids = torch.cat([ids, chosen.unsqueeze(1)], dim=1)
            yield Written(chosen, last)
    finally:
        model.train(was_training)


def window_start(n_tokens: int, context: int | None) -> int:
    """Where the window for predicting token number `n_tokens` begins.

    0 while everything fits. After that it moves in jumps of half a context, so that a cache serves
    half a context of tokens before it is rebuilt.
    """
    if context is None or n_tokens <= context:
        return 0
    jump = max(1, context // 2)
    return -(-(n_tokens - context) // jump) * jump


def prompt_ids(tokenizer: Tokenizer, text: str, *, items: bool) -> list[int]:
    """Ids to begin with: the boundary, then the text. Running text begins without a boundary
    unless there is no text at all."""
    ids = [int(i) for i in tokenizer.encode(text)] if text else []
    return [tokenizer.boundary_id, *ids] if items or not ids else ids


def write_text(
    model: LanguageModel,
    tokenizer: Tokenizer,
    prompt: str = "",
    *,
    max_tokens: int = 100,
    sampler: SamplerSettings | None = None,
    samples: int = 1,
    seed: int = 0,
    items: bool = False,
) -> list[str]:
    """`samples` texts, each beginning with the prompt. Items end at their boundary token."""
    rows: list[list[int]] = [[] for _ in range(samples)]
    open_rows = set(range(samples))
    for written in generate(
        model,
        prompt_ids(tokenizer, prompt, items=items),
        max_tokens=max_tokens,
        sampler=sampler,
        samples=samples,
        seed=seed,
    ):
        for b, id in enumerate(written.ids.tolist()):
            if b in open_rows and items and id == tokenizer.boundary_id:
                open_rows.discard(b)
            elif b in open_rows:
                rows[b].append(id)
        if not open_rows:
            break
    return [prompt + continuation(tokenizer, prompt, row) for row in rows]


def continuation(tokenizer: Tokenizer, prompt: str, ids: list[int]) -> str:
    """Text of `ids` as it follows `prompt`: words need a space where characters need none."""
    text = tokenizer.decode(ids)
    apart = not tokenizer.lossless and prompt and text and prompt[-1] not in " \n"
    return f" {text}" if apart and text[0] not in ".,!?):;'\n" else text
