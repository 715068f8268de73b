"""The engine: read the prompt once, then choose a token and read it, again and again.

`generate` knows ids, not text; what it reads with is a `Session`. The plain twin (`cached=False`)
reads everything in its window for every token, and must write the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lm_core.errors import BadSettings, BadText
from lm_core.generation.samplers import SamplerSettings, sample
from lm_core.generation.session import Session
from lm_core.generation.stopping import shortened, until
from lm_core.models.contract import LanguageModel, evaluating
from lm_core.texts import is_text
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
        BadSettings: an empty prompt, a count out of range, or a model that reads both sides.
        BadCheckpoint: weights too large to compute with.
    """
    if not 1 <= max_tokens <= MOST_TOKENS or not 1 <= samples <= 1000:
        raise BadSettings(
            f"Ask for 1 to {MOST_TOKENS} tokens and 1 to 1000 samples, "
            f"not {max_tokens} and {samples}."
        )
    if not model.causal:
        raise BadSettings(
            "This model reads a text from both sides, so it cannot write on: choose a family that "
            "reads from left to right."
        )
    sampler = sampler or SamplerSettings()
    generator = draws(model, prompt, seed)
    given = torch.as_tensor(prompt, dtype=torch.int64, device=generator.device)
    with evaluating(model):  # once for all tokens
        session = Session(model, given.repeat(samples, 1), room=max_tokens, cached=cached)
        for n in range(max_tokens):
            with torch.inference_mode():
                chosen = sample(session.logits, sampler, generator, session.ids)
            yield Written(chosen, session.logits)
            if n + 1 < max_tokens:  # and only where it is asked for
                session.push(chosen)


def draws(model: LanguageModel, prompt: Sequence[int] | Tensor, seed: int) -> torch.Generator:
    """The random numbers that one writing uses, on the model's device.

    Raises:
        BadSettings: an empty prompt, or a seed out of range.
    """
    if len(prompt) == 0:
        raise BadSettings("A prompt needs at least one token; begin with the boundary token.")
    if not 0 <= seed < 2**63:
        raise BadSettings(f"seed must be from 0 to 2^63 - 1, not {seed}.")
    return torch.Generator(device=model.device).manual_seed(seed)


def prompt_ids(tokenizer: Tokenizer, text: str, *, items: bool) -> list[int]:
    """Ids to begin with: the boundary, then the text. Running text begins without a boundary
    unless there is no text at all.

    Raises:
        BadText: halves of characters, which could only be written on as halves; or as `encode`.
    """
    if not is_text(text):
        raise BadText("This prompt holds half a character, which is no text: type it again.")
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
    stop: Sequence[str] = (),
) -> list[str]:
    """`samples` texts, each beginning with the prompt. Items end at their boundary token, and any
    text before the first of the `stop` strings that the model writes.

    Raises:
        BadSettings: as `generate`.
        BadText: the prompt has characters the tokenizer does not know.
    """
    written = generate(
        model,
        prompt_ids(tokenizer, prompt, items=items),
        max_tokens=max_tokens,
        sampler=sampler,
        samples=samples,
        seed=seed,
    )
    rows: list[list[int]] = []
    grown = growing(written, end=tokenizer.boundary_id if items else None)
    for rows in until(grown, tokenizer, stop):  # noqa: B007
        pass
    return [prompt + shortened(continuation(tokenizer, prompt, row), stop) for row in rows]


def growing(written: Iterator[Written], *, end: int | None) -> Iterator[list[list[int]]]:
    """The ids of all samples so far, after each step: the same lists, growing.

    A row is closed by the id `end`, which is left out; when all are, nothing more is asked for.
    """
    rows: list[list[int]] = []
    closed: set[int] = set()
    for step in written:
        ids = step.ids.tolist()
        rows = rows or [[] for _ in ids]
        for b, id in enumerate(ids):
            if id == end:
                closed.add(b)
            elif b not in closed:
                rows[b].append(id)
        yield rows
        if len(closed) == len(rows):
            return


def continuation(tokenizer: Tokenizer, prompt: str, ids: list[int]) -> str:
    """Text of `ids` as it follows `prompt`: words need a space where characters need none."""
    text = tokenizer.decode(ids)
    apart = not tokenizer.lossless and prompt and text and prompt[-1] not in " \n"
    return f" {text}" if apart and text[0] not in ".,!?):;'\n" else text
