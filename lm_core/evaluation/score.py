"""Surprise of a text: a sum of nats over tokens, then one division.

Every token is predicted once. Where a model's context is limited, a token is predicted from at
least half a context (rows overlap by half), as it would be in use; where it is not, from everything
before it or from at least WARM_UP tokens (PART_WARM_UP or a quarter of a row where a part of a text
is scored, which is read in shorter rows from more places). The very first token of a running text
has nothing before it and is not counted.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from lm_core.encoded import Encoded
from lm_core.errors import BadText
from lm_core.evaluation.surprise import perplexity, to_bits
from lm_core.extent import withheld
from lm_core.models.contract import IGNORED, LanguageModel
from lm_core.windows import cut, gather

LONG_ROW = 4096  # inputs in a row where the context has no limit
WARM_UP = 256  # and how many of them are read again from the row before
PART_ROW, PART_WARM_UP = 512, 64  # the same for a part,
PLACES, SHORT_ROW = 8, 128  # and for a small one, which has so many places if rows stay this long
PIECE = 512  # tokens read at once where the state can be carried
LOOKED_AT, LEAST = 20_000, 64  # tokens of a split whose first guesses are looked at, at most and
NUMBERS = 8_000_000  # at least: so many logits in all
LOGITS_AT_ONCE = 16_000_000  # numbers of logits held at a time,
ON_CPU, TOKENS_ON_CPU = 4_000_000, 2_048  # and there, where what fits into its cache is fastest


@dataclass(frozen=True)
class Score:
    """`nats` is a sum; everything else is it, divided once, by what was scored."""

    nats: float
    tokens: int
    characters: int  # that the tokens tell
    bytes: int
    whole: bool  # False: a fixed part of the split was scored
    skipped_characters: int = 0  # that they do not tell: not scored, so not counted
    skipped_bytes: int = 0

    @property
    def nats_per_token(self) -> float:
        return self.nats / self.tokens

    @property
    def perplexity(self) -> float:
        """exp of the nats per token; comparable only between models with the same tokenizer."""
        return perplexity(self.nats_per_token)

    @property
    def withheld(self) -> str | None:
        """Why there are no bits per byte and per character; None where there are."""
        return withheld(self.characters, self.skipped_characters)

    @property
    def bits_per_byte(self) -> float | None:
        """Comparable between tokenizers, or None: see `withheld`."""
        return None if self.withheld else to_bits(self.nats) / max(1, self.bytes)

    @property
    def bits_per_character(self) -> float | None:
        """Comparable between tokenizers, or None: see `withheld`."""
        return None if self.withheld else to_bits(self.nats) / max(1, self.characters)


def evaluate(model: LanguageModel, encoded: Encoded, *, max_tokens: int | None = None) -> Score:
    """Score `encoded`, or a fixed, evenly spread part of about `max_tokens` of it.

    Raises:
        BadText: fewer than two tokens, so nothing can be predicted.
    """
    work = scoring(model, encoded, max_tokens=max_tokens)
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


def scoring(
    model: LanguageModel, encoded: Encoded, *, max_tokens: int | None = None
) -> Generator[None, None, Score]:
    """Score as `evaluate`, a few rows at a time: it yields between them, for whoever has more to
    do."""
    nats, tokens = 0.0, 0
    for row_nats, asked in _score_rows(model, encoded, max_tokens):
        nats += float(row_nats.double().sum())
        tokens += asked
        yield
    return scored(encoded, nats, tokens)


def scored(encoded: Encoded, nats: float, tokens: int) -> Score:
    """The figures of so many of its tokens that cost `nats` together."""
    share = tokens / encoded.predictions
    skipped, skipped_bytes = encoded.skipped_characters, encoded.skipped_bytes
    return Score(
        nats=nats,
        tokens=tokens,
        characters=round((encoded.characters - skipped) * share),
        bytes=round((encoded.bytes - skipped_bytes) * share),
        whole=tokens == encoded.predictions,
        skipped_characters=round(skipped * share),
        skipped_bytes=round(skipped_bytes * share),
    )


def token_nats(model: LanguageModel, encoded: Encoded, *, max_tokens: int | None = None) -> Tensor:
    """Surprise of every token but the first, (N - 1,) float32 on the CPU, in reading order; or of
    the tokens that `evaluate` asks for with the same `max_tokens`."""
    pieces = [nats.cpu() for nats, _ in _score_rows(model, encoded, max_tokens)]
    return torch.cat(pieces)


def accuracy(model: LanguageModel, encoded: Encoded, *, max_tokens: int | None = None) -> float:
    """Share of the tokens that are the model's first guess, of a fixed, evenly spread part of
    `max_tokens` or about LOOKED_AT of them; of fewer where the vocabulary is large."""
    most = min(LOOKED_AT if max_tokens is None else max_tokens, NUMBERS // model.vocab_size)
    right, count = 0, 0
    for idx, targets, _ in asked_rows(model, encoded, max(LEAST, most)):
        with torch.inference_mode():
            logits = model(idx)[0] if model.causal else model.guesses(idx, targets)
        asked = targets != IGNORED
        right += int((logits.argmax(-1) == targets)[asked].sum())
        count += int(asked.sum())
    return right / count


def _score_rows(
    model: LanguageModel, encoded: Encoded, max_tokens: int | None
) -> Iterator[tuple[Tensor, int]]:
    """Nats of the tokens asked for, some rows at a time, and how many they are."""
    for idx, targets, asked in asked_rows(model, encoded, max_tokens):
        with torch.inference_mode():
            nats = _read(model, idx, targets)[targets != IGNORED]
        yield nats, asked


def asked_rows(
    model: LanguageModel, encoded: Encoded, max_tokens: int | None = None
) -> Iterator[tuple[Tensor, Tensor, int]]:
    """Inputs and targets (R, T), some rows at a time, and how many of them are asked for; all rows
    together ask for every token but the first once, in reading order."""
    if encoded.predictions < 1:
        raise BadText("This text has a single token, so nothing can be predicted: give more text.")
    limit = model.context_size
    size, overlap = (LONG_ROW, WARM_UP) if limit is None else (limit, limit // 2)
    rows = cut(encoded, size, overlap)
    if max_tokens is not None and rows.asked > max_tokens:
        if limit is None:
            size = min(PART_ROW, max(SHORT_ROW, max_tokens // PLACES))
            rows = cut(encoded, size, min(PART_WARM_UP, size // 4))
        count = max(1, round(len(rows) * max_tokens / rows.asked))
        rows = rows[torch.linspace(0, len(rows) - 1, count).round().long()]
    was_training = model.training
    model.eval()
    try:
        longest = min(int(rows.length.max()), PIECE if limit is None else size)
        at_once = _at_once(model, longest)
        for first in range(0, len(rows), at_once):
            part = rows[first : first + at_once]
            yield *gather(encoded.ids, part), part.asked
    finally:
        model.train(was_training)


def _at_once(model: LanguageModel, longest: int) -> int:
    """How many rows are read at once."""
    most = LOGITS_AT_ONCE
    if model.device.type == "cpu" and model.learns_by != "counting":
        most = min(most, ON_CPU)
        if model.context_size is not None:  # it holds more than logits for each token
            most = min(most, TOKENS_ON_CPU * model.vocab_size)
    return max(1, most // (model.vocab_size * longest))


def _read(model: LanguageModel, idx: Tensor, targets: Tensor) -> Tensor:
    """Nats (R, T) of rows of any length, read in pieces with the state carried where it can be."""
    if model.context_size is not None:
        return model.nats(idx, targets)[0]
    state, pieces = None, []
    for t in range(0, idx.size(1), PIECE):
        nats, state = model.nats(idx[:, t : t + PIECE], targets[:, t : t + PIECE], state)
        pieces.append(nats)
    return torch.cat(pieces, dim=1)
