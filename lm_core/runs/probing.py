"""One text that stays the same, scored at each evaluation: what the model learns to expect first.

The text is the beginning of what is kept from training, about 48 tokens of it. Scored as
`lm_core.evaluation` scores any text, so the first token, with nothing before it, has no number.
"""

import math

from lm_core.encoded import Encoded
from lm_core.evaluation.score import token_nats
from lm_core.runs.prepare import Prepared
from lm_core.tasks.counting import first_tokens
from lm_core.training import Trainer
from lm_core.training.events import Probed

TOKENS = 48


class Probe:
    """Called at each evaluation. `tokens` are the texts of the tokens scored, in order."""

    part = "The probe"

    def __init__(self, prepared: Prepared) -> None:
        self.text = beginning(prepared.data.get("validation", prepared.data["train"]))
        self.tokens = [prepared.tokenizer.token_text(id) for id in self.text.ids.tolist()]

    def __repr__(self) -> str:
        return f"Probe({len(self.tokens)} tokens)"

    def __call__(self, trainer: Trainer) -> Probed:
        nats = token_nats(trainer.model, self.text.to(trainer.device)).tolist()
        return Probed(trainer.step, (math.nan, *nats))


def beginning(encoded: Encoded, tokens: int = TOKENS) -> Encoded:
    """The first `tokens` ids; of items, as many whole ones as that holds (or of a long one what it
    holds)."""
    size = min(tokens, len(encoded.ids))
    if encoded.items:
        whole = encoded.starts[1:][encoded.starts[1:] < size]  # boundaries that close an item
        size = int(whole[-1]) + 1 if len(whole) else size
    return first_tokens(encoded, size)
