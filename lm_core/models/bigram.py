"""Bigram: count which token followed which, and say what the counts say.

    p(w | v) = (c(vw) + k) / (c(v) + k V)

c(vw) is how often w stood right after v, c(v) the sum over w; k is added to every count. With k = 0
(maximum likelihood) a pair that never occurred has probability 0 and infinite surprise. After a
token that nothing ever followed, and before `fit`, every token is alike.

Paper: Markov 1913, "An Example of Statistical Investigation of the Text Eugene Onegin"; Shannon
1948, "A Mathematical Theory of Communication", which lets such counts write.
Left out on purpose: longer contexts and better smoothing (`ngram.py`).
Strong and weak: It is learned in one pass and can be read as a table: the floor that all others
have to beat. It forgets everything but the last token.

Shapes: B batch, T time, V vocabulary, N tokens of text. The table is (V, V), for all to see.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from lm_core.errors import BadCheckpoint, BadSettings
from lm_core.models.contract import IGNORED, LanguageModel, models
from lm_core.models.costs import Costs, table
from lm_core.settings import Settings, setting

MOST_TOKENS = 5_000  # types; the table of so many takes 200 MB


@dataclass(frozen=True)
class BigramSettings(Settings):
    """How sure to be of what was counted."""

    k: float = setting(
        1.0,
        title="Added to every count",
        low=0.0,
        high=1e6,
        help="0 believes the counts alone, so new pairs are impossible; more makes all alike.",
    )


@models.register(
    "bigram",
    title="Bigram",
    idea="Count which token followed which; guess the next one from the last one alone.",
    paper="Markov 1913; Shannon 1948, A Mathematical Theory of Communication",
    settings=BigramSettings,
    order=10,
)
class Bigram(LanguageModel):
    """One table of counts. The state is empty (B, 0): the last token is all it looks at.

    Raises:
        BadSettings: the vocabulary is too large for a table.
    """

    learns_by = "counting"
    counts: Tensor  # (V, V) int64: how often the column's token followed the row's
    totals: Tensor  # (V,) int64: how often anything followed

    def __init__(self, settings: BigramSettings, vocab_size: int) -> None:
        if vocab_size > MOST_TOKENS:
            raise BadSettings(
                f"A table of {vocab_size:,} by {vocab_size:,} counts is too large: "
                "take ngram with order 2, which keeps only the pairs that occurred."
            )
        super().__init__(settings, vocab_size)
        table = torch.zeros(vocab_size, vocab_size, dtype=torch.int64)
        self.register_buffer("counts", table)
        self.register_buffer("totals", table.sum(1), persistent=False)

    @property
    def reach(self) -> int:
        return 1

    @property
    def n_parameters(self) -> int:
        """Cells of the table."""
        return self.counts.numel()

    def costs(self, rows: int = 1) -> Costs:
        return Costs({"T": 1, "V": self.vocab_size}, {}, (table("V", "V", part="table of counts"),))

    def fit(self, ids: Tensor, starts: Tensor) -> None:
        """Count the pairs of `ids` (N,) from scratch. A boundary token parts two sequences, so no
        pair reaches from one into the next, and `starts` need not be asked."""
        V = self.vocab_size
        xs, ys = pairs(ids.to(self.device))
        self.counts = torch.bincount(xs * V + ys, minlength=V * V).view(V, V)
        self.totals = self.counts.sum(1)

    def probabilities(self) -> Tensor:
        """p of every token (column) after every token (row), (V, V) float64; rows sum to 1."""
        return self._rows(torch.arange(self.vocab_size, device=self.device))

    def forward(self, idx: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        return self._rows(idx).log().float(), idx[:, :0]  # (B, T, V)

    def nats(
        self, idx: Tensor, targets: Tensor, state: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """As in the contract, looking up the targets alone: (B, T, V) is never made."""
        k, V = self.settings.k, self.vocab_size
        scored = targets != IGNORED
        count = self.counts[idx, targets.where(scored, 0)].double()  # (B, T)
        total = self.totals[idx].double()
        p = ((count + k) / (total + k * V)).where(total + k > 0, 1 / V)  # 0 / 0: nothing is known
        return (-p.log()).where(scored, 0.0).float(), idx[:, :0]  # infinite where impossible

    def _rows(self, idx: Tensor) -> Tensor:
        """p of every token after each of `idx` (...), (..., V) float64."""
        k, V = self.settings.k, self.vocab_size
        row, total = self.counts[idx].double(), self.totals[idx].double().unsqueeze(-1)
        return ((row + k) / (total + k * V)).where(total + k > 0, 1 / V)

    def _load_from_state_dict(
        self, state_dict: dict[str, Tensor], prefix: str, *rest: Any, **more: Any
    ) -> None:
        """Raises BadCheckpoint where the file holds no table of counts of this size."""
        ours = {k.removeprefix(prefix): v for k, v in state_dict.items() if k.startswith(prefix)}
        table = ours.get("counts")
        sound = set(ours) == {"counts"} and table.dtype == torch.int64
        if not sound or table.shape != self.counts.shape or bool((table < 0).any()):
            raise BadCheckpoint(
                "These bigram counts are damaged or belong to another model: "
                "copy the checkpoint again, or retrain it."
            )
        super()._load_from_state_dict(state_dict, prefix, *rest, **more)
        self.totals = self.counts.sum(1)


def pairs(ids: Tensor) -> tuple[Tensor, Tensor]:
    """Every token that is followed by another, and the one that follows it, (N - 1,) each."""
    return ids[:-1], ids[1:]
