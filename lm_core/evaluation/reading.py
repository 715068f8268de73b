"""A text with the model's eyes: of each token how surprised the model was, which of its guesses the
token was, how unsure it was before, and what it held to be likelier.

    rank(x_t)    = 1 + the number of tokens with p(x | x_<t) > p(x_t | x_<t)
    entropy(t)   = -sum_x p(x | x_<t) ln p(x | x_<t)

It is read in the same rows as `score.py` reads it, so the surprise of all tokens together is that
of `evaluate`. Two models that cut a text alike are laid beside each other token by token; where
they cut it otherwise, over the smallest stretches that begin and end with a token of both.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lm_core.encoded import Encoded, encode_documents
from lm_core.errors import BadText
from lm_core.evaluation.score import PIECE, Score, asked_rows, scored
from lm_core.models.contract import IGNORED, LanguageModel, numbers_only
from lm_core.tokenizers.tokenizer import Tokenizer

TOP = 10  # guesses that are kept for each token
NOTHING = "The model can read nothing of this text: give letters or words that it has learned."

Span = tuple[int, int]


@dataclass(frozen=True)
class Given:
    """A text as a tokenizer reads it."""

    text: str  # in the tokenizer's form of Unicode
    encoded: Encoded
    spans: list[Span]  # of each of the N ids, in the UTF-8 of `text`; the end of an item is the
    # line end that follows it, or empty


@dataclass(frozen=True)
class Reading:
    """N tokens that were guessed, in reading order; the first of a running text is not."""

    score: Score
    ids: Tensor  # (N,) int64
    nats: Tensor  # (N,) float32, infinite where the model held the token to be impossible
    rank: Tensor  # (N,) int64, 1 is the first guess
    entropy: Tensor  # (N,) float32, nats
    top: Tensor  # (N, K) int64, the likeliest first
    top_nats: Tensor  # (N, K) float32


def dearest(nats: Tensor) -> int:
    """How many tokens, the most surprising first, it takes to come to half of all surprise (N,);
    where some were held impossible, those."""
    impossible = int(nats.isinf().sum())
    if impossible or not len(nats):
        return impossible
    grown = nats.double().sort(descending=True).values.cumsum(0)
    return int((grown < grown[-1] / 2).sum()) + 1


def given(text: str, tokenizer: Tokenizer, *, items: bool) -> Given:
    """`text` as ids; what the tokenizer does not know is skipped, and counted.

    Args:
        items: each line that holds something is an item of a list.

    Raises:
        BadText: nothing of it can be read.
    """
    text = tokenizer.read(text)
    if not items:
        encoded = encode_documents([text], tokenizer, items=False, skip_unknown=True)
        return Given(text, encoded, tokenizer.spans(text))
    lines, spans, at = [], [(0, 0)], 0
    for line in text.split("\n"):
        size = len(line.encode("utf-8", "replace"))
        if line.strip():
            lines.append(line)
            spans += [(at + low, at + high) for low, high in tokenizer.spans(line)]
            spans.append((at + size, at + size + 1))
        at += size + 1
    if len(spans) == len(lines) + 1:  # ends of items alone
        raise BadText(NOTHING)
    if not text.endswith("\n"):  # nothing stands where the last item ends
        spans[-1] = (min(spans[-1][0], at - 1), min(spans[-1][1], at - 1))
    return Given(text, encode_documents(lines, tokenizer, items=True, skip_unknown=True), spans)


def read(model: LanguageModel, encoded: Encoded, *, top: int = TOP) -> Reading:
    """What `model` makes of every token but the first, in one pass over its logits.

    Args:
        top: guesses that are kept for each token, as many as there are tokens at most.

    Raises:
        BadText: fewer than two tokens, so nothing can be predicted.
        BadCheckpoint: the model's scores are no numbers.
    """
    found: list[tuple[Tensor, ...]] = []
    for idx, targets, _ in asked_rows(model, encoded):
        with torch.inference_mode():
            of_rows = [_looked_at(*piece, top) for piece in _pieces(model, idx, targets)]
            asked = targets != IGNORED
            columns = (torch.cat(part, dim=1) for part in zip(*of_rows, strict=True))
            found.append(tuple(column[asked].cpu() for column in columns))
    nats, rank, entropy, best, best_nats = map(torch.cat, zip(*found, strict=True))
    score = scored(encoded, float(nats.double().sum()), len(nats))
    return Reading(score, encoded.ids[1:], nats, rank, entropy, best, best_nats)


def seen_before(model: LanguageModel, encoded: Encoded, at: int) -> list[int]:
    """The ids that `model`, of one side, saw when it guessed token `at` of its reading, the oldest
    first.

    Raises:
        IndexError: no such token.
    """
    before = 0
    for idx, targets, asked in asked_rows(model, encoded):
        if before <= at < before + asked:
            row, t = (targets != IGNORED).nonzero()[at - before].tolist()
            return idx[row, : t + 1].tolist()
        before += asked
    raise IndexError(at)


def stretches(first: Sequence[Span], second: Sequence[Span]) -> list[tuple[range, range]]:
    """The smallest stretches of a text that end with a token of both, in order: which of the tokens
    of either are in each. Where both cut alike each holds one token of either.

    Args:
        first, second: where the tokens of each stand in the same text.
    """
    found: list[tuple[range, range]] = []
    begins, at = [0, 0], [0, 0]
    while at[0] < len(first) and at[1] < len(second):
        ends = first[at[0]][1], second[at[1]][1]
        at[0] += ends[0] <= ends[1]
        at[1] += ends[1] <= ends[0]
        if ends[0] == ends[1]:
            found.append((range(begins[0], at[0]), range(begins[1], at[1])))
            begins = at.copy()
    if begins != [len(first), len(second)]:  # what one reads behind the last end of both
        rest = range(begins[0], len(first)), range(begins[1], len(second))
        if found and not (rest[0] and rest[1]):
            last = found.pop()
            rest = range(last[0].start, len(first)), range(last[1].start, len(second))
        found.append(rest)
    return found


def _pieces(model: LanguageModel, idx: Tensor, targets: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """Logits (R, T', V) and targets (R, T') of rows (R, T), the state carried where it can be."""
    if not model.causal:
        yield model.guesses(idx, targets), targets
    elif model.context_size is not None:
        yield model(idx)[0], targets
    else:
        state = None
        for t in range(0, idx.size(1), PIECE):
            logits, state = model(idx[:, t : t + PIECE], state)
            yield logits, targets[:, t : t + PIECE]


def _looked_at(logits: Tensor, targets: Tensor, top: int) -> tuple[Tensor, ...]:
    """Surprise, rank, entropy (R, T), the likeliest and their surprise (R, T, K)."""
    logits = numbers_only(logits.float())
    said = logits.log_softmax(-1)  # (R, T, V)
    wanted = targets.clamp(min=0).unsqueeze(-1)  # (R, T, 1)
    own = said.gather(-1, wanted)  # (R, T, 1)
    rank = (said > own).sum(-1) + 1  # (R, T)
    entropy = torch.special.entr(said.exp()).sum(-1)  # (R, T)
    best = said.topk(min(top, said.size(-1)), dim=-1)
    return -own.squeeze(-1), rank, entropy, best.indices, -best.values
