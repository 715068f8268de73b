"""The logit lens: what a Transformer would guess if it stopped after a layer.

    guess after layer l = head(norm(stream_l));   l = 0 is the embedding, l = L the model's own

The stream is what each layer adds to, so the last steps of the model, its final norm and its head,
can read it at any height. They were trained for the last layer alone: a strange guess lower down
says that they cannot read it there, and not that nothing is known. After nostalgebraist 2020,
"interpreting GPT: the logit lens".

    lens = read_lens(model, ids)
    lens.best[l, t], lens.probability[l, t]

Shapes: L layers, T tokens, C width, V vocabulary.
"""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from lm_core.errors import BadText, Unsupported
from lm_core.models.contract import Model, evaluating, numbers_only
from lm_core.models.tracing import trace
from lm_core.models.transformer import Transformer


@dataclass(frozen=True, eq=False)
class Lens:
    """A text, read at every height."""

    logp: Tensor  # (L + 1, T, V) log-probabilities of the next token
    stream: Tensor  # (L + 1, T, C)

    @cached_property
    def best(self) -> Tensor:
        """(L + 1, T), the likeliest next token."""
        return self.logp.argmax(-1)

    @cached_property
    def probability(self) -> Tensor:
        """(L + 1, T), of the likeliest, of 1."""
        return self.logp.amax(-1).exp()

    @cached_property
    def entropy(self) -> Tensor:
        """(L + 1, T), how unsure it is, in nats: 0 to ln V."""
        p = self.logp.exp()
        return -torch.where(p > 0, p * self.logp, 0.0).sum(-1)

    @cached_property
    def divergence(self) -> Tensor:
        """(L + 1, T), KL(last layer ‖ this one) in nats: how far the guess still is from the
        model's own. 0 in the last row."""
        last = self.logp[-1]
        p = last.exp()
        return torch.where(p > 0, p * (last - self.logp), 0.0).sum(-1).clamp(min=0.0)

    @cached_property
    def norms(self) -> Tensor:
        """(L + 1, T), the length of the stream, by Euclid."""
        return self.stream.norm(dim=-1)

    def top(self, layer: int, place: int, k: int = 10) -> list[tuple[int, float]]:
        """The k likeliest at one place, the first the likeliest, with their probabilities."""
        found = self.logp[layer, place].topk(min(k, self.logp.size(-1)))
        return list(zip(found.indices.tolist(), found.values.exp().tolist(), strict=True))

    def settled(self) -> list[int]:
        """For each token from which layer on the best guess is the model's own: T numbers from 0
        (the embedding) to L."""
        agrees = (self.best == self.best[-1]).long()  # (L + 1, T)
        since = agrees.flip(0).cumprod(0).sum(0)  # (T,) rows from the last down that agree
        return (agrees.size(0) - since).tolist()


def has_lens(model: Model) -> bool:
    """Whether it is a stream of layers under one head, read from the left."""
    return isinstance(model, Transformer)


def read_lens(model: Model, ids: Tensor, last: int | None = None) -> Lens:
    """One text of ids at every height.

    Args:
        ids: all are read.
        last: of how many at the end the guesses are kept, T; all when None.

    Raises:
        Unsupported: the model has no stream that a head could read.
        BadText: there is no token.
        ContextTooLong: T is more than it reads.
        BadCheckpoint: weights too large to compute with.
    """
    if not has_lens(model):
        raise Unsupported("Only a Transformer that guesses the next token has this: choose one.")
    if not len(ids):
        raise BadText("There is no token to look at: write some text.")
    with evaluating(model), torch.inference_mode(), trace(model) as trail:
        numbers_only(model(ids.view(1, -1).to(model.device))[0])
        names = ["stream", *(f"blocks.{i}.stream" for i in range(len(model.blocks)))]
        stream = torch.cat([trail[name][:, -(last or len(ids)) :] for name in names])
        # (L + 1, T, C)
        normed = stream if model.norm is None else model.norm(stream)
        logits = numbers_only(model.head(normed)).float()  # (L + 1, T, V)
    return Lens(logits.log_softmax(-1).cpu(), stream.float().cpu())
