"""Hide some tokens of a text and guess each from what stands on both sides of it.

    loss = -ln p(hidden token | the tokens that are shown), in nats

Source: Devlin et al. 2018, "BERT", where it is called masked language modelling. The model hides
them itself (`models/encoder.py`), so that batches and scores are those of the next token.
"""

import math
from collections.abc import Mapping

from lm_core.encoded import Encoded
from lm_core.generation.filling import gaps_filled
from lm_core.models.contract import LanguageModel
from lm_core.tasks.next_token import NextToken
from lm_core.tokenizers.tokenizer import Tokenizer
from lm_core.training.events import Preview
from lm_core.training.task import tasks


@tasks.register(
    "fill-gap",
    title="Fill the gaps",
    idea="Guess hidden tokens of a text from what stands on both sides.",
    order=1,
)
class FillGap(NextToken):
    """Splits are `Encoded`, models are those that read both sides."""

    def preview(
        self,
        model: LanguageModel,
        codec: Tokenizer,
        data: Mapping[str, Encoded],
        *,
        seed: int = 0,
        seconds: float = math.inf,
    ) -> Preview:
        """Gaps in text that it has not learned from, filled."""
        held_out = data.get("validation", data["train"])
        return Preview(gaps_filled(model, codec, held_out, seed=seed))
