"""Say which class a row of a table belongs to.

loss = -ln p(class | row), in nats
"""

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from lm_core.codec import Bare
from lm_core.evaluation.classification import confusion, report
from lm_core.figures import percent
from lm_core.models.contract import Model
from lm_core.tables.splits import TableWithClass
from lm_core.training.events import Preview
from lm_core.training.task import Loss, Scored, Task, tasks

SHOWN = 8  # rows


@tasks.register(
    "table-class",
    title="Class of a row",
    idea="Read the numbers of a row and say which of a few classes it belongs to.",
    order=120,
)
class TableClass(Task):
    """Splits are `TableWithClass`; (B, D) -> (B, K) logits."""

    unit, kinds, split = "nats per row", ("table classes",), TableWithClass
    metrics: ClassVar = {"accuracy": "share of the rows", "F1": "mean over the classes"}

    def loss(self, model: Model, features: Tensor, labels: Tensor, state: Any) -> Loss:
        each = F.cross_entropy(model(features).float(), labels, reduction="none")
        return Loss(each, penalty=model.price() if hasattr(model, "price") else 0.0)

    @torch.no_grad()
    def evaluate(
        self, model: Model, data: Mapping[str, TableWithClass], split: str, *, limit: int | None
    ) -> Scored:
        part = data[split]
        logits, real = model(part.features[:limit]).float(), part.labels[:limit]
        told = report(real.tolist(), logits.argmax(-1).tolist())
        figures = {"accuracy": told.accuracy, "F1": told.macro.f1}
        nats = F.cross_entropy(logits, real).item()
        return Scored(nats, len(real), len(real) == len(part.labels), figures)

    def blind(self, model: Model, data: Mapping[str, TableWithClass]) -> float:
        """ln of the number of classes: each alike."""
        return math.log(model.head.out_features)

    def baselines(self, model: Model, data: Mapping[str, TableWithClass]) -> dict[str, float]:
        """Each class as often as in training, whatever the row."""
        n_classes = model.head.out_features
        seen = data["train"].labels.cpu().bincount(minlength=n_classes).double() + 1
        real = data["validation"].labels.cpu()
        return {"class frequencies": -(seen / seen.sum()).log()[real].mean().item()}

    @torch.no_grad()
    def preview(
        self,
        model: Model,
        codec: Bare,
        data: Mapping[str, TableWithClass],
        *,
        seed: int = 0,
        seconds: float = math.inf,
    ) -> Preview:
        """A few rows that it did not learn from with its answers, and which class was taken for
        which."""
        part = data.get("validation", data["train"])
        p, said = model(part.features).softmax(-1).max(-1)
        said, real = ([codec.names[k] for k in one.tolist()] for one in (said, part.labels))
        rows = tuple(
            (f"{'✓' if a == b else '✗'} row {n + 1}", a, percent(q), b)
            for n, (a, q, b) in enumerate(
                zip(said[:SHOWN], p.tolist()[:SHOWN], real[:SHOWN], strict=True)
            )
        )
        return Preview(
            kind="table",
            columns=("row", "answer", "how sure", "right"),
            rows=rows,
            names=tuple(codec.names),
            grid=tuple(map(tuple, confusion(real, said, codec.names))),
        )
