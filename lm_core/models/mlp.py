"""MLP: the last n tokens, each as a vector, side by side through one hidden layer.

    x = [e(t-n+1), ..., e(t)];   h = tanh(W x + b);   p = softmax(U h + c)

Paper: Bengio et al. 2003, "A Neural Probabilistic Language Model"; optional batch normalisation
Ioffe and Szegedy 2015; starting weights He et al. 2015, "Delving Deep into Rectifiers".
Left out on purpose: mixing the guess with that of an n-gram, which `mixture` does for any two.
Strong and weak: It learns which tokens are alike, so it can guess after contexts it never met; a
good choice for short items such as names. Its window is fixed, and each place in it is learned
anew.

`init` shows what a start can spoil. "naive" draws every weight from the standard normal: the sums
before tanh are so large that most units are saturated (|h| near 1, where the slope is near 0), and
the logits so far apart that the untrained model is confidently wrong. "calm-head" mends the second
of these and not the first. "kaiming" scales weights to keep the spread of numbers from layer to
layer; "zero-logit" also lets all logits start at 0.

Shapes: B batch, T time, n context, E = n_embd, C = n_hidden, V vocabulary.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lm_core.models import fields
from lm_core.models.context import last, windows, with_past
from lm_core.models.contract import IGNORED, models
from lm_core.models.costs import Costs, Term, linear, table
from lm_core.models.heads import head_terms, make_head
from lm_core.models.network import Network
from lm_core.models.tracing import record
from lm_core.settings import Settings, setting

GAIN = 5 / 3  # tanh makes numbers smaller; this makes up for it


@dataclass(frozen=True)
class MLPSettings(Settings):
    """Sizes of the network, how it starts, and what holds it back."""

    context: int = setting(
        8, title="Context", low=1, high=256, unit="tokens", help="How many tokens it looks at."
    )
    n_embd: int = fields.token_width(24)
    n_hidden: int = setting(
        512, title="Hidden layer", low=1, high=16384, unit="units", help="Units between the two."
    )
    dropout: float = fields.dropout()
    block_size: int = fields.row("its own context")
    init: str = setting(
        "zero-logit",
        title="Start",
        choices=("naive", "calm-head", "kaiming", "zero-logit"),
        help="How the first weights are drawn; naive and calm-head show bad starts.",
        advanced=True,
    )
    batch_norm: bool = setting(
        False,
        title="Batch normalisation",
        help="Give the sums of each unit mean 0 and spread 1 over the batch.",
        advanced=True,
    )
    direct: bool = setting(
        False,
        title="Direct connection",
        help="The vectors also reach the output past the hidden layer (Bengio's option).",
        advanced=True,
    )
    head: str = fields.head()


@models.register(
    "mlp",
    title="MLP",
    idea="The last few tokens, each as a vector, side by side through one hidden layer.",
    paper="Bengio et al. 2003, A Neural Probabilistic Language Model",
    settings=MLPSettings,
    order=40,
)
class MLP(Network):
    """A neural n-gram. The state is the last n - 1 ids (B, n - 1)."""

    def __init__(self, settings: MLPSettings, vocab_size: int) -> None:
        super().__init__(settings, vocab_size)
        s = settings
        n_in = s.context * s.n_embd
        self.embedding = nn.Embedding(vocab_size + 1, s.n_embd)  # the last row is "nothing"
        self.layer = nn.Linear(n_in, s.n_hidden, bias=not s.batch_norm)  # the norm has its own
        self.norm = nn.BatchNorm1d(s.n_hidden) if s.batch_norm else None
        self.head = make_head(s.head, s.n_hidden + (n_in if s.direct else 0), vocab_size)
        if s.init in ("naive", "calm-head"):
            head = self.head.parameters() if s.init == "naive" else ()
            for weight in (*self.layer.parameters(), *head):
                nn.init.normal_(weight)
            return
        nn.init.normal_(self.layer.weight, std=GAIN / n_in**0.5)
        if self.layer.bias is not None:
            nn.init.zeros_(self.layer.bias)
        if s.init == "kaiming":
            for weight in self.head.parameters():
                if weight.dim() > 1:
                    nn.init.normal_(weight, std=weight.size(1) ** -0.5)

    @property
    def reach(self) -> int:
        return self.settings.context

    def costs(self, rows: int = 1) -> Costs:
        s = self.settings
        letters = {"n": s.context, "E": s.n_embd, "C": s.n_hidden}
        letters |= {"T": s.block_size, "V": self.vocab_size}
        meaning = {"n": "context", "E": "n_embd", "C": "n_hidden"}
        weights, operations = linear("n*E", "C", bias=not s.batch_norm)
        kept = "C" + (" + n*E + C" if s.direct else "") + (" + 2*C" if s.dropout else "")
        terms = [
            table("(V + 1)", "E", kept="n*E", state="n - 1"),
            Term("hidden layer", weights, operations, kept),
            *([Term("norm", "2*C", kept="C")] if s.batch_norm else ()),
            *head_terms(s.head, "C + n*E" if s.direct else "C", letters, rows, bias=True),
        ]
        return Costs(letters, meaning, tuple(terms))

    def hidden(self, idx: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        n = self.settings.context
        ids = with_past(idx, state, n, self.vocab_size)
        return self.guess_from(windows(ids, n)), last(ids, n)

    def nats(
        self, idx: Tensor, targets: Tensor, state: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """As the contract says. Places whose target is padding are never computed, so they take no
        time and no part in the averages of batch normalisation."""
        n = self.settings.context
        ids = with_past(idx, state, n, self.vocab_size)
        asked = targets != IGNORED
        x = self.guess_from(windows(ids, n)[asked]).unsqueeze(0)  # (1, N, C), N places asked for
        nats = self.head.nats(x, targets[asked].unsqueeze(0)).squeeze(0)
        return nats.new_zeros(targets.shape).masked_scatter(asked, nats), last(ids, n)

    def guess_from(self, seen: Tensor) -> Tensor:
        """Ids (..., n), oldest first -> what the head reads (..., C), or C + n E with `direct`."""
        s = self.settings
        x = self.embedding(seen).flatten(-2)  # (..., n E)
        sums = self.layer(x)  # (..., C)
        if self.norm is not None:
            sums = self.normed(sums)
        h = sums.tanh()
        record(self, "preactivation", sums)
        record(self, "hidden", h, activation="tanh")
        h = F.dropout(h, s.dropout, self.training)
        return torch.cat([h, x], dim=-1) if s.direct else h

    def normed(self, sums: Tensor) -> Tensor:
        """Batch normalisation over all places (..., C)."""
        flat, norm = sums.flatten(0, -2), self.norm
        if self.training and len(flat) < 2:  # one place has no spread: measure it as in use
            same = (norm.running_mean, norm.running_var, norm.weight, norm.bias)
            return F.batch_norm(flat, *same, eps=norm.eps).view_as(sums)
        return norm(flat).view_as(sums)
