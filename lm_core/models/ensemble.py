"""Ensemble: several models guess, and their probabilities are averaged with a share for each.

    p(w | h) = sum over k of a_k p_k(w | h),   a_k >= 0, their sum is 1
    a_k <- mean over the text of  a_k p_k(w | h) / p(w | h)     (EM: the surprise falls each time)

Models of one family that began with other random weights err each in places of its own, and their
average errs less than any: the simplest way to spend more computing on the same text.

Papers: Hansen and Salamon 1990, "Neural Network Ensembles"; the shares by EM as in Jelinek and
Mercer 1980, "Interpolated estimation of Markov source parameters from sparse data".
Left out on purpose: parts that learn from each other's errors (boosting), averages of weights.
Strong and weak: It is the surest way below a good model's loss, since no part has to be changed. It
costs as much as all its parts together, in training and in writing.

Shapes: B batch, T time, V vocabulary, K parts, N scored tokens.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor

from lm_core.errors import BadSettings
from lm_core.models.averaged import Averaged, PartsSettings, part, written
from lm_core.models.contract import LanguageModel, models
from lm_core.settings import Settings, setting

BETWEEN, MOST = "; ", 12
ROUNDS, STILL = 1_000, 1e-9  # of EM at most; a change of the shares that is none


@dataclass(frozen=True)
class EnsembleSettings(PartsSettings):
    """The families, each with what differs from its defaults."""

    members: str = setting(
        "ngram; transformer; transformer",
        title="Parts",
        help="Families and their settings with semicolons between, as in: ngram order=7; lstm; "
        "lstm n_hidden=512. One that comes twice begins with other random weights.",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        texts = [text for text in self.members.split(BETWEEN.strip()) if text.strip()]
        if not 2 <= len(texts) <= MOST:
            raise BadSettings(
                f"An ensemble has 2 to {MOST} parts, not {len(texts)}: semicolons part them.",
                "members",
            )
        object.__setattr__(self, "members", BETWEEN.join(written(*part(text)) for text in texts))

    @property
    def parts(self) -> list[tuple[str, Settings]]:
        return [part(text) for text in self.members.split(BETWEEN)]

    @classmethod
    def of(cls, parts: Sequence[tuple[str, Settings]]) -> Self:
        return cls(BETWEEN.join(written(name, settings) for name, settings in parts))


@models.register(
    "ensemble",
    title="Ensemble",
    idea="Several models guess, and their probabilities are averaged with a share for each.",
    paper="Hansen and Salamon 1990, Neural Network Ensembles",
    settings=EnsembleSettings,
    order=95,
)
class Ensemble(Averaged):
    """The parts and the share of each."""

    settings_class = EnsembleSettings

    def __init__(
        self,
        settings: EnsembleSettings,
        vocab_size: int,
        parts: Sequence[LanguageModel] | None = None,
    ) -> None:
        super().__init__(settings, vocab_size, parts)
        alike = torch.full((len(self.parts),), 1 / len(self.parts), dtype=torch.float64)
        self.register_buffer("a", alike)

    @property
    def shares(self) -> Tensor:
        return self.a

    def tune(self, *nats: Tensor) -> float:
        """By EM from equal shares, until they stand still."""
        surprise = torch.stack(nats).double()  # (K, N)
        p = (surprise.amin(dim=0) - surprise).exp()  # over the best guess, so that none vanishes
        a = torch.full((len(nats), 1), 1 / len(nats), dtype=torch.float64, device=p.device)
        for _ in range(ROUNDS):
            weighted = a * p  # (K, N)
            new = (weighted / weighted.sum(dim=0)).mean(dim=1, keepdim=True)  # (K, 1)
            still = float((new - a).abs().max()) < STILL
            a = new
            if still:
                break
        self.a.copy_(a.squeeze(1))
        return float(self.a[0])
