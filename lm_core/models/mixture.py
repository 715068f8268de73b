"""Mixture: two models guess, and their probabilities are averaged with one fixed weight.

    p(w | h) = a p1(w | h) + (1 - a) p2(w | h)

A model that counts knows rare runs by heart; one that learns generalises. Where they err in
different places the average is surprised less than either, because nothing that one of them holds
likely can be ruled out by the other. The weight a is the one that suits held-out text best; there
is exactly one, since the surprise is convex in a.

Paper: Jelinek and Mercer 1980, "Interpolated estimation of Markov source parameters from sparse
data"; with a network Mikolov et al. 2011, "Empirical Evaluation and Combination of Advanced
Language Modeling Techniques".
Left out on purpose: a weight for each context.
Strong and weak: It is surprised less than either of two models that err in different places, and
needs no training of its own. It costs both, and gains little where both know the same.

Shapes: B batch, T time, V vocabulary, N scored tokens.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor

from lm_core.models.averaged import Averaged, PartsSettings, part, written
from lm_core.models.contract import LanguageModel, models
from lm_core.settings import Settings, setting

HALVINGS = 40  # of the interval in which the weight is looked for


@dataclass(frozen=True)
class MixtureSettings(PartsSettings):
    """The two families, each with what differs from its defaults: `ngram order=7`."""

    first: str = setting(
        "ngram", title="First", help="A family and its settings, as in: ngram order=7."
    )
    second: str = setting(
        "transformer", title="Second", help="Another, as in: transformer n_layer=2 dropout=0.1."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        for field in ("first", "second"):
            object.__setattr__(self, field, written(*part(getattr(self, field))))

    @property
    def parts(self) -> list[tuple[str, Settings]]:
        return [part(self.first), part(self.second)]

    @classmethod
    def of(cls, parts: Sequence[tuple[str, Settings]]) -> Self:
        first, second = parts
        return cls(written(*first), written(*second))


@models.register(
    "mixture",
    title="Mixture",
    idea="Two models guess, and their probabilities are averaged with one fixed weight.",
    paper="Jelinek and Mercer 1980, Interpolated estimation of Markov source parameters",
    settings=MixtureSettings,
    order=90,
)
class Mixture(Averaged):
    """Both parts and the weight of the first."""

    settings_class = MixtureSettings

    def __init__(
        self,
        settings: MixtureSettings,
        vocab_size: int,
        parts: Sequence[LanguageModel] | None = None,
    ) -> None:
        super().__init__(settings, vocab_size, parts)
        self.register_buffer("weight", torch.tensor(0.5, dtype=torch.float64))

    @property
    def shares(self) -> Tensor:
        return torch.stack([self.weight, 1 - self.weight])

    def tune(self, *nats: Tensor) -> float:
        """Set and return the weight where the slope of the mean surprise is zero."""
        p1, p2 = ((-part).double().exp() for part in nats)
        low, high = 0.0, 1.0
        for _ in range(HALVINGS):
            a = (low + high) / 2
            rises = ((p1 - p2) / (a * p1 + (1 - a) * p2)).sum() > 0  # the log-likelihood in a
            low, high = (a, high) if rises else (low, a)
        self.weight.fill_((low + high) / 2)
        return float(self.weight)
