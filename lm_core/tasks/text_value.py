"""Say a number about a text: the year in which it was written.

    loss = (answer - (value - mean) / spread)^2,   mean and spread those of the training values

So a model that has learned nothing, and answers 0, says the mean, and its loss is about 1.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from lm_core.codecs import LabelCodec
from lm_core.corpora.corpus import Labelled
from lm_core.errors import BadText
from lm_core.evaluation.regression import regression
from lm_core.models.contract import Model
from lm_core.models.sequence_heads import SequenceRegressor
from lm_core.registry import Entry
from lm_core.settings import Settings
from lm_core.tasks.labelled import SHOWN, LabelledSplit, LabelledTask, ReadingSettings
from lm_core.tasks.padded import mixed
from lm_core.training.events import Preview
from lm_core.training.task import Cut, Loss, Scored, tasks


@tasks.register(
    "text-value",
    title="Value of a text",
    idea="Read a whole text and say a number about it.",
    settings=ReadingSettings,
    order=11,
)
class TextValue(LabelledTask):
    """Splits are `LabelledSplit`; a model is a network with a `SequenceRegressor` on it."""

    kinds = ("values",)
    judge, unit = "squared error", "squared error, in variances of the values"
    metrics: ClassVar = {
        "mean error": "standard deviations of the values",
        "R2": "share of the variance explained",
    }

    def prepare(self, corpus: Labelled, cut: Cut) -> tuple[LabelCodec, dict[str, LabelledSplit]]:
        tokenizer = self.cut(corpus, cut)
        values = [value for _, value in mixed(corpus.splits["train"])]
        known = torch.tensor(values, dtype=torch.float64)
        if len(known) < 2 or not float(known.std()) > 0:
            raise BadText("All of these texts have the same value: give some that differ.")
        centre, spread = float(known.mean()), float(known.std())
        codec = LabelCodec(tokenizer, centre=centre, spread=spread, unit_name=corpus.unit)
        return codec, self.encode(corpus, codec)

    def answers(self, codec: LabelCodec, given: Sequence[float]) -> Tensor:
        values = torch.tensor(given, dtype=torch.float64)
        return ((values - codec.centre) / codec.spread).float()

    def build(self, entry: Entry, settings: Settings, sizes: Mapping[str, int]) -> Model:
        network = entry.build(settings, **sizes)
        model = SequenceRegressor(network, pool=self.settings.pool)
        network.head = nn.Identity()  # no token is guessed
        return model

    def loss(self, model: Model, idx: Tensor, padding: Tensor, answers: Tensor, state: Any) -> Loss:
        return Loss((model(idx, padding).float() - answers).square())

    def evaluate(
        self, model: Model, data: Mapping[str, LabelledSplit], split: str, *, limit: int | None
    ) -> Scored:
        part = data[split]
        count, tokens = self.few(model, part, limit)
        said, real = torch.cat([*self.answered(model, part, count)]).float(), part.answers[:count]
        told = regression(real.tolist(), said.tolist())
        metrics = {"mean error": told.mean_absolute_error}
        metrics |= {} if told.r2 is None else {"R2": told.r2}
        loss = (said - real).square().mean().item()
        return Scored(loss, tokens, count == len(part.answers), metrics)

    def blind(self, model: Model, data: Mapping[str, LabelledSplit]) -> float:
        """Of always saying the mean of the training texts."""
        return float(data.get("validation", data["train"]).answers.square().mean())

    def preview(
        self,
        model: Model,
        codec: LabelCodec,
        data: Mapping[str, LabelledSplit],
        *,
        seed: int = 0,
        seconds: float = math.inf,
    ) -> Preview:
        """A few texts that it did not learn from, with its answers."""
        part = data.get("validation", data["train"])
        count = min(SHOWN, len(part.answers))
        said = torch.cat([*self.answered(model, part, count)]).tolist()
        real = part.answers[:count].tolist()

        def value(answer: float) -> float:
            return round(codec.centre + codec.spread * answer, 2)

        rows = tuple(
            (self.example(codec, part, k), value(said[k]), value(real[k])) for k in range(count)
        )
        named = codec.unit_name or "value"
        return Preview(
            kind="table", columns=("text", f"answer, {named}", f"right, {named}"), rows=rows
        )
