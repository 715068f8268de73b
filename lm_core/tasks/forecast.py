"""Say how a series goes on: the values that follow a window of it.

    loss = mean over the steps ahead of (forecast - value)^2, in variances of the training part

Source: Hyndman and Athanasopoulos 2021, "Forecasting: principles and practice"; windows of 96
values, a day of quarters of an hour, as in the course.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import torch
from torch import Tensor

from lm_core.codec import Bare, Codec
from lm_core.models.contract import Model
from lm_core.series.baselines import baselines
from lm_core.series.splits import Windows, season, windows
from lm_core.settings import Settings, setting
from lm_core.training.batches import Examples
from lm_core.training.events import Preview
from lm_core.training.task import Cut, Loss, Scored, Task, tasks

AT_ONCE = 512  # windows through the model together
SHOWN = 48  # values before the forecast that are shown with it
ERROR, LAST = "mean error", "mean error, last step"


@dataclass(frozen=True)
class ForecastSettings(Settings):
    """How long a window is."""

    n_seen: int = setting(
        96, title="Values seen", low=2, high=2048, help="The window that a forecast is made from."
    )
    n_ahead: int = setting(
        24, title="Values ahead", low=1, high=512, help="How many are forecast, all at once."
    )


@tasks.register(
    "forecast",
    title="Forecast",
    idea="Look at a window of a series and say the values that follow.",
    settings=ForecastSettings,
    order=110,
)
class Forecast(Task):
    """Splits are `Windows`; (B, n_seen) -> (B, n_ahead). A window is one target."""

    kinds, split = ("series",), Windows
    judge, unit = "squared error", "squared error, in variances of the training part"
    metrics: ClassVar[Mapping[str, str]] = {
        ERROR: "units of the series",
        LAST: "units of the series",
    }

    def knowing(self, codec: Codec) -> Self:
        """With the unit of the series in which the errors are."""
        twin = super().knowing(codec)
        if getattr(codec, "names", None):
            twin.metrics = dict.fromkeys(self.metrics, codec.names[0])
        return twin

    def prepare(self, corpus: Any, cut: Cut) -> tuple[Bare, dict[str, Windows]]:
        s, steps = self.settings, season(corpus.splits["train"].minutes)
        steps = steps if 1 <= steps <= s.n_seen else 1  # otherwise none is seen
        codec = Bare(corpus.codec.names, n_seen=s.n_seen, n_ahead=s.n_ahead, season=steps)
        return codec, self.encode(corpus, codec)

    def encode(self, corpus: Any, codec: Bare) -> dict[str, Windows]:
        return windows(corpus.splits, codec.sizes["n_seen"], codec.sizes["n_ahead"])

    def batches(self, model: Model, train: Windows, *, batch_size: int, seed: int) -> Examples:
        return Examples((train.seen, train.following), batch_size, seed)

    def loss(self, model: Model, seen: Tensor, following: Tensor, state: Any) -> Loss:
        return Loss((model(seen).float() - following).square().mean(1))

    def evaluate(
        self, model: Model, data: Mapping[str, Windows], split: str, *, limit: int | None
    ) -> Scored:
        """Of a part, windows evenly spread over it."""
        part = data[split]
        which = spread(len(part), limit)
        off = forecasts(model, part.seen[which]) - part.following[which]  # (n, n_ahead)
        far = off.abs().mean(0) * part.std
        figures = {ERROR: far.mean().item(), LAST: far[-1].item()}
        return Scored(off.square().mean().item(), len(which), len(which) == len(part), figures)

    def blind(self, model: Model, data: Mapping[str, Windows]) -> float:
        """Of always saying the mean of the training part."""
        return float(data.get("validation", data["train"]).following.square().mean())

    def baselines(self, model: Model, data: Mapping[str, Windows]) -> dict[str, float]:
        train, part = data["train"], data["validation"]
        made = baselines(train.seen, train.following, part.seen, season(part.minutes))
        real = part.following
        return {name: float((said - real).square().mean()) for name, said in made.items()}

    def preview(
        self,
        model: Model,
        codec: Bare,
        data: Mapping[str, Windows],
        *,
        seed: int = 0,
        seconds: float = math.inf,
    ) -> Preview:
        """The window in the middle of a part it did not learn from, its forecast, the truth."""
        part = data.get("validation", data["train"])
        at = torch.tensor([len(part) // 2])
        seen, said, real = (
            (one[0] * part.std + part.mean).tolist()
            for one in (part.seen[at], forecasts(model, part.seen[at]), part.following[at])
        )
        seen = seen[-SHOWN:]
        return Preview(
            kind="lines",
            columns=("steps from now", part.unit),
            rows=(
                ("seen", 1 - len(seen), *seen),
                ("what came", 1, *real),
                ("forecast", 1, *said),
            ),
        )


@torch.no_grad()
def forecasts(model: Model, seen: Tensor) -> Tensor:
    """(N, n_seen) -> (N, n_ahead), in the mode the model is in."""
    return torch.cat([model(piece).float() for piece in seen.split(AT_ONCE)])


def spread(n: int, limit: int | None) -> Tensor:
    """Numbers of at most `limit` of n windows, evenly spread."""
    if limit is None or limit >= n:
        return torch.arange(n)
    return torch.linspace(0, n - 1, max(1, limit)).long()
