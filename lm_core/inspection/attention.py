"""Attention of every layer and head for a given text, and the arithmetic behind one weight."""

from dataclasses import dataclass

import torch
from torch import Tensor

from lm_core.errors import Unsupported
from lm_core.models.contract import LanguageModel, evaluating, numbers_only
from lm_core.models.tracing import Trace, trace
from lm_core.tokenizers import Tokenizer


@dataclass(frozen=True)
class AttentionCell:
    """How one token (the row) came to take its share of another (the column).

    score = q · k / sqrt(D);   weight = exp(score) / sum of exp(scores) over all it may look at

    Where positions are given by ALiBi, what it takes off for the distance is in the score.

    Shapes: D numbers of a head, N tokens that the row may look at.
    """

    q: Tensor  # (D,) what the looking token asks for
    k: Tensor  # (D,) what the looked-at token offers
    dot: float  # q · k
    scale: float  # 1 / sqrt(D)
    seen: Tensor  # (N,) which tokens those are: of a text read from the left, all up to itself
    scores: Tensor  # (N,) dot * scale for each
    weights: Tensor  # (N,) softmax of the scores, sums to 1
    column: int

    @property
    def score(self) -> float:
        return float(self.scores[self.place])

    @property
    def weight(self) -> float:
        return float(self.weights[self.place])

    @property
    def place(self) -> int:
        """Where among `seen` the column is."""
        return int((self.seen == self.column).nonzero())


def attention_maps(model: LanguageModel, ids: Tensor) -> Tensor:
    """Attention weights (L, H, T, T) for one text of T ids; row t says how much token t takes from
    each token up to itself, and sums to 1.

    Raises:
        Unsupported: the model has no attention.
        ContextTooLong: T is more than the model's context.
        BadCheckpoint: weights too large to compute with.
    """
    return _of_layers(_recorded(model, ids), "weights")


def attention_cell(
    model: LanguageModel, ids: Tensor, layer: int, head: int, row: int, column: int
) -> AttentionCell:
    """The numbers behind `attention_maps(model, ids)[layer, head, row, column]`.

    Args:
        ids: one text of T ids.
        layer, head: counted from 0.
        row, column: places of the token that looks and of the one looked at, column <= row.

    Raises:
        Unsupported: the model has no attention.
        ContextTooLong: T is more than the model's context.
        IndexError: no such layer, head or token, or a token that stands later.
    """
    if not 0 <= column <= row < len(ids):
        raise IndexError(f"token {row} cannot look at token {column} of {len(ids)}")
    trail = _recorded(model, ids)
    q, k, weights = (_of_layers(trail, what)[layer, head] for what in ("q", "k", "weights"))
    biased = any(name.endswith("attention.bias") for name in trail)
    bias = _of_layers(trail, "bias")[layer, head, row] if biased else None
    return cell_of(q[row], k, weights[row], torch.arange(row + 1), column, bias)


def cell_of(
    q: Tensor, k: Tensor, weights: Tensor, seen: Tensor, column: int, bias: Tensor | None = None
) -> AttentionCell:
    """The cell of one row.

    Args:
        q, k, weights: (D,) of the row, (S, D) of all columns, (S,).
        seen: (N,) the columns that the row may look at.
        bias: (S,) added to the scores.
    """
    products, scale = k @ q, q.size(-1) ** -0.5  # (S,)
    scores = products * scale if bias is None else products * scale + bias
    return AttentionCell(
        q=q,
        k=k[column],
        dot=float(products[column]),
        scale=scale,
        seen=seen,
        scores=scores[seen],
        weights=weights[seen],
        column=column,
    )


def text_ids(tokenizer: Tokenizer, text: str, *, items: bool) -> Tensor:
    """Ids (T,) of a text to look into; an item gets the boundary token that it begins after.

    Raises:
        BadText: characters the tokenizer does not know.
    """
    start = [tokenizer.boundary_id] if items else []
    return torch.tensor([*start, *tokenizer.encode(text).tolist()], dtype=torch.int64)


def has_attention(model: LanguageModel) -> bool:
    """Whether `attention_maps` can serve this model: a decoder that looks back over one text."""
    found = [name for name, _ in model.named_modules() if name.endswith("attention")]
    return model.causal and bool(found) and all(name.startswith("blocks.") for name in found)


def _recorded(model: LanguageModel, ids: Tensor) -> Trace:
    """The trace of one text."""
    if not has_attention(model):
        raise Unsupported("This model has no attention that looks back: choose a Transformer.")
    with evaluating(model), torch.inference_mode(), trace(model) as trail:
        numbers_only(model(ids.view(1, -1))[0])
    return trail


def _of_layers(trail: Trace, what: str) -> Tensor:
    """What every attention recorded under that name, (L, H, ...)."""
    found = [x[0] for name, x in trail.items() if name.endswith(f"attention.{what}")]
    return torch.stack(found).float().cpu()
