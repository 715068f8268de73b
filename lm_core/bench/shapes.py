"""What is trained, and written with, where speed is measured."""

from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from lm_core.training import Budget, Trainer

SHAPES = {  # nanoGPT's CPU recipe for the Transformer; the LSTM of the same batch
    "transformer": {"n_layer": 4, "n_head": 4, "n_embd": 128, "block_size": 64},
    "lstm": {"n_layer": 1, "n_embd": 128, "n_hidden": 256, "block_size": 64},
}
BATCH, VOCAB = 12, 65


def training(name: str, budget: "Budget", **more: Any) -> "Trainer":
    """Of one of the SHAPES, nothing but steps; `more` as for a Trainer."""
    from lm_core.encoded import Encoded
    from lm_core.models.building import build_model
    from lm_core.tasks import NextToken
    from lm_core.training import Trainer, TrainSettings

    ids = torch.randint(VOCAB, (200_000,), generator=torch.Generator().manual_seed(0))
    data = {"train": Encoded(ids, torch.zeros(1, dtype=torch.int64), False, len(ids), len(ids))}
    model = build_model(name, SHAPES[name], VOCAB)
    settings = TrainSettings(batch_size=BATCH, eval_every=10**6)
    return Trainer(NextToken(), model, data, settings=settings, budget=budget, **more)
