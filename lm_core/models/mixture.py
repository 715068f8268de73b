"""Mixture: two models guess, and their probabilities are averaged with one fixed weight.

    p(w | h) = a p1(w | h) + (1 - a) p2(w | h)

A model that counts knows rare runs by heart; one that learns generalises. Where they err in
different places the average is surprised less than either, because nothing that one of them holds
likely can be ruled out by the other. The weight a is the one that suits held-out text best; there
is exactly one, since the surprise is convex in a.

Paper: Jelinek and Mercer 1980, "Interpolated estimation of Markov source parameters from sparse
data"; with a network Mikolov et al. 2011, "Empirical Evaluation and Combination of Advanced
Language Modeling Techniques".
Left out on purpose: a weight for each context, more than two models.
Strong and weak: It is surprised less than either of two models that err in different places, and
needs no training of its own. It costs both, and gains little where both know the same.

Shapes: B batch, T time, V vocabulary, N scored tokens.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from lm_core.errors import BadSettings
from lm_core.models.contract import LanguageModel, models
from lm_core.models.costs import Costs, together
from lm_core.settings import Settings, setting

HALVINGS = 40  # of the interval in which the weight is looked for


@dataclass(frozen=True)
class MixtureSettings(Settings):
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
        """Family and settings of both."""
        return [part(self.first), part(self.second)]

    @property
    def block_size(self) -> int:
        """Tokens of a row while training: what the parts ask for."""
        return max((getattr(s, "block_size", 0) for _, s in self.parts), default=0) or 64


def _fresh(name: str, settings: Settings, vocab_size: int) -> LanguageModel:
    """A part that has learned nothing. Counts live on the CPU, even where torch's `meta` device is
    asked for to see the shapes alone."""
    entry = models[name]
    if entry.build.learns_by == "gradient":
        return entry.build(settings, vocab_size)
    with torch.device("cpu"):
        return entry.build(settings, vocab_size)


def part(text: str) -> tuple[str, Settings]:
    """`ngram order=7` -> ("ngram", its settings).

    Raises:
        BadSettings, UnknownName: with the nearest known name.
    """
    name, *given = text.split() or [""]
    entry = models[name]
    if name == "mixture" or not entry.build.causal:
        raise BadSettings(f"A mixture needs models that write from left to right, not {name!r}.")
    pairs = dict(piece.partition("=")[::2] for piece in given)
    return name, entry.settings().with_texts(pairs)


def written(name: str, settings: Settings) -> str:
    """The inverse of `part`."""
    return " ".join([name, *(f"{k}={v}" for k, v in settings.difference().items())])


@models.register(
    "mixture",
    title="Mixture",
    idea="Two models guess, and their probabilities are averaged with one fixed weight.",
    paper="Jelinek and Mercer 1980, Interpolated estimation of Markov source parameters",
    settings=MixtureSettings,
    order=90,
)
class Mixture(LanguageModel):
    """Both parts and the weight of the first. The state is the pair of their states.

    Each part is trained for itself: on the text that was counted, counting is hard to beat, so
    training the sum would teach the other part to be quiet.
    """

    learns_by = "both"

    def __init__(
        self,
        settings: MixtureSettings,
        vocab_size: int,
        parts: tuple[LanguageModel, LanguageModel] | None = None,
    ) -> None:
        super().__init__(settings, vocab_size)
        fresh = (_fresh(name, s, vocab_size) for name, s in settings.parts)
        self.parts = nn.ModuleList(parts or fresh)
        self.register_buffer("weight", torch.tensor(0.5, dtype=torch.float64))
        if not any(True for _ in self.parameters()):
            self.learns_by = "counting"

    @classmethod
    def of(cls, first: LanguageModel, second: LanguageModel) -> "Mixture":
        """Two trained models over the same tokenizer; `tune` it next.

        Raises:
            BadSettings: vocabularies differ, or one is itself a mixture or reads both sides.
        """
        if first.vocab_size != second.vocab_size:
            raise BadSettings(
                f"These models have {first.vocab_size} and {second.vocab_size} tokens: mix two "
                "that were trained with the same tokenizer."
            )
        names = [next(e.name for e in models if e.build is type(m)) for m in (first, second)]
        texts = map(written, names, (first.settings, second.settings))
        return cls(MixtureSettings(*texts), first.vocab_size, (first, second))

    @property
    def context_size(self) -> int | None:
        sizes = [p.context_size for p in self.parts if p.context_size is not None]
        return min(sizes, default=None)

    @property
    def reach(self) -> int | None:
        each = [p.reach for p in self.parts]
        return None if None in each else max(each)

    def costs(self, rows: int = 1) -> Costs | None:
        """Those of the parts that have formulas; the one weight is left out."""
        titles = {entry.build: entry.title for entry in models}
        each = [(titles[type(part)], part.costs(rows)) for part in self.parts]
        found = [(title, costs) for title, costs in each if costs is not None]
        return together(*found) if found else None

    @property
    def n_parameters(self) -> int:
        """Those of both parts, and the weight."""
        return sum(p.n_parameters for p in self.parts) + 1

    def fit(self, ids: Tensor, starts: Tensor) -> None:
        """Count with the parts that count."""
        for p in self.parts:
            if p.learns_by == "counting":
                p.fit(ids, starts)

    def forward(self, idx: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        said = self._ask(lambda p, s: p(idx, s), state)
        logs = [logits.float().log_softmax(dim=-1) for logits, _ in said]  # (B, T, V)
        return self._mixed(*logs), tuple(s for _, s in said)

    def nats(self, idx: Tensor, targets: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        said = self._ask(lambda p, s: p.nats(idx, targets, s), state)
        return -self._mixed(*(-nats for nats, _ in said)), tuple(s for _, s in said)

    def objective(
        self, idx: Tensor, targets: Tensor, state: Any = None
    ) -> tuple[Tensor, Tensor | float, Any]:
        """The mean over the parts that descend, each for itself."""
        said = [p.objective(idx, targets) for p in self.parts if p.learns_by != "counting"]
        nats = torch.stack([nats for nats, _, _ in said]).mean(dim=0)
        return nats, sum(penalty for _, penalty, _ in said), None

    def tune(self, first: Tensor, second: Tensor) -> float:
        """Set and return the weight that suits best the tokens (N,) on which the parts were
        surprised by `first` and `second` nats: where the slope of the mean surprise is zero."""
        p1, p2 = (-first.double()).exp(), (-second.double()).exp()
        low, high = 0.0, 1.0
        for _ in range(HALVINGS):
            a = (low + high) / 2
            rises = ((p1 - p2) / (a * p1 + (1 - a) * p2)).sum() > 0  # the log-likelihood in a
            low, high = (a, high) if rises else (low, a)
        self.weight.fill_((low + high) / 2)
        return float(self.weight)

    def _ask(self, ask: Any, state: Any) -> list[tuple[Tensor, Any]]:
        states = (None, None) if state is None else state
        return [ask(p, s) for p, s in zip(self.parts, states, strict=True)]

    def _mixed(self, first: Tensor, second: Tensor) -> Tensor:
        """ln of the averaged probabilities, from their logarithms."""
        a = self.weight
        return torch.logaddexp(first + a.log().float(), second + (1 - a).log().float())
