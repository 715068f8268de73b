"""What each place of a fixed window adds to a guess: the guess again with that place empty.

    adds(i) = ln p(token | window) - ln p(token | window without place i)        in nats

Empty means the id "nothing", which stands before the beginning of every text and whose vector the
model has learned (`models/context.py`); so it is asked nothing that it never met. Above 0 the token
there made the guess likelier, below 0 less likely. The parts do not sum to ln p: places work
together. Source: occlusion, as in Zeiler and Fergus 2014; on words Li et al. 2016.

Shapes: n places, V vocabulary.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import nn

from lm_core.errors import Unsupported
from lm_core.models.contract import LanguageModel, evaluating, numbers_only


@dataclass(frozen=True)
class Slots:
    """Of one guess, the oldest place first; places before the beginning of the text are none."""

    ids: tuple[int, ...]  # what stands there
    nats: float  # -ln p(token) with all of it
    adds: tuple[float, ...]  # of each place, in nats

    @property
    def shares(self) -> tuple[float, ...]:
        """|adds| of each as a share of their sum; 0 where none adds anything."""
        total = sum(map(abs, self.adds))
        return tuple(abs(one) / total if total else 0.0 for one in self.adds)


def has_slots(model: LanguageModel) -> bool:
    """Whether it reads a window of places and knows what an empty one is."""
    embedding = getattr(model, "embedding", None)
    known = isinstance(embedding, nn.Embedding) and model.reach is not None
    return known and embedding.num_embeddings == model.vocab_size + 1


def slots(model: LanguageModel, ids: Sequence[int], token: int) -> Slots:
    """What each place of the window added to the guess of `token` after `ids`. The model's
    train/eval mode is restored.

    Args:
        ids: the text so far, one token at least; its last n are the window.

    Raises:
        Unsupported: the model has no such window.
        BadCheckpoint: weights too large to compute with.
    """
    if not has_slots(model):
        raise Unsupported("This model reads no window of fixed places: choose an MLP or a WaveNet.")
    seen = [int(id) for id in ids[-model.reach :]]
    rows = torch.tensor([seen] * (len(seen) + 1), device=model.device)  # (n + 1, n)
    places = torch.arange(len(seen), device=model.device)
    rows[places + 1, places] = model.vocab_size  # nothing
    with evaluating(model), torch.inference_mode():
        logits = numbers_only(model(rows)[0][:, -1]).float()  # (n + 1, V)
    logs = logits.log_softmax(-1)[:, token].double().tolist()
    return Slots(tuple(seen), -logs[0], tuple(logs[0] - one for one in logs[1:]))
