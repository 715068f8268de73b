"""Full batch, mini-batch and single example side by side: three networks that begin with the same
weights and learn from the same examples."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from lm_core.errors import LabError
from lm_core.foundations.numpy_mlp import MLP, REGIMES, MLPSettings
from lm_core.foundations.preprocessing import Prepared


@dataclass(frozen=True)
class Point:
    """After an epoch. Losses are nats per example."""

    epoch: int
    steps: int
    train: float
    validation: float
    accuracy: float  # share of the validation part that is right


@dataclass
class Learner:
    """One regime, and how far it is."""

    regime: str
    model: MLP
    data: Prepared
    points: list[Point] = field(default_factory=list)
    trouble: str = ""  # why it ended early
    _going: Iterator[int] | None = None

    def __post_init__(self) -> None:
        self._look(0)

    def epoch(self) -> None:
        """Every training example once more."""
        if self.trouble:
            return
        if self._going is None:
            self._going = self.model.train(self.data.x["train"], self.data.y["train"])
        try:
            steps = next(self._going)
        except LabError as error:
            self.trouble = str(error)
            return
        self._look(steps)

    def _look(self, steps: int) -> None:
        x, y, model = self.data.x, self.data.y, self.model
        self.points.append(
            Point(
                len(self.points),
                steps,
                model.loss(x["train"], y["train"]),
                model.loss(x["validation"], y["validation"]),
                model.accuracy(x["validation"], y["validation"]),
            )
        )


def learners(settings: MLPSettings, data: Prepared, classes: int) -> list[Learner]:
    """One for each regime, full batch first."""
    features = data.x["train"].shape[1]
    return [
        Learner(regime, MLP(replace(settings, regime=regime), features, classes), data)
        for regime in REGIMES
    ]


def regions(
    model: MLP, low: np.ndarray, high: np.ndarray, points: int = 60
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of a model of two features: values of each, (points,), and the likeliest class (points of
    the second, of the first) between `low` and `high`, both in the units it learned in."""
    a, b = (np.linspace(low[i], high[i], points) for i in range(2))
    places = np.stack(np.meshgrid(a, b), -1).reshape(-1, 2)
    return a, b, model.predict(places).reshape(points, points)
