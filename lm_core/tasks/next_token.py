"""Guess the next token of a text from those before it.

    loss = -ln p(token | tokens before it), in nats

Everything that generates text in the lab learned this. Families that count learn it by counting.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import torch
from torch import nn

from lm_core.corpora import Corpus
from lm_core.encoded import Encoded, encode_corpus
from lm_core.evaluation.baselines import frequencies
from lm_core.evaluation.mixing import fit_weight
from lm_core.evaluation.score import accuracy, evaluate
from lm_core.evaluation.surprise import perplexity
from lm_core.models.averaged import Averaged
from lm_core.models.contract import LanguageModel
from lm_core.tasks.counting import Counting
from lm_core.tasks.samples import write_sample
from lm_core.tasks.token_batches import TokenBatches
from lm_core.tokenizers.tokenizer import Tokenizer
from lm_core.training.events import Preview
from lm_core.training.state import Training
from lm_core.training.task import Cut, Loss, Player, Scored, Task, tasks

FEWER = 10  # of the tokens that are scored one in so many is looked at for the first guess
ROW = 64  # tokens in a row of a batch, for families that set no size


@tasks.register(
    "next-token", title="Next token", idea="Guess each token of a text from those before it."
)
class NextToken(Task):
    """Splits are `Encoded`, models are `LanguageModel`s."""

    metrics: ClassVar = {"perplexity": "tokens", "accuracy": "share of the tokens"}
    kinds, split = ("text", "items"), Encoded
    reads = weighed = True

    def prepare(self, corpus: Corpus, cut: Cut) -> tuple[Tokenizer, dict[str, Encoded]]:
        tokenizer = cut(corpus.splits, items=corpus.items, form=corpus.info.form)
        return tokenizer, self.encode(corpus, tokenizer)

    def encode(self, corpus: Corpus, codec: Tokenizer) -> dict[str, Encoded]:
        # A codec of another text may lack characters of this one: skipped, and counted.
        return encode_corpus(corpus, codec, skip_unknown=True)

    def unit_of(self, codec: Tokenizer) -> str:
        """In the words of its tokenizer: nats per character, per word, per token."""
        return f"nats per {codec.unit}"

    def longest(self, train: Encoded) -> int:
        ends = torch.cat([train.starts[1:], torch.tensor([len(train.ids)])])
        return int((ends - train.starts).max())

    def batches(
        self, model: LanguageModel, train: Encoded, *, batch_size: int, seed: int
    ) -> TokenBatches:
        size, most = getattr(model.settings, "block_size", ROW), model.context_size
        size = size if most is None else min(size, most)  # a soft prompt stands in some places
        along = model.carries_state
        return TokenBatches.of(train, batch_size=batch_size, size=size, seed=seed, along=along)

    def loss(self, model: LanguageModel, *inputs: Any) -> Loss:
        return Loss(*model.objective(*inputs))

    def evaluate(
        self, model: LanguageModel, data: Mapping[str, Encoded], split: str, *, limit: int | None
    ) -> Scored:
        if split == "validation":
            self.keep(model, data, limit=limit)
        score = evaluate(model, data[split], max_tokens=limit)
        nats, few = score.nats_per_token, None if limit is None else limit // FEWER
        right = accuracy(model, data[split], max_tokens=few)
        metrics = {"perplexity": perplexity(nats), "accuracy": right}
        return Scored(nats, score.tokens, score.whole, metrics)

    def blind(self, model: LanguageModel, data: Mapping[str, Encoded]) -> float:
        """ln V: every token alike."""
        return math.log(model.vocab_size)

    def baselines(self, model: LanguageModel, data: Mapping[str, Encoded]) -> dict[str, float]:
        """Guessing each token by how often it comes."""
        if "validation" not in data:
            return {}
        asked = data["train"], data["validation"], model.vocab_size
        return {"how often each token comes": frequencies(*asked)}

    def preview(
        self,
        model: LanguageModel,
        codec: Tokenizer,
        data: Mapping[str, Encoded],
        *,
        seed: int = 0,
        seconds: float = math.inf,
    ) -> Preview:
        """What it writes, as `write_sample` does."""
        items = data["train"].items
        return Preview(*write_sample(model, codec, seed=seed, items=items, seconds=seconds))

    def players(self, model: nn.Module) -> Sequence[Player]:
        return () if model.learns_by == "counting" else super().players(model)

    def begin(self, model: LanguageModel, train: Encoded) -> None:
        if model.learns_by == "both":
            model.fit(train.ids, train.starts)

    def keep(self, model: LanguageModel, data: Mapping[str, Encoded], *, limit: int | None) -> None:
        """The shares of several models go with those of its parts."""
        if isinstance(model, Averaged) and "validation" in data:
            fit_weight(model, data["validation"], max_tokens=limit)

    def course(self, training: Training) -> Counting | None:
        return Counting(training) if training.model.learns_by == "counting" else None
