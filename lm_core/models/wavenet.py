"""WaveNet: neighbours are fused two by two, level by level, until one vector has read them all.

    y(t) = x(t) + tanh(W [x(t-d), x(t)] + b),   d = 1, 2, 4, ...

    level 3                  y(t)                  reads 8 tokens
    level 2         y(t-4)          y(t)           4 each
    level 1     y(t-6)  y(t-4)  y(t-2)  y(t)       2 each

An MLP squeezes its whole context through one layer; here the first layer only has to learn about
pairs, the next about pairs of pairs. The tree of the next place shares most of its nodes with this
one's, so each level is computed once for all places: a causal convolution with a hole of d - 1
tokens in it. `tree` is the plain twin, which builds every place's tree from its own leaves.

Paper: van den Oord et al. 2016, "WaveNet: A Generative Model for Raw Audio"; as a tree over
characters Karpathy 2022, makemore.
Left out on purpose: gates (a wider layer did as well in the same time), repeated stacks of levels,
keeping the nodes of earlier places while writing.
Strong and weak: It sees twice as far with each level, for one more small layer. Its window ends all
the same, and what is far apart meets only in the last levels.

Shapes: B batch, T time, n = 2^n_layer context, E = n_embd, C = n_hidden, V vocabulary.
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
from lm_core.models.tracing import record, tracing
from lm_core.settings import Settings, setting


@dataclass(frozen=True)
class WaveNetSettings(Settings):
    """Sizes of the tree."""

    n_layer: int = setting(
        4,
        title="Levels",
        low=1,
        high=12,
        help="Each doubles the context: 3 see 8 tokens, 4 see 16.",
    )
    n_embd: int = fields.token_width(24)
    n_hidden: int = setting(
        256, title="Width of a node", low=1, high=8192, help="Numbers that stand for several."
    )
    dropout: float = fields.dropout()
    block_size: int = fields.row("its own context")
    head: str = fields.head()


class Fuse(nn.Module):
    """Two neighbours become one vector; from the second level on it adds to the later of them."""

    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__()
        self.pair, self.adds = nn.Linear(2 * n_in, n_out), n_in == n_out
        nn.init.normal_(self.pair.weight, std=(2 * n_in) ** -0.5)
        nn.init.zeros_(self.pair.bias)

    def forward(self, earlier: Tensor, later: Tensor) -> Tensor:
        """Both (..., n_in) -> (..., n_out)."""
        y = self.pair(torch.cat([earlier, later], dim=-1)).tanh()
        record(self, "hidden", y, activation="tanh")
        return later + y if self.adds else y


@models.register(
    "wavenet",
    title="WaveNet",
    idea="Neighbouring tokens are fused two by two, level by level, until one vector is left.",
    paper="van den Oord et al. 2016, WaveNet: A Generative Model for Raw Audio",
    settings=WaveNetSettings,
    order=45,
)
class WaveNet(Network):
    """The hierarchical MLP. The state is the last n - 1 ids (B, n - 1)."""

    def __init__(self, settings: WaveNetSettings, vocab_size: int) -> None:
        super().__init__(settings, vocab_size)
        s = settings
        self.context = 2**s.n_layer
        self.embedding = nn.Embedding(vocab_size + 1, s.n_embd)  # the last row is "nothing"
        widths = [s.n_embd, *[s.n_hidden] * (s.n_layer - 1)]
        self.levels = nn.ModuleList(Fuse(width, s.n_hidden) for width in widths)
        self.head = make_head(s.head, s.n_hidden, vocab_size)

    @property
    def reach(self) -> int:
        return self.context

    def costs(self, rows: int = 1) -> Costs:
        s = self.settings
        letters = {"E": s.n_embd, "C": s.n_hidden, "L": s.n_layer}
        letters |= {"T": s.block_size, "V": self.vocab_size}
        meaning = {"E": "n_embd", "C": "n_hidden", "L": "n_layer"}
        terms = (
            table("(V + 1)", "E", state="2**L - 1"),
            Term("first level", *linear("2*E", "C", bias=True), kept="2*E + C"),
            Term("later level", *linear("2*C", "C", bias=True), kept="3*C", times="(L - 1)"),
            Term("last vector", kept="2*C" if s.dropout else "C"),
            *head_terms(s.head, "C", letters, rows, bias=True),
        )
        return Costs(letters, meaning, terms)

    def hidden(self, idx: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        ids = with_past(idx, state, self.context, self.vocab_size)  # (B, n - 1 + T)
        if tracing():
            return self.tree(ids), last(ids, self.context)
        known = idx if state is None else ids
        (B, S), T = known.size(), idx.size(1)
        place = torch.arange(S, device=idx.device).repeat(B)
        x = self.roots(known.flatten(), place).view(B, S, -1)[:, -T:]
        return x, last(ids, self.context)

    def nats(
        self, idx: Tensor, targets: Tensor, state: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """As the contract says, without computing the padding at the end of rows."""
        if state is not None or tracing():
            return super().nats(idx, targets, state)
        asked = targets != IGNORED
        needed = asked.flip(1).cumsum(1).flip(1) > 0  # this place, or a later one, is asked for
        x = self.roots(idx[needed], needed.nonzero()[:, 1])[asked[needed]].unsqueeze(0)
        nats = self.head.nats(x, targets[asked].unsqueeze(0)).squeeze(0)
        ids = with_past(idx, None, self.context, self.vocab_size)
        return nats.new_zeros(targets.shape).masked_scatter(asked, nats), last(ids, self.context)

    def roots(self, ids: Tensor, place: Tensor) -> Tensor:
        """What each place makes of the n tokens up to it, all places a level at a time.

        Args:
            ids: (N,) rows laid end to end.
            place: (N,) where in its row each stands: 0, 1, 2, ...; before 0 there is nothing.

        Returns:
            (N, C)
        """
        x, nothing = self.embedding(ids), self.embedding.weight[self.vocab_size]
        for i, fuse in enumerate(self.levels):
            d = 2**i
            earlier = torch.where((place < d).unsqueeze(1), nothing, x.roll(d, 0))
            x, nothing = fuse(earlier, x), fuse(nothing, nothing)
        return F.dropout(x, self.settings.dropout, self.training)

    def tree(self, ids: Tensor) -> Tensor:
        """What `roots` computes, each place's tree on its own; records every node, oldest first."""
        x = self.embedding(windows(ids, self.context))  # (B, T, n, E)
        for fuse in self.levels:
            x = fuse(x[:, :, 0::2], x[:, :, 1::2])  # (B, T, half as many, C)
            record(fuse, "nodes", x)
        return x.squeeze(2)
