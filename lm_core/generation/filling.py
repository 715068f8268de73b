"""Gaps of a text filled one at a time, the surest first, by a model that reads both sides.

    while a place is hidden:
        guess all hidden places at once; fill the one with the least entropy

What is filled in is read as if it had been given, so each guess knows the ones before it.

Paper: Ghazvininejad et al. 2019, "Mask-Predict", which fills the surest first as well.
Left out on purpose: filling several at once, and going back over what was filled.

Shapes: B samples, T tokens of the text, P hidden places, V vocabulary.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lm_core.encoded import Encoded
from lm_core.errors import BadSettings, BadText
from lm_core.generation.engine import draws
from lm_core.generation.samplers import SamplerSettings, sample
from lm_core.models.contract import numbers_only
from lm_core.models.encoder import Encoder
from lm_core.tokenizers.tokenizer import Tokenizer

GAP = "_"


@dataclass(frozen=True)
class Filled:
    """One step for all samples, each of which may fill another place."""

    places: Tensor  # (B,) where
    ids: Tensor  # (B,) with what
    logits: Tensor  # (B, V) they came from


def guesses(model: Encoder, ids: Sequence[int] | Tensor, places: Sequence[int]) -> Tensor:
    """Probabilities (P, V) of what could stand at each of `places`, all of them hidden at once.

    The model's train/eval mode is restored.

    Args:
        ids: a text of T ids; what it holds at the hidden places is not read.
        places: P different places from 0 to T - 1.

    Raises:
        BadSettings: a model that does not read both sides, or a place that is not in the text.
        ContextTooLong: the text is longer than the model's context.
    """
    text, hidden = _given(model, ids, places)
    was_training = model.training
    model.eval()
    try:
        with torch.inference_mode():
            logits, found = _ask(model, text, hidden)
    finally:
        model.train(was_training)
    row = {int(place): n for n, place in enumerate(found[0])}
    return logits[0, [row[place] for place in places]].float().softmax(-1)


def fill(
    model: Encoder,
    ids: Sequence[int] | Tensor,
    places: Sequence[int],
    *,
    sampler: SamplerSettings | None = None,
    samples: int = 1,
    seed: int = 0,
    never: Sequence[int] = (),
) -> Iterator[Filled]:
    """Fill `places` of `ids` one at a time, `samples` fillings at once: P steps.

    None is filled with an id of `never`. The draws have a generator of their own, and the model's
    train/eval mode is restored.

    Raises:
        as `guesses`; and BadSettings for a count of samples or a seed out of range.
    """
    text, hidden = _given(model, ids, places)
    if not 1 <= samples <= 1000:
        raise BadSettings(f"Ask for 1 to 1000 samples, not {samples}.")
    generator = draws(model, ids, seed)
    sampler = sampler or SamplerSettings()
    text, hidden = text.repeat(samples, 1), hidden.repeat(samples, 1)  # (B, T)
    rows = torch.arange(samples, device=text.device)
    banned = torch.tensor([*never], dtype=torch.int64, device=text.device)
    was_training = model.training
    model.eval()
    try:
        for _ in places:
            with torch.inference_mode():
                logits, found = _ask(model, text, hidden)
                logp = logits.float().log_softmax(-1)
                surest = (logp.exp() * logp).sum(-1).argmax(-1)  # (B,) the least entropy
                place, last = found[rows, surest], logits[rows, surest]
                may = last.index_fill(-1, banned, -torch.inf)  # (B, V)
                chosen = sample(may, sampler, generator)
            text = text.index_put((rows, place), chosen)
            hidden = hidden.index_put((rows, place), hidden.new_tensor(False))
            yield Filled(place, chosen, last)
    finally:
        model.train(was_training)


def fill_text(
    model: Encoder,
    tokenizer: Tokenizer,
    text: str,
    *,
    gap: str = GAP,
    sampler: SamplerSettings | None = None,
    samples: int = 1,
    seed: int = 0,
    items: bool = False,
) -> list[str]:
    """`samples` copies of `text`, each `gap` in it replaced by one token: "em_a" -> ["emma"].

    `<unk>` stands for many words and is none, so it fills no gap.

    Raises:
        BadText: there is no gap, or a character the tokenizer does not know.
        as `fill`.
    """
    ids, places = with_gaps(tokenizer, text, gap=gap, items=items)
    filled = torch.tensor(ids).repeat(samples, 1)
    unknown = tokenizer.unknown_id
    never = () if unknown is None else (unknown,)
    for step in fill(model, ids, places, sampler=sampler, samples=samples, seed=seed, never=never):
        filled[torch.arange(samples), step.places.cpu()] = step.ids.cpu()
    inner = filled[:, 1:-1] if items else filled
    return [tokenizer.decode(row) for row in inner.tolist()]


def with_gaps(
    tokenizer: Tokenizer, text: str, *, gap: str = GAP, items: bool = False
) -> tuple[list[int], list[int]]:
    """The ids of `text`, and the places in them where `gap` stands for one token.

    Raises:
        BadText: there is no gap, or a character the tokenizer does not know.
    """
    pieces = text.split(gap) if gap else [text]
    if len(pieces) == 1:
        raise BadText(f"There is no gap in this text: write {gap!r} where a token is missing.")
    ids: list[int] = [tokenizer.boundary_id] if items else []
    places = []
    for piece in pieces:
        ids += [int(i) for i in tokenizer.encode(piece)] if piece else []
        places.append(len(ids))
        ids.append(tokenizer.boundary_id)  # where a gap is it only keeps the place
    end = places.pop()  # after the last piece there is no gap
    return (ids if items else ids[:end]), places


def gaps_filled(
    model: Encoder, tokenizer: Tokenizer, encoded: Encoded, *, seed: int = 0, every: int = 5
) -> str:
    """What a model makes of real text with every fifth token hidden: the first four items, or 80
    tokens. Lines in pairs: as it was given, then as it was filled."""
    starts, last = encoded.starts.tolist(), len(encoded.ids) - 1
    if encoded.items:
        ends = [*starts[1:], last]
        pieces = [encoded.ids[a + 1 : b] for a, b in zip(starts, ends, strict=True)][:4]
    else:
        pieces = [encoded.ids[: min(80, model.settings.block_size)]]
    lines = []
    for piece in pieces:
        frame = torch.tensor([tokenizer.boundary_id] * encoded.items, dtype=torch.int64)
        ids = torch.cat([frame, piece[: model.settings.block_size - 2].cpu(), frame])
        hidden = range(len(frame) + 2, len(ids) - len(frame), every)
        if not hidden:
            continue
        filled = ids.clone()
        for step in fill(model, ids, list(hidden), seed=seed):
            filled[step.places.cpu()] = step.ids.cpu()
        inner = slice(len(frame), len(ids) - len(frame))
        shown = [
            GAP if place in hidden else tokenizer.decode([id])
            for place, id in enumerate(ids.tolist())
        ]
        apart = "" if tokenizer.lossless else " "
        lines += [apart.join(shown[inner]), tokenizer.decode(filled[inner].tolist())]
    return "\n".join(lines)


def _given(model: Encoder, ids: Sequence[int] | Tensor, places: Sequence[int]) -> tuple:
    """The text (1, T) and which of it is hidden (1, T), or one sentence about what is wrong."""
    if model.causal:
        raise BadSettings(
            "This model reads from left to right, so it cannot see behind a gap: choose an encoder."
        )
    T = len(ids)
    if T == 0 or len(places) == 0:
        raise BadSettings("Give a text and at least one place in it that is to be filled.")
    wrong = [place for place in places if not 0 <= place < T]
    if wrong:
        raise BadSettings(f"Places in this text are 0 to {T - 1}, so {wrong[0]} is none of them.")
    if len(set(places)) < len(places):
        raise BadSettings("Each place is filled once: name no place twice.")
    text = torch.as_tensor(ids, dtype=torch.int64, device=model.device).view(1, T)
    hidden = torch.zeros_like(text, dtype=torch.bool)
    hidden[0, list(places)] = True
    shown = text.masked_fill(hidden, 0)
    strange = shown[(shown < 0) | (shown >= model.vocab_size)].tolist()
    if strange:
        raise BadSettings(
            f"This model knows the ids 0 to {model.vocab_size - 1}, and {strange[0]} is none of "
            "them: give the ids of its own tokenizer."
        )
    return text, hidden


def _ask(model: Encoder, text: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
    """Logits (B, n, V) of the n hidden places of each text, and where they are (B, n)."""
    B = len(text)
    x = model.read(text.masked_fill(hidden, model.mask_id))  # (B, T, C)
    found = hidden.nonzero()[:, 1].view(B, -1)
    return numbers_only(model.head(x[hidden].view(B, found.size(1), -1))), found
