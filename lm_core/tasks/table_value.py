"""Say a number about a row of a table.

    loss = (answer - (value - mean) / spread)^2,   mean and spread those of the training values

So who always says the mean has a loss of about 1, and R squared is about 1 - loss.
"""

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Self

import torch
from torch import Tensor

from lm_core.codec import Bare, Codec
from lm_core.evaluation.regression import regression
from lm_core.models.contract import Model
from lm_core.tables.splits import TableWithValue
from lm_core.tables.straight import fitted, said
from lm_core.training.events import Preview
from lm_core.training.task import Loss, Scored, Task, tasks

SHOWN = 8  # rows
MSE, RMSE, R2 = "MSE", "RMSE", "R squared"


@tasks.register(
    "table-value",
    title="Value of a row",
    idea="Read the numbers of a row and say another number about it.",
    order=121,
)
class TableValue(Task):
    """Splits are `TableWithValue`; (B, D) -> (B, 1)."""

    kinds, split = ("table values",), TableWithValue
    judge, unit = "squared error", "squared error, in variances of the values"
    metrics: ClassVar[Mapping[str, str]] = {
        MSE: "squares of the unit of the values",
        RMSE: "the unit of the values",
        R2: "share of the variance explained",
    }

    def knowing(self, codec: Codec) -> Self:
        """With what the number is called."""
        twin = super().knowing(codec)
        if getattr(codec, "names", None):
            twin.metrics = dict(self.metrics) | {RMSE: codec.names[0]}
        return twin

    def loss(self, model: Model, features: Tensor, values: Tensor, state: Any) -> Loss:
        return Loss((model(features).float().squeeze(-1) - values).square())

    @torch.no_grad()
    def evaluate(
        self, model: Model, data: Mapping[str, TableWithValue], split: str, *, limit: int | None
    ) -> Scored:
        part = data[split]
        answers, real = model(part.features[:limit]).float().squeeze(-1), part.values[:limit]
        loss = (answers - real).square().mean().item()
        told = regression(real.tolist(), answers.tolist())
        rmse = told.rmse * part.spread
        figures = {MSE: rmse**2, RMSE: rmse} | ({} if told.r2 is None else {R2: told.r2})
        return Scored(loss, len(real), len(real) == len(part.values), figures)

    def blind(self, model: Model, data: Mapping[str, TableWithValue]) -> float:
        """Of always saying the mean of the training rows."""
        return float(data.get("validation", data["train"]).values.square().mean())

    def baselines(self, model: Model, data: Mapping[str, TableWithValue]) -> dict[str, float]:
        train, part = data["train"], data["validation"]
        off = said(part.features, fitted(train.features, train.values)) - part.values.cpu()
        return {"least squares": float(off.square().mean())}

    @torch.no_grad()
    def preview(
        self,
        model: Model,
        codec: Bare,
        data: Mapping[str, TableWithValue],
        *,
        seed: int = 0,
        seconds: float = math.inf,
    ) -> Preview:
        """A few rows that it did not learn from, with its answers."""
        part = data.get("validation", data["train"])
        answers = model(part.features[:SHOWN]).float().squeeze(-1)
        pairs = zip(answers.tolist(), part.values[:SHOWN].tolist(), strict=True)

        def value(answer: float) -> float:
            return part.centre + part.spread * answer

        rows = tuple((f"row {n + 1}", value(a), value(b)) for n, (a, b) in enumerate(pairs))
        named = codec.names[0] if codec.names else "value"
        return Preview(kind="table", columns=("row", f"answer, {named}", "right"), rows=rows)
