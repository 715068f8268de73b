"""What models have in common that are made of models: their probabilities are averaged.

    p(w | h) = sum over k of a_k p_k(w | h),   a_k >= 0, their sum is 1

Each part is trained for itself: on the text that was counted, counting is hard to beat, so training
the sum would teach the other parts to be quiet. The shares a_k are those that suit held-out text
best; there is one best choice, since the surprise is convex in them.

`mixture.py` has two parts, `ensemble.py` any number.

Shapes: B batch, T time, V vocabulary, K parts, N scored tokens.
"""

from collections.abc import Sequence
from functools import reduce
from typing import Any, ClassVar, Self

import torch
from torch import Tensor, nn

from lm_core.errors import BadSettings
from lm_core.models.contract import IGNORED, LanguageModel, models
from lm_core.models.costs import Costs, together
from lm_core.settings import Settings


class PartsSettings(Settings):
    """Settings that name models, each with what differs from its defaults: `ngram order=7`."""

    @property
    def parts(self) -> list[tuple[str, Settings]]:
        """Family and settings of each."""
        raise NotImplementedError

    @classmethod
    def of(cls, parts: Sequence[tuple[str, Settings]]) -> Self:
        """Settings that name these `parts`."""
        raise NotImplementedError

    @property
    def block_size(self) -> int:
        """Tokens of a row while training: what the parts ask for."""
        return max((getattr(s, "block_size", 0) for _, s in self.parts), default=0) or 64


class Averaged(LanguageModel):
    """Base class of both. The state is the tuple of the states of the parts.

    Args:
        parts: trained models, in the order of the settings; None makes fresh ones.
    """

    learns_by = "both"
    settings: PartsSettings
    settings_class: ClassVar[type[PartsSettings]]

    def __init__(
        self,
        settings: PartsSettings,
        vocab_size: int,
        parts: Sequence[LanguageModel] | None = None,
    ) -> None:
        super().__init__(settings, vocab_size)
        fresh = (_fresh(name, s, vocab_size) for name, s in settings.parts)
        self.parts = nn.ModuleList(parts or fresh)
        if not any(True for _ in self.parameters()):
            self.learns_by = "counting"

    @classmethod
    def of(cls, *trained: LanguageModel) -> Self:
        """Trained models over the same tokenizer; `tune` it next.

        Raises:
            BadSettings: vocabularies differ, or one is itself made of models or reads both sides.
        """
        if len({model.vocab_size for model in trained}) > 1:
            *few, last = (str(model.vocab_size) for model in trained)
            raise BadSettings(
                f"These models have {', '.join(few)} and {last} tokens: mix those that were "
                "trained with the same tokenizer."
            )
        names = [next(e.name for e in models if e.build is type(model)) for model in trained]
        settings = zip(names, (model.settings for model in trained), strict=True)
        return cls(cls.settings_class.of(list(settings)), trained[0].vocab_size, trained)

    @property
    def shares(self) -> Tensor:
        """a, (K,) float64."""
        raise NotImplementedError

    def tune(self, *nats: Tensor) -> float:
        """Set the shares that suit best the tokens (N,) on which the parts were surprised by
        `nats`; returns that of the first part."""
        raise NotImplementedError

    @property
    def context_size(self) -> int | None:
        sizes = [p.context_size for p in self.parts if p.context_size is not None]
        return min(sizes, default=None)

    @property
    def reach(self) -> int | None:
        each = [p.reach for p in self.parts]
        return None if None in each else max(each)

    def costs(self, rows: int = 1) -> Costs | None:
        """Those of the parts that have formulas; the shares are left out."""
        titles = {entry.build: entry.title for entry in models}
        each = [(titles[type(part)], part.costs(rows)) for part in self.parts]
        found = [(title, costs) for title, costs in each if costs is not None]
        return together(*found) if found else None

    @property
    def n_parameters(self) -> int:
        """Those of the parts, and the shares: all but one, since they sum to 1."""
        return sum(p.n_parameters for p in self.parts) + len(self.parts) - 1

    def fit(self, ids: Tensor, starts: Tensor) -> None:
        """Count with the parts that count."""
        for p in self.parts:
            if p.learns_by == "counting":
                p.fit(ids, starts)

    def forward(self, idx: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        said = self._ask(lambda p, s: p(idx, s), state)
        logs = [logits.float().log_softmax(dim=-1) for logits, _ in said]  # (B, T, V)
        return self._mixed(logs), tuple(s for _, s in said)

    def nats(self, idx: Tensor, targets: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        said = self._ask(lambda p, s: p.nats(idx, targets, s), state)
        mixed = -self._mixed([-nats for nats, _ in said])
        # Shares sum to 1 up to rounding, and what is not asked for is no surprise at all.
        return mixed.masked_fill(targets == IGNORED, 0.0), tuple(s for _, s in said)

    def objective(
        self, idx: Tensor, targets: Tensor, state: Any = None
    ) -> tuple[Tensor, Tensor | float, Any]:
        """The mean over the parts that descend, each for itself."""
        said = [p.objective(idx, targets) for p in self.parts if p.learns_by != "counting"]
        nats = torch.stack([nats for nats, _, _ in said]).mean(dim=0)
        return nats, sum(penalty for _, penalty, _ in said), None

    def _ask(self, ask: Any, state: Any) -> list[tuple[Tensor, Any]]:
        states = [None] * len(self.parts) if state is None else state
        return [ask(p, s) for p, s in zip(self.parts, states, strict=True)]

    def _mixed(self, logs: list[Tensor]) -> Tensor:
        """ln of the averaged probabilities, from their logarithms."""
        shares = self.shares.log().float()
        return reduce(torch.logaddexp, (p + a for p, a in zip(logs, shares, strict=True)))


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
    if issubclass(entry.build, Averaged) or not entry.build.causal:
        raise BadSettings(f"A mixture needs models that write from left to right, not {name!r}.")
    pairs = dict(piece.partition("=")[::2] for piece in given)
    return name, entry.settings().with_texts(pairs)


def written(name: str, settings: Settings) -> str:
    """A part in words, as `part` reads them."""
    return " ".join([name, *(f"{k}={v}" for k, v in settings.difference().items())])
