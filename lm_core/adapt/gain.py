"""What fine-tuning won on the new text, and what it cost on the old: both in nats per token.

    gain       = nats before - nats after,  on the validation split of the new text
    forgetting = nats after - nats before,  on that of the old text

Both models read with the same codec, so nats per token compare.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lm_core.encoded import Encoded
from lm_core.evaluation.score import evaluate
from lm_core.models.contract import LanguageModel


@dataclass(frozen=True)
class Change:
    """Nats per token of one text, before and after."""

    before: float
    after: float
    tokens: int  # that were scored

    @property
    def less(self) -> float:
        """How much less surprised it is after: below 0 where it is more."""
        return self.before - self.after


def change(
    before: LanguageModel,
    after: LanguageModel,
    data: Mapping[str, Encoded],
    *,
    most: int | None = None,
) -> Change | None:
    """By the validation split, or a fixed, evenly spread part of it of about `most` tokens; None
    where there is none."""
    split = data.get("validation")
    if split is None or split.predictions < 1:
        return None
    was, now = (evaluate(model, split, max_tokens=most) for model in (before, after))
    return Change(was.nats_per_token, now.nats_per_token, now.tokens)
