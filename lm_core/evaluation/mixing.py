"""The weight of a mixture, fitted on text that none of its parts has learned from."""

from typing import Any

from torch import Tensor

from lm_core.encoded import Encoded
from lm_core.evaluation.score import token_nats
from lm_core.models.contract import LanguageModel
from lm_core.models.mixture import Mixture


class _Alone(LanguageModel):
    """One part, read in the rows of the mixture, so that both are asked for the same tokens."""

    def __init__(self, mixture: Mixture, part: LanguageModel) -> None:
        super().__init__(part.settings, part.vocab_size)
        self.part, self._context = part, mixture.context_size

    @property
    def context_size(self) -> int | None:
        return self._context

    def nats(self, idx: Tensor, targets: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        return self.part.nats(idx, targets, state)


def fit_weight(mixture: Mixture, encoded: Encoded, *, max_tokens: int | None = None) -> float:
    """Set and return the weight of the first part that suits `encoded` best.

    One number is fitted on as many tokens as are scored, so that scoring the same text afterwards
    flatters the mixture by about 1/2 nat in all, not by token.
    """
    first, second = (
        token_nats(_Alone(mixture, part), encoded, max_tokens=max_tokens) for part in mixture.parts
    )
    return mixture.tune(first, second)
