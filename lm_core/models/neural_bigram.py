"""Neural bigram: the pair table of counting, found by going downhill instead.

    logits = one_hot(x) W;   p = softmax(logits);   objective = nats + l2 * mean(W^2)

Row x of W holds the logits of whatever follows token x, so at its best softmax(W[x]) is the share
of each token among those that followed x: the very table that counting gives. At W = 0 every token
is alike. The penalty pulls W there, as adding k to every count pulls the table to 1 / V.

Paper: the simplest case of Bengio et al. 2003, "A Neural Probabilistic Language Model": one token
of context and no hidden layer.
Left out on purpose: a bias, which would only count how frequent each token is over again.
Strong and weak: It shows learning by gradient on the smallest model there is, beside an answer that
is known. It can come near the counted table, and never below it on the text it read.

Shapes: B batch, T time, V vocabulary.
"""

from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn
from torch.nn import functional as F

from lm_core.errors import BadSettings
from lm_core.models import fields
from lm_core.models.contract import LanguageModel, models
from lm_core.models.costs import Costs, table
from lm_core.models.tracing import record, tracing
from lm_core.settings import Settings, setting

MOST_TOKENS = 8_192  # types; training the table of so many takes 1 GB


@dataclass(frozen=True)
class NeuralBigramSettings(Settings):
    """How strongly the table is held back."""

    l2: float = setting(
        0.0,
        title="Smoothing",
        low=0.0,
        high=1000.0,
        help="Price of large weights: the higher, the more alike all tokens are, as with +k.",
    )
    block_size: int = fields.row("the one before it alone")


@models.register(
    "neural-bigram",
    title="Neural bigram",
    idea="One layer of weights learns from its mistakes what counting pairs would have told it.",
    paper="Bengio et al. 2003, A Neural Probabilistic Language Model (its simplest case)",
    settings=NeuralBigramSettings,
    order=20,
)
class NeuralBigram(LanguageModel):
    """One table W (V, V), no bias. There is nothing to carry on: the state is None."""

    def __init__(self, settings: NeuralBigramSettings, vocab_size: int) -> None:
        super().__init__(settings, vocab_size)
        if vocab_size > MOST_TOKENS:
            raise BadSettings(
                f"A table of {vocab_size:,} by {vocab_size:,} weights is too large: "
                "take mlp with context 1, which gives each token a short vector."
            )
        self.table = nn.Embedding(vocab_size, vocab_size)
        nn.init.normal_(self.table.weight, std=0.01)  # close to "every token alike"

    @property
    def reach(self) -> int:
        return 1

    def costs(self, rows: int = 1) -> Costs:
        letters = {"T": self.settings.block_size, "V": self.vocab_size}
        return Costs(letters, {}, (table("V", "V", part="table of logits", kept="V"),))

    def forward(self, idx: Tensor, state: Any = None) -> tuple[Tensor, None]:
        logits = one_hot_logits(idx, self.table.weight) if tracing() else self.table(idx)
        record(self, "logits", logits)
        return logits, None

    def objective(
        self, idx: Tensor, targets: Tensor, state: Any = None
    ) -> tuple[Tensor, Tensor | float, None]:
        nats, state = self.nats(idx, targets)
        l2 = self.settings.l2
        return nats, l2 * self.table.weight.square().mean() if l2 else 0.0, state


def one_hot_logits(idx: Tensor, W: Tensor) -> Tensor:
    """What looking a row up means: idx (B, T), W (V, V) -> (B, T, V). A one-hot vector times W is
    the row of W that its 1 points at."""
    return F.one_hot(idx, len(W)).to(W.dtype) @ W
