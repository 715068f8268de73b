"""Who looks at whom in any model with attention, side by side.

    own side     what is written, or read alone, looks at itself
    other side   what is read to be written from looks at itself, from both sides
    cross        what is written looks at what was read

    for view in views_of_text(model, ids, tokenizer):           # or views_of_pair
        view.name, view.rows, view.columns, view.weights        # (layers, H, T, S)

A decoder has an own side that looks back, an encoder one that looks to both sides. An encoder-
decoder has all three. A recurrent translator looks across alone, with one head in one layer.

Shapes: H heads, T tokens that look, S that are looked at, D numbers of a head.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lm_core.codecs import PairCodec
from lm_core.errors import BadText, Unsupported
from lm_core.inspection.attention import AttentionCell, cell_of
from lm_core.models.attention import LOWEST
from lm_core.models.contract import LanguageModel, Model, evaluating, numbers_only
from lm_core.models.tracing import Trace, trace
from lm_core.models.translating import Translates
from lm_core.tokenizers import Tokenizer

OWN, OTHER, CROSS = VIEWS = "own side", "other side", "cross"
NOTHING = "(nothing)"  # before a text: the column of a learned vector, which is no token
NONE = "This model has no attention: choose one that has, as a Transformer."

# Where in a model an attention is, and which view it belongs to.
PLACES = (
    (re.compile(r"((stack|decoder)\.)?blocks\.\d+\.attention"), OWN),
    (re.compile(r"encoder\.blocks\.\d+\.attention"), OTHER),
    (re.compile(r"decoder\.blocks\.\d+\.cross|attention"), CROSS),
)


@dataclass(frozen=True, eq=False)
class AttentionView:
    """All heads of one side, or across. Each row of `weights` sums to 1, over the columns that
    `seen` has for it; elsewhere it is 0."""

    name: str  # of VIEWS
    rows: tuple[str, ...]  # T tokens that look; across to a source, those being written meanwhile
    columns: tuple[str, ...]  # S tokens that are looked at
    nothing: int  # how many columns in front are NOTHING
    weights: Tensor  # (layers, H, T, S)
    seen: Tensor  # (T, S) bool, True where the row may look
    q: Tensor | None  # (layers, H, T, D); None where attention is no product of q and k
    k: Tensor | None  # (layers, H, S, D)
    v: Tensor | None  # (layers, H, S, D); None where nobody recorded it
    bias: Tensor | None  # (layers, H, T, S), added to the scores
    stream: Tensor | None  # (layers, T, C) before each layer; None where nobody recorded it
    ids: Tensor | None  # (T,) where rows and columns are the same tokens

    @property
    def causal(self) -> bool:
        """Whether nobody looks ahead."""
        return self.ids is not None and not self.seen.triu(1).any()

    def cell(self, layer: int, head: int, row: int, column: int) -> AttentionCell:
        """The numbers behind `weights[layer, head, row, column]`.

        Raises:
            IndexError: no such place, or the row may not look there.
            Unsupported: the weights are no softmax of q · k.
        """
        T, S = self.seen.shape
        if not (0 <= row < T and 0 <= column < S and self.seen[row, column]):
            raise IndexError(f"token {row} of {T} cannot look at token {column} of {S}")
        if self.q is None:
            raise Unsupported("These weights are made in another way than by a product of q and k.")
        bias = None if self.bias is None else self.bias[layer, head, row]
        q, k, weights = (
            self.q[layer, head, row],
            self.k[layer, head],
            self.weights[layer, head, row],
        )
        return cell_of(q, k, weights, self.seen[row].nonzero()[:, 0], column, bias)


def views_in(model: Model) -> tuple[str, ...]:
    """The views that a model has, of VIEWS; none where it has no attention, or where what has it is
    only a part of the model."""
    found = {view_of(name) for name, _ in model.named_modules()}
    return tuple(view for view in VIEWS if view in found)


def views_of_text(model: LanguageModel, ids: Tensor, tokenizer: Tokenizer) -> list[AttentionView]:
    """A model that reads one text, and what every part of it looks at.

    An encoder-decoder reads the first part of it with its encoder; while the text is no longer than
    that, there is nothing to look at but NOTHING, and its own side is all there is.

    Args:
        ids: (T,)

    Raises:
        Unsupported: the model has no attention, or reads two texts.
        BadText: there is no token.
        ContextTooLong: T is more than it reads.
        BadCheckpoint: weights too large to compute with.
    """
    if not views_in(model) or not isinstance(model, LanguageModel):
        raise Unsupported(NONE)
    if not len(ids):
        raise BadText("There is no token to look at: write some text.")
    trail = _recorded(model, ids.view(1, -1))
    names = _texts(tokenizer, ids)
    # The encoder has read the beginning, which is as long as what was recorded of it.
    read = [x.size(-1) for name, x in trail.items() if view_of(name, "weights") == OTHER]
    source = ids[: read[0]] if read else ids[:0]
    views = [_view(trail, OWN, names, names, ids)]
    if read:
        first = names[: read[0]]
        views.append(_view(trail, OTHER, first, first, source))
        views.append(_view(trail, CROSS, names, first))
    return views


def views_of_pair(
    model: Model, source: Tensor, target: Tensor, codec: PairCodec
) -> list[AttentionView]:
    """A model that turns one text into another, and what every part of it looks at while it reads
    the source and writes this target.

    The own side is of what the decoder reads: the boundary, then the target. Across, a row is named
    after what is written meanwhile: the target, then the boundary that ends it.

    Args:
        source, target: (S,) and (T,), without boundaries.

    Raises:
        Unsupported: the model has no attention, or does not translate.
        BadText: the source has no token.
        ContextTooLong: more tokens than it reads or writes.
        BadCheckpoint: weights too large to compute with.
    """
    if not views_in(model) or not isinstance(model, Translates):
        raise Unsupported(NONE)
    if not len(source):
        raise BadText("There is no token to look at: write a source.")
    b = torch.tensor([codec.target.boundary_id])
    read, written = torch.cat([b, target]), torch.cat([target, b])
    trail = _recorded(model, source.view(1, -1), read.view(1, -1))
    sources, targets = _texts(codec.source, source), _texts(codec.target, read)
    names = {
        OWN: (targets, targets, read),
        OTHER: (sources, sources, source),
        CROSS: (_texts(codec.target, written), sources),
    }
    return [_view(trail, name, *names[name]) for name in views_in(model)]


def view_of(module: str, what: str = "") -> str | None:
    """The view that an attention belongs to, by its path in the model, or of what it records; None
    for anything else."""
    path = module.removesuffix(f".{what}") if what else module
    if what and path == module:
        return None
    return next((view for place, view in PLACES if place.fullmatch(path)), None)


def _recorded(model: Model, idx: Tensor, target: Tensor | None = None) -> Trace:
    with evaluating(model), torch.inference_mode(), trace(model) as trail:
        numbers_only(model(idx)[0] if target is None else model.answer(idx, target))
    return trail


def _view(
    trail: Trace, name: str, rows: Sequence[str], columns: Sequence[str], ids: Tensor | None = None
) -> AttentionView:
    weights = _of(trail, name, "weights")  # (layers, H, T, S)
    if weights.dim() == 3:  # one attention, without heads
        weights = weights.unsqueeze(1)
    T, S = weights.shape[-2:]
    seen, bias = torch.ones(T, S, dtype=torch.bool), _of(trail, name, "bias", 3)
    if bias is not None:
        seen = bias[0, 0] > LOWEST
    elif (may := _of(trail, name, "may", 2)) is not None:
        seen = may[0].bool().expand(T, S)
    nothing = S - len(columns)
    return AttentionView(
        name=name,
        rows=tuple(rows),
        columns=(*(NOTHING,) * nothing, *columns),
        nothing=nothing,
        weights=weights,
        seen=seen,
        q=_of(trail, name, "q"),
        k=_of(trail, name, "k"),
        v=_of(trail, name, "v"),
        stream=_stream(trail, name),
        bias=bias,
        ids=ids,
    )


def _of(trail: Trace, view: str, what: str, places: int = 0) -> Tensor | None:
    """What the attentions of a view recorded under that name of their only text, layer by layer;
    None where they recorded nothing.

    Args:
        places: how many dimensions to keep of one, where those in front are the same for all texts
            and may be missing; 0 is all but that of texts.
    """
    found = [x for name, x in trail.items() if view_of(name, what) == view]
    if not found:
        return None
    kept = [x[(0,) * (x.dim() - places if places else 1)] for x in found]
    return torch.stack(kept).float().cpu()


def _stream(trail: Trace, view: str) -> Tensor | None:
    """What every layer of an own or another side begins with, (layers, T, C): what the one below
    ends with, and of the first what the model records of its embedding."""
    places = [name.split(".") for name in trail if view_of(name, "weights") == view]
    if view == CROSS or not all(len(place) > 2 for place in places):
        return None
    below = [".".join([*place[:-3], str(int(place[-3]) - 1), "stream"]) for place in places]
    below = ["stream", *below[1:]]
    if view == OTHER or not all(name in trail for name in below):
        return None
    return torch.stack([trail[name][0] for name in below]).float().cpu()


def _texts(tokenizer: Tokenizer, ids: Tensor) -> tuple[str, ...]:
    return tuple(tokenizer.token_text(int(id)) for id in ids)
