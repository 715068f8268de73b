"""What every recurrent family is: a state that is carried from token to token through a cell.

    h_t = cell(x_t, h_(t-1));   logits_t = W h_t + b

The cells are in `rnn.py`, `gru.py` and `lstm.py`, written out. For speed torch walks the whole text
in one fused call instead, except while a pass is traced, because the gates never leave that call.
Layers are called one by one where something happens between them (`regularise.py`).

Trained by truncated back-propagation through time (Williams and Peng 1990): the state is carried on
along the text, and an error is traced back through the `block_size` tokens of one piece.

Shapes: B batch, T time, E = n_embd, C = n_hidden, V vocabulary. G is the number of gates.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lm_core.errors import BadSettings
from lm_core.models import fields
from lm_core.models.contract import IGNORED
from lm_core.models.costs import Costs, Term, table
from lm_core.models.heads import head_terms, make_head
from lm_core.models.network import Network
from lm_core.models.regularise import activation_penalty, change_penalty, drop_locked, drop_words
from lm_core.models.tracing import record, tracing
from lm_core.settings import Settings, setting


@dataclass(frozen=True)
class RecurrentSettings(Settings):
    """Sizes of a recurrent network, and what holds it back."""

    n_layer: int = fields.layers()
    n_embd: int = fields.token_width(64)
    n_hidden: int = fields.memory()
    block_size: int = setting(
        64,
        title="Truncation",
        low=2,
        high=8192,
        unit="tokens",
        help="How many tokens back an error is traced while training.",
    )
    dropout: float = fields.dropout()
    tied: bool = setting(
        False,
        title="Shared embedding",
        help="Use one table to read tokens and to guess them (needs equal widths).",
        advanced=True,
    )
    head: str = fields.head()
    locked_dropout: float = setting(
        0.0,
        title="Locked dropout",
        low=0.0,
        high=0.9,
        help="As dropout, but the same numbers stay hidden along the whole text.",
        advanced=True,
    )
    embedding_dropout: float = setting(
        0.0,
        title="Word dropout",
        low=0.0,
        high=0.9,
        help="Share of the vocabulary that is hidden as a whole while training.",
        advanced=True,
    )
    weight_drop: float = setting(
        0.0,
        title="Weight drop",
        low=0.0,
        high=0.9,
        help="Share of the weights from memory to memory that are hidden while training.",
        advanced=True,
    )
    ar: float = setting(
        0.0,
        title="Activation penalty",
        low=0.0,
        high=100.0,
        help="Price of large numbers in the last layer (alpha of AWD-LSTM, which takes 2).",
        advanced=True,
    )
    tar: float = setting(
        0.0,
        title="Change penalty",
        low=0.0,
        high=100.0,
        help="Price of jumps from token to token in the last layer (beta there, which takes 1).",
        advanced=True,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.tied and self.n_embd != self.n_hidden:
            raise BadSettings(
                f"tied needs n_embd ({self.n_embd}) equal to n_hidden ({self.n_hidden}).",
                "n_embd",
                "n_hidden",
                "tied",
            )
        if self.tied and self.head != "linear":
            raise BadSettings(
                "tied needs the linear head: turn tied off, or set head to linear.", "tied", "head"
            )


Weights = tuple[Tensor, Tensor, Tensor, Tensor]  # (G C, E or C), (G C, C), (G C,), (G C,)
State = Tensor | tuple[Tensor, ...]  # what is kept, each (n_layer, B, C)
Walk = Callable[[int, Tensor, tuple[Tensor, ...], Weights], tuple[Tensor, tuple[Tensor, ...]]]


class Recurrent(Network):
    """Embedding, a stack of cells, head. A family says which cell, and its fused counterpart."""

    tasks = ("next-token", "text-class", "text-value")

    carries_state = True
    name: ClassVar[str]  # of the fused module among the parts of the model
    module: ClassVar[type[nn.RNNBase]]  # all tokens and layers in one call
    kept: ClassVar[tuple[str, ...]] = ("hidden",)  # of what the cell makes, goes to the next token
    graph: ClassVar[tuple[str, str]]  # kept for the way back: by the first layer, by others
    activations: ClassVar[dict[str, str]] = {}  # which function made what the cell makes

    def __init__(self, settings: RecurrentSettings, vocab_size: int, **more: Any) -> None:
        super().__init__(settings, vocab_size)
        s = settings
        self.embedding = nn.Embedding(vocab_size, s.n_embd)
        between = s.dropout if s.n_layer > 1 else 0.0
        sizes = {"input_size": s.n_embd, "hidden_size": s.n_hidden, "num_layers": s.n_layer}
        self.add_module(self.name, self.module(**sizes, batch_first=True, dropout=between, **more))
        self.head = make_head(s.head, s.n_hidden, vocab_size)
        # Its rows keep torch's std of 1: smaller ones are lost in what the memory says by itself,
        # and a run stays for hundreds of steps at the letters' frequencies. A head begins calm.
        if s.tied:
            nn.init.normal_(self.embedding.weight, std=0.1)
            self.head.weight = self.embedding.weight

    @property
    def body(self) -> nn.RNNBase:
        """The fused module, which holds the weights of every layer."""
        return self.get_submodule(self.name)

    def cell(self, x: Tensor, *before_and_weights: Any) -> dict[str, Tensor]:
        """One token through one layer: every gate by name, each (B, C)."""
        raise NotImplementedError

    def fused(self, *arguments: Any) -> tuple[Tensor, ...]:
        """The function that `module` itself calls, so that it can be given other weights."""
        raise NotImplementedError

    def one(self, *arguments: Any) -> Any:
        """Torch's own cell: x (B, E), the state, the four weights -> the next state."""
        raise NotImplementedError

    def costs(self, rows: int = 1) -> Costs:
        s, gates = self.settings, self.body.weight_ih_l0.size(0) // self.settings.n_hidden
        letters = {"g": gates, "E": s.n_embd, "C": s.n_hidden, "L": s.n_layer}
        letters |= {"T": s.block_size, "V": self.vocab_size}
        meaning = {"g": "sums in a cell", "E": "n_embd", "C": "n_hidden", "L": "n_layer"}

        def layer(part: str, into: str, kept: str, times: str) -> Term:
            weights = f"g*C*({into} + C)"
            biases, state = "2*g*C", f"{len(self.kept)}*C"  # torch has a bias for either side
            return Term(part, f"{weights} + {biases}", f"2*{weights}", kept, state, times)

        terms = (
            table("V", "E", kept="E"),
            layer("first layer", "E", self.graph[0], ""),
            layer("later layer", "C", self.graph[1], "(L - 1)"),
            *head_terms(s.head, "C", letters, rows, bias=True, tied=s.tied),
        )
        return Costs(letters, meaning, terms)

    def hidden(self, idx: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        y, state = self.recur(idx, state)
        return self.hide(y), state

    def objective(
        self, idx: Tensor, targets: Tensor, state: State | None = None
    ) -> tuple[Tensor, Tensor | float, State]:
        """The surprise, and the two penalties where they have a price. Padding costs nothing."""
        s = self.settings
        y, state = self.recur(idx, state)
        shown, counted = self.hide(y), targets != IGNORED
        penalty = activation_penalty(shown, counted, s.ar) + change_penalty(y, counted, s.tar)
        return self.head.nats(shown, targets), penalty, state

    def recur(self, idx: Tensor, state: State | None) -> tuple[Tensor, State]:
        """idx (B, T) -> what the last layer makes of each place (B, T, C), and the next state."""
        s = self.settings
        x = self.embedding(idx)  # (B, T, E)
        if self.training:
            x = drop_words(x, idx, s.embedding_dropout, self.vocab_size)
        x = self.hide(x)
        if tracing():
            return self.unrolled(x, state)
        if self.training and (s.weight_drop or (s.locked_dropout and s.n_layer > 1)):
            return self.by_layer(x, state, self.run)
        return self.body(x, state)

    def hide(self, x: Tensor) -> Tensor:
        """What dropout leaves of x (B, T, C) while training."""
        if not self.training:
            return x
        s = self.settings
        return drop_locked(F.dropout(x, s.dropout) if s.dropout else x, s.locked_dropout)

    def unrolled(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """What the fused module does, cell by cell; records every gate. (B, T, E) -> (B, T, C)."""
        return self.by_layer(x, state, self.walk)

    def by_layer(self, x: Tensor, state: State | None, walk: Walk) -> tuple[Tensor, State]:
        """The layers one after the other, with what is hidden in and between them."""
        s = self.settings
        if state is None:
            state = (x.new_zeros(s.n_layer, x.size(0), s.n_hidden),) * len(self.kept)
        elif isinstance(state, Tensor):
            state = (state,)
        ends = []
        for layer in range(s.n_layer):
            w_x, w_h, b_x, b_h = self.weights(layer)
            # Weight drop: a thinned copy, through which the gradient reaches the weight itself.
            w_h = F.dropout(w_h, s.weight_drop, self.training)
            before = tuple(part[layer] for part in state)  # each (B, C)
            x = self.hide(x) if layer else x
            x, after = walk(layer, x, before, (w_x, w_h, b_x, b_h))
            ends.append(after)
        state = tuple(torch.stack(parts) for parts in zip(*ends, strict=True))
        return x, state if len(state) > 1 else state[0]

    def walk(
        self, layer: int, x: Tensor, before: tuple[Tensor, ...], weights: Weights
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """One layer, token by token through the cell."""
        steps = []
        for t in range(x.size(1)):
            gates = self.cell(x[:, t], *before, weights)
            before = tuple(gates[name] for name in self.kept)
            steps.append(gates)
        for name in steps[0]:
            each = [gates[name] for gates in steps]
            record(self, f"{layer}.{name}", each, activation=self.activations.get(name, ""))
        return torch.stack([gates["hidden"] for gates in steps], dim=1), before

    def run(
        self, layer: int, x: Tensor, before: tuple[Tensor, ...], weights: Weights
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """One layer in one fused call, with weights that may be thinned."""
        first = tuple(part.unsqueeze(0) for part in before)
        y, *after = self.fused(
            x,
            first if len(first) > 1 else first[0],
            weights,
            True,  # with biases
            1,  # layer
            0.0,  # no dropout after the last layer
            self.training,
            False,  # one direction
            True,  # batch first
        )
        return y, tuple(part.squeeze(0) for part in after)

    def steps(self, state: State) -> Callable[[Tensor], Tensor]:
        return CellSteps(self, state)

    def weights(self, layer: int) -> Weights:
        """The fused module's own weights of one layer."""
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        return tuple(getattr(self.body, f"{name}_l{layer}") for name in names)


class CellSteps:
    """One token at a time through torch's cells: the fused module is made for whole texts, and for
    one token most of its time goes into checking what it was given."""

    def __init__(self, model: Recurrent, state: State) -> None:
        parts = (state,) if isinstance(state, Tensor) else state
        layers = range(model.settings.n_layer)
        self.before = [tuple(part[layer] for part in parts) for layer in layers]
        self.weights = [model.weights(layer) for layer in layers]
        self.embedding, self.head, self.one = model.embedding.weight, model.head, model.one

    def __call__(self, ids: Tensor) -> Tensor:
        x = self.embedding[ids]  # (B, E)
        for layer, weights in enumerate(self.weights):
            before = self.before[layer]
            after = self.one(x, before if len(before) > 1 else before[0], *weights)
            self.before[layer] = after if isinstance(after, tuple) else (after,)
            x = self.before[layer][0]  # (B, C)
        return self.head(x.unsqueeze(1))[:, 0]
