"""What padding is to a model: the same text with nothing behind it, read once more.

Texts of a batch are made equally long by padding. A model that reads both sides, and one that reads
a source, are told where it stands, and give it weight 0. A model that looks back alone need not be
told: padding stands at the end, where nobody looks. `padded` reads a text in both ways and says how
much its tokens notice.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from lm_core.errors import Unsupported
from lm_core.inspection.views import OTHER, OWN, view_of
from lm_core.models.contract import LanguageModel, Model, evaluating
from lm_core.models.encoder import Encoder
from lm_core.models.encoder_decoder import EncoderDecoder
from lm_core.models.tracing import trace
from lm_core.models.transformer import Transformer


@dataclass(frozen=True, eq=False)
class Padded:
    """A text of T tokens with E of padding behind it. `weights` are means over layers and heads."""

    seen: Tensor  # (T + E, T + E) bool, where a row may look
    weights: Tensor  # (T + E, T + E); rows of padding mean nothing
    told: bool  # whether the model is told where the padding is
    noticed: float  # the most by which a weight of the T tokens is another than without padding


def padded(model: Model, ids: Tensor, extra: int, *, source: bool = False) -> Padded:
    """Read `ids` (T,) with `extra` places of padding behind them.

    Args:
        source: they are the source of a translator.

    Raises:
        Unsupported: a model that none of this is about.
        ContextTooLong: more than it reads.
    """
    plain, _ = _read(model, ids, 0, source)
    more, told = _read(model, ids, extra, source)
    T = len(ids)
    noticed = float((more[..., :T, :T] - plain).abs().max())
    whole = T + extra
    seen = torch.ones(whole, whole, dtype=torch.bool)
    seen = seen & (torch.arange(whole) < T) if told else seen.tril()
    return Padded(seen, more.mean((0, 1)), told, noticed)


def _read(model: Model, ids: Tensor, extra: int, source: bool) -> tuple[Tensor, bool]:
    """Weights (L, H, T + E, T + E), and whether padding was told."""
    idx = F.pad(ids, (0, extra)).view(1, -1)
    hidden = (torch.arange(idx.size(1)) >= len(ids)).view(1, -1)
    view, told = OWN, True
    with evaluating(model), torch.inference_mode(), trace(model) as trail:
        if source and isinstance(model, EncoderDecoder):
            view = OTHER
            model.encode(idx, hidden)
        elif isinstance(model, Encoder):
            model.read(idx, padding=hidden)
        elif isinstance(model, Transformer | EncoderDecoder) and isinstance(model, LanguageModel):
            told = False
            model(idx)
        else:
            raise Unsupported("This model is told of no padding that could be drawn.")
    found = [x[0] for name, x in trail.items() if view_of(name, "weights") == view]
    return torch.stack(found).float().cpu(), told
