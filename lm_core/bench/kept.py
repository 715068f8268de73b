"""What a step over a large vocabulary keeps for the way back: the bytes of its largest tensor.

Logits of all tokens would be the largest by far: 4 bytes x vocabulary x tokens. The loss of a large
vocabulary never holds them (`models/heads.py`), so what is kept does not grow with the vocabulary.
The weights are left out: they are there anyway.
"""

import torch

from lm_core.bench.result import Result
from lm_core.models import LanguageModel
from lm_core.models.kept import Kept

SHAPE = {"n_layer": 1, "n_embd": 64, "n_hidden": 128, "block_size": 64}
ROWS, VOCABULARIES = 16, (20_000, 80_000)


def bench_kept() -> list[Result]:
    """A row a vocabulary, of the LSTM over words."""
    from lm_core.models.building import build_model

    results = []
    for V in VOCABULARIES:
        model = build_model("lstm", SHAPE, V)
        T = SHAPE["block_size"]
        idx = torch.randint(V, (ROWS, T + 1), generator=torch.Generator().manual_seed(0))
        about = {**SHAPE, "vocabulary": V, "rows": ROWS, "logits": 4 * V * ROWS * T}
        kept = largest_kept(model, idx[:, :-1], idx[:, 1:])
        results.append(Result(f"train_lstm_words_{V}_kept", kept, "bytes", False, about))
    return results


def largest_kept(model: LanguageModel, idx: torch.Tensor, targets: torch.Tensor) -> int:
    """Bytes of the largest tensor that the graph of one loss keeps beside the weights."""
    model.train()
    with Kept(model) as kept:
        nats, penalty, _ = model.objective(idx, targets)
        (nats.mean() + penalty).backward()
    model.zero_grad(set_to_none=True)
    return kept.largest
