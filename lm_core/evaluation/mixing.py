"""The shares of a mixture or an ensemble, fitted on text that no part has learned from."""

from typing import Any

from torch import Tensor

from lm_core.encoded import Encoded
from lm_core.evaluation.score import token_nats
from lm_core.models.averaged import Averaged
from lm_core.models.contract import LanguageModel


class _Alone(LanguageModel):
    """One part, read in the rows of the whole, so that all are asked for the same tokens."""

    def __init__(self, whole: Averaged, part: LanguageModel) -> None:
        super().__init__(part.settings, part.vocab_size)
        self.part, self._context = part, whole.context_size
        self.training = part.training  # so that the evaluator puts the part's own mode back

    @property
    def context_size(self) -> int | None:
        return self._context

    def nats(self, idx: Tensor, targets: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        return self.part.nats(idx, targets, state)


def fit_weight(whole: Averaged, encoded: Encoded, *, max_tokens: int | None = None) -> float:
    """Set the shares that suit `encoded` best; returns that of the first part.

    A number or a few are fitted on as many tokens as are scored, so that scoring the same text
    afterwards flatters the whole by about 1/2 nat for each in all, not by token.
    """
    nats = (token_nats(_Alone(whole, part), encoded, max_tokens=max_tokens) for part in whole.parts)
    return whole.tune(*nats)
