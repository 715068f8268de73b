"""Say which class a text belongs to.

    loss = -ln p(class | text),   p = softmax(W pooled(network(text)) + b), in nats

Source: Devlin et al. 2018, "BERT", for reading a text with a network that a linear layer reads.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lm_core.codecs import LabelCodec
from lm_core.corpora.corpus import Labelled
from lm_core.errors import BadText
from lm_core.evaluation.classification import confusion, report
from lm_core.models.contract import Model
from lm_core.models.sequence_heads import SequenceClassifier
from lm_core.registry import Entry
from lm_core.settings import Settings
from lm_core.tasks.labelled import SHOWN, LabelledSplit, LabelledTask, ReadingSettings
from lm_core.training.events import Preview
from lm_core.training.task import Cut, Loss, Scored, tasks

GRID_TOKENS = 5_000  # of the texts whose classes a preview counts
TOLD = 40  # characters of the name of a class in a sentence


@tasks.register(
    "text-class",
    title="Class of a text",
    idea="Read a whole text and say which of a few classes it belongs to.",
    settings=ReadingSettings,
    order=10,
)
class TextClass(LabelledTask):
    """Splits are `LabelledSplit`; a model is a network with a `SequenceClassifier` on it."""

    kinds = ("classes",)
    metrics: ClassVar = {"accuracy": "share of the texts", "F1": "mean over the classes"}

    def prepare(self, corpus: Labelled, cut: Cut) -> tuple[LabelCodec, dict[str, LabelledSplit]]:
        codec = LabelCodec(self.cut(corpus, cut), corpus.classes)
        return codec, self.encode(corpus, codec)

    def answers(self, codec: LabelCodec, given: Sequence[str]) -> Tensor:
        number = {name: k for k, name in enumerate(codec.classes)}
        strange = next((label for label in given if label not in number), None)
        if strange is not None:
            known = ", ".join(f"“{name[:TOLD]}”" for name in codec.classes[:SHOWN])
            raise BadText(
                f"“{strange[:TOLD]}” is none of the classes that the model learned ({known}"
                f"{' ...' * (len(codec.classes) > SHOWN)}): give texts of these."
            )
        return torch.tensor([number[label] for label in given], dtype=torch.int64)

    def build(self, entry: Entry, settings: Settings, sizes: Mapping[str, int]) -> Model:
        network = entry.build(settings, sizes["vocab_size"])
        model = SequenceClassifier(network, sizes["n_classes"], pool=self.settings.pool)
        network.head = nn.Identity()  # no token is guessed
        return model

    def loss(self, model: Model, idx: Tensor, padding: Tensor, answers: Tensor, state: Any) -> Loss:
        return Loss(F.cross_entropy(model(idx, padding).float(), answers, reduction="none"))

    def evaluate(
        self, model: Model, data: Mapping[str, LabelledSplit], split: str, *, limit: int | None
    ) -> Scored:
        part = data[split]
        count, tokens = self.few(model, part, limit)
        logits, real = self._logits(model, part, count)
        told = report(real.tolist(), logits.argmax(-1).tolist())
        metrics = {"accuracy": told.accuracy, "F1": told.macro.f1}
        nats = F.cross_entropy(logits, real).item()
        return Scored(nats, tokens, count == len(part.answers), metrics)

    def _logits(self, model: Model, part: LabelledSplit, count: int) -> tuple[Tensor, Tensor]:
        """(R, classes) of the first texts, and their classes (R,)."""
        return torch.cat([*self.answered(model, part, count)]).float(), part.answers[:count]

    def blind(self, model: Model, data: Mapping[str, LabelledSplit]) -> float:
        """ln of the number of classes: each alike."""
        return math.log(model.answer.out_features)

    def preview(
        self,
        model: Model,
        codec: LabelCodec,
        data: Mapping[str, LabelledSplit],
        *,
        seed: int = 0,
        seconds: float = math.inf,
    ) -> Preview:
        """A few texts that it did not learn from, with its answers; and over more of them how often
        each class was taken for each."""
        part = data.get("validation", data["train"])
        count, _ = self.few(model, part, GRID_TOKENS)
        logits, real = self._logits(model, part, count)
        p, said = logits.softmax(-1).max(-1)
        rows = tuple(
            (
                self.example(codec, part, k),
                codec.classes[int(said[k])],
                round(float(p[k]), 3),
                codec.classes[int(real[k])],
            )
            for k in range(min(SHOWN, len(real)))
        )
        named = [[codec.classes[k] for k in each.tolist()] for each in (real, said)]
        return Preview(
            kind="table",
            columns=("text", "answer", "probability", "right"),
            rows=rows,
            names=tuple(codec.classes),
            grid=tuple(map(tuple, confusion(*named, codec.classes))),
        )
