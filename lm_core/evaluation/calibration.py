"""Does a model know how sure to be: of the times it says 70 %, is it right 7 times in 10.

    ECE = sum_b (n_b / N) |right_b - confidence_b|

At each token the model's most probable guess is taken with the probability it gave it. Guesses are
sorted by that probability into bins of equal width; in each, the mean probability ("confidence") is
set beside the share that was right. Above the diagonal a model is too modest, below it too sure.
Paper: Guo et al. 2017, "On Calibration of Modern Neural Networks".
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from lm_core.encoded import Encoded
from lm_core.errors import Unsupported
from lm_core.evaluation.score import token_nats
from lm_core.models.contract import LanguageModel

ROUNDING = 1e-6  # 3/10 may come out of float32 as 0.30000001, and is 0.3 still


class Bin(NamedTuple):
    """Guesses whose probability was above `low` and at most `high`."""

    low: float
    high: float
    confidence: float  # mean probability of the guesses
    right: float  # share of them that were right
    count: int  # tokens


def calibration(
    model: LanguageModel, encoded: Encoded, bins: int = 10, *, max_tokens: int | None = None
) -> list[Bin]:
    """The bins that hold a guess, from unsure to sure; their counts sum to the tokens asked for.

    The text is read as `evaluate` reads it, with the same context for each token and the same part
    for the same `max_tokens`.

    Raises:
        BadText: fewer than two tokens, so nothing can be predicted.
        Unsupported: the model sees both sides of a token, so it does not guess what comes next.
    """
    if not model.causal:
        raise Unsupported(
            "This model reads a text from both sides and does not guess the next token: "
            "choose a model that writes."
        )
    confidence, right = token_nats(_TopGuess(model), encoded, max_tokens=max_tokens).double().T
    place = ((confidence - ROUNDING) * bins).ceil().long().clamp(1, bins) - 1  # low < p <= high
    count = place.bincount(minlength=bins)
    sums = (place.bincount(weights=x, minlength=bins) for x in (confidence, right))
    rows = zip(*(column.tolist() for column in (*sums, count)), strict=True)
    return [
        Bin(b / bins, (b + 1) / bins, sure / n, hits / n, n)
        for b, (sure, hits, n) in enumerate(rows)
        if n
    ]


def expected_calibration_error(table: Sequence[Bin]) -> float:
    """ECE from 0 to 1: how far confidence is from the share that was right, over all tokens."""
    total = sum(row.count for row in table)
    return sum(row.count * abs(row.right - row.confidence) for row in table) / total


class _TopGuess(LanguageModel):
    """A model that is asked for its best guess where the evaluator asks for nats."""

    def __init__(self, model: LanguageModel) -> None:
        super().__init__(model.settings, model.vocab_size)
        self.model = model
        self.training = model.training  # so that the evaluator puts the model's own mode back

    @property
    def context_size(self) -> int | None:
        return self.model.context_size

    def nats(self, idx: Tensor, targets: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """(B, T, 2): the probability of the best guess, and 1 where it is the target."""
        logits, state = self.model(idx, state)
        best, guess = logits.float().max(-1)
        probability = (best - logits.float().logsumexp(-1)).exp()
        return torch.stack([probability, (guess == targets).float()], dim=-1), state
