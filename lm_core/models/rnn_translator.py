"""Recurrent translator: one network reads a sentence into its state, another writes on from there.

    h_s = cell(x_s, h_(s-1));   s_0 = h_S;   s_t = cell(y_t, s_(t-1));   logits_t = W s_t + b

So a sentence of any length has to go through one vector. With attention the writer looks back at
what the reader made of every token, and takes the weighted mean c_t of it:

    a_t = softmax over s of score(t, s);   c_t = sum of a_ts h_s;   logits_t = W tanh(M [s_t, c_t])
    bahdanau   score = v · tanh(P s_(t-1) + Q h_s), before the cell, which reads [y_t, c_t]
    luong      score = s_t · Q h_s, after the cell

Papers: Sutskever, Vinyals and Le 2014, "Sequence to Sequence Learning with Neural Networks", which
reads the source backward, so that its beginning is near that of the target; Bahdanau, Cho and
Bengio 2014, "Neural Machine Translation by Jointly Learning to Align and Translate", which reads it
both ways; Luong, Pham and Manning 2015, "Effective Approaches to Attention-based Neural Machine
Translation", of which this is the global attention with the score named "general".
Left out on purpose: a maxout before the guess and a matrix for the first state (Bahdanau; each way
of reading has half of the cells instead, so that both together are the first state); what was
looked at as an input of the next token, and local attention (Luong).
Strong and weak: It is small, soon trained on short sentences, and with attention it shows where it
looked. Without attention a long sentence has to pass through one vector.

Shapes: B batch, S source tokens, T target tokens, E = n_embd, C = n_hidden, V vocabulary.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from lm_core.errors import BadSettings
from lm_core.models import fields
from lm_core.models.contract import Model, models, picked
from lm_core.models.costs import Costs, Term, table
from lm_core.models.heads import LinearHead, head_terms
from lm_core.models.recurrent import State
from lm_core.models.tracing import record
from lm_core.models.translating import Translates, Writing, unpadded
from lm_core.settings import Settings, setting

CELLS = {"lstm": nn.LSTM, "gru": nn.GRU}
READS = {"none": "backward", "bahdanau": "both", "luong": "backward"}  # each as its paper does


@dataclass(frozen=True)
class RnnTranslatorSettings(Settings):
    """Sizes of a recurrent translator, and whether it looks back."""

    cell: str = setting(
        "lstm", title="Cell", choices=tuple(CELLS), help="What carries the state, token by token."
    )
    attention: str = setting(
        "none",
        title="Attention",
        choices=tuple(READS),
        help="none: all of the source is in one state. bahdanau: before each token it looks where "
        "to read. luong: after each.",
    )
    n_layer: int = fields.layers()
    n_embd: int = fields.token_width(128)
    n_hidden: int = fields.memory()
    dropout: float = fields.dropout()
    reads: str = setting(
        "auto",
        title="Reads the source",
        choices=("auto", "forward", "backward", "both"),
        help="From which end. auto is as in the papers: both with bahdanau, else backward.",
        advanced=True,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.way == "both" and self.n_hidden % 2:
            raise BadSettings(
                f"n_hidden ({self.n_hidden}) must be even where the source is read both ways.",
                "n_hidden",
                "reads",
            )

    @property
    def way(self) -> str:
        """How the source is read: forward, backward or both."""
        return READS[self.attention] if self.reads == "auto" else self.reads


class Additive(nn.Module):
    """Bahdanau's score, v · tanh(P s + Q h)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.asked = nn.Linear(width, width, bias=False)  # P
        self.answered = nn.Linear(width, width)  # Q
        self.score = nn.Linear(width, 1, bias=False)  # v

    def forward(self, s: Tensor, keys: Tensor) -> Tensor:
        """States (B, T, C) and what `answered` makes of the memory (B, S, C) -> (B, T, S)."""
        sums = self.asked(s).unsqueeze(2) + keys.unsqueeze(1)  # (B, T, S, C)
        return self.score(sums.tanh()).squeeze(-1)


class Multiplicative(nn.Module):
    """Luong's "general" score, s · Q h."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.answered = nn.Linear(width, width, bias=False)  # Q

    def forward(self, s: Tensor, keys: Tensor) -> Tensor:
        """States (B, T, C) and what `answered` makes of the memory (B, S, C) -> (B, T, S)."""
        return s @ keys.transpose(1, 2)


ATTENTIONS = {"bahdanau": Additive, "luong": Multiplicative}
ROW = 64  # tokens of the texts whose costs are told
# What attention costs: to score T tokens of the source for each of the target, to take their mean,
# and to mix it with the state. Its memory is all that was read, and what scores compare with.
LOOKING = {
    "bahdanau": (
        Term("scores", "2*C*C + 2*C", "4*C*C + 2*T*C", "T*C", "2*T*C"),
        Term("mean and mix", "2*C*C", "2*T*C + 4*C*C", "4*C"),
    ),
    "luong": (
        Term("scores", "C*C", "2*C*C + 2*T*C", "2*T", "2*T*C"),
        Term("mean and mix", "2*C*C", "2*T*C + 4*C*C", "4*C"),
    ),
}


@dataclass(frozen=True)
class Source:
    """What was read of the sources."""

    memory: Tensor  # (B, S, C), a vector of each token, 0 at padding
    keys: Tensor | None  # (B, S, C), what attention compares with; None without it
    padding: Tensor  # (B, S) bool
    state: State  # h, or h and c, after the last token: (n_layer, B, C) each

    def pick(self, rows: Tensor) -> "Source":
        """Those of these rows of the batch (K,)."""
        keys = None if self.keys is None else self.keys[rows]
        return Source(self.memory[rows], keys, self.padding[rows], picked(self.state, rows))


@models.register(
    "rnn-translator",
    title="Recurrent translator",
    idea="One network reads a sentence into its state, another writes the translation from it.",
    paper="Sutskever 2014, Sequence to Sequence Learning; Bahdanau 2014; Luong 2015",
    settings=RnnTranslatorSettings,
    order=86,
)
class RnnTranslator(Translates, Model):
    """A recurrent encoder, and a recurrent decoder with or without attention.

    Args:
        vocab_size: V, of the target.
        source_size: of the source; None is the same vocabulary, in the same table.
    """

    tasks = ("translation",)
    settings: RnnTranslatorSettings

    def __init__(
        self, settings: RnnTranslatorSettings, vocab_size: int, source_size: int | None = None
    ) -> None:
        super().__init__(settings)
        s, C, both = settings, settings.n_hidden, settings.way == "both"
        self.vocab_size, self.source_size = vocab_size, source_size
        self.embedding = nn.Embedding(vocab_size, s.n_embd)
        self.source_embedding = nn.Embedding(source_size, s.n_embd) if source_size else None
        looks = s.attention == "bahdanau"  # before the cell, which reads what was found
        rnn, between = CELLS[s.cell], s.dropout if s.n_layer > 1 else 0.0
        how = {"num_layers": s.n_layer, "dropout": between, "batch_first": True}
        self.encoder = rnn(s.n_embd, C // 2 if both else C, bidirectional=both, **how)
        self.decoder = rnn(s.n_embd + C if looks else s.n_embd, C, **how)
        self.attention = ATTENTIONS[s.attention](C) if s.attention in ATTENTIONS else None
        self.mix = nn.Linear(2 * C, C, bias=False) if self.attention else None  # M
        self.head = LinearHead(C, vocab_size)
        if s.cell == "lstm":
            for module in (self.encoder, self.decoder):
                open_gates(module)

    @property
    def context_size(self) -> None:
        """There is no longest text."""

    def costs(self, rows: int = 1) -> Costs:
        """For each token of a target of T, the source having as many."""
        s, U = self.settings, self.source_size
        letters = {"g": 4 if s.cell == "lstm" else 3, "E": s.n_embd, "C": s.n_hidden}
        letters |= {"L": s.n_layer, "T": ROW, "V": self.vocab_size} | ({"U": U} if U else {})
        meaning = {"g": "sums in a cell", "E": "n_embd", "C": "n_hidden", "L": "n_layer"}
        meaning |= {"U": "vocabulary of the source"} if U else {}
        looks = s.attention == "bahdanau"
        terms = [
            table("V", "E", kept="2*E"),
            *([table("U", "E", part="table of the source")] if U else ()),
            *self._cells("reads", "E", both=s.way == "both"),
            *self._cells("writes", "(E + C)" if looks else "E", alone=looks),
            *(LOOKING[s.attention] if self.attention else ()),
            *head_terms("linear", "C", letters, rows, bias=True),
        ]
        return Costs(letters, meaning, tuple(terms))

    def _cells(
        self, part: str, into: str, *, both: bool = False, alone: bool = False
    ) -> list[Term]:
        """Of one network: its first layer, which reads `into` numbers, and the others. `both`: half
        of the cells each way; `alone`: a call for each token, of which oneDNN keeps more."""
        s, wide = self.settings, "(C/2)" if both else "C"
        ways = "2*" if both else ""
        terms = []
        for part_, into_, times in ((part, into, ""), (f"{part}, later layer", "C", "(L - 1)")):
            product = f"{ways}g*{wide}*({into_} + {wide})"
            kept = f"15*{wide} + 12*max({into_}, {wide})"
            kept = kept if alone else f"9*{wide} + 6.7*max({into_}, {wide})"
            kept = f"{ways}({kept}) + 2*C" if s.cell == "lstm" else "8*C"
            state = ("2*C" if s.cell == "lstm" else "C") if part == "writes" else ""
            terms.append(
                Term(part_, f"{product} + {ways}2*g*{wide}", f"2*{product}", kept, state, times)
            )
        return terms

    def encode(self, source: Tensor) -> Source:
        """Ids (B, S), -1 is padding -> what the decoder begins with and looks at."""
        source = source if source.size(1) else F.pad(source, (0, 1), value=-1)
        table = self.source_embedding or self.embedding
        ids, padding = unpadded(source)
        x = self.hide(table(ids))  # (B, S, E)
        order = backward(padding) if self.settings.way == "backward" else None
        if order is not None:
            x = reordered(x, order)
        # The state of a row is the one after its last token.
        lengths = (~padding).sum(dim=1)
        at_least_one = lengths.clamp(min=1).cpu()
        packed = pack_padded_sequence(x, at_least_one, batch_first=True, enforce_sorted=False)
        packed, state = self.encoder(packed)
        memory, _ = pad_packed_sequence(packed, batch_first=True, total_length=ids.size(1))
        if order is not None:
            memory = reordered(memory, order)
        if self.settings.way == "both":
            state = each(side_by_side, state)
        nothing = (lengths == 0).unsqueeze(1)  # (B, 1): of such a row no token was read
        state = each(lambda part: part.masked_fill(nothing, 0.0), state)
        keys = None if self.attention is None else self.attention.answered(memory)  # once for all
        return Source(memory, keys, padding, state)

    def answer(self, source: Tensor, target: Tensor) -> Tensor:
        read = self.encode(source)
        y = self.hide(self.embedding(target.clamp(min=0)))  # (B, T, E)
        s, _, weights = self.decode(y, read, read.state)  # (B, T, C)
        if weights is not None:
            record(self.attention, "weights", weights)
        return self.head(self.hide(s))

    def decode(self, y: Tensor, read: Source, state: State) -> tuple[Tensor, State, Tensor | None]:
        """Vectors of target tokens (B, T, E) from `state` on -> what the head reads (B, T, C), the
        next state, and where it looked (B, T, S), or None."""
        if self.settings.attention != "bahdanau":  # all tokens at once, and then a look for each
            s, state = self.decoder(y, state)  # (B, T, C)
            return (s, state, None) if self.attention is None else self.look(s, read, state)
        steps, looks = [], []
        for t in range(y.size(1)):
            weights, found = self.find(top(state), read)  # (B, 1, S), (B, 1, C)
            s, state = self.decoder(torch.cat([y[:, t : t + 1], found], dim=-1), state)
            steps.append(torch.cat([s, found], dim=-1))
            looks.append(weights)
        s = self.mix(torch.cat(steps, dim=1)).tanh()  # (B, T, C)
        return s, state, torch.cat(looks, dim=1)

    def look(self, s: Tensor, read: Source, state: State) -> tuple[Tensor, State, Tensor]:
        """What Luong's attention adds to the states of tokens s (B, T, C); as `decode`."""
        weights, found = self.find(s, read)  # (B, T, S), (B, T, C)
        return self.mix(torch.cat([s, found], dim=-1)).tanh(), state, weights

    def find(self, s: Tensor, read: Source) -> tuple[Tensor, Tensor]:
        """Where the states s (B, T, C) look, (B, T, S), and what they find there (B, T, C)."""
        scores, padding = self.attention(s, read.keys), read.padding.unsqueeze(1)
        scores = scores.masked_fill(padding, torch.finfo(scores.dtype).min)
        weights = scores.softmax(dim=-1).masked_fill(padding, 0.0)  # of a row of padding alone: 0
        return weights, weights @ read.memory

    def hide(self, x: Tensor) -> Tensor:
        """What dropout leaves of x while training."""
        return F.dropout(x, self.settings.dropout, self.training)

    def writing(self, source: Tensor) -> "RecurrentWriting":
        return RecurrentWriting(self, self.encode(source), source.size(1))


class RecurrentWriting(Writing):
    """The decoder one token at a time, its state kept here."""

    def __init__(self, model: RnnTranslator, read: Source, width: int) -> None:
        self.model, self.read, self.state, self.width = model, read, read.state, width
        self.weights: Tensor | None = None

    def step(self, ids: Tensor) -> Tensor:
        y = self.model.embedding(ids).unsqueeze(1)  # (B, 1, E)
        s, self.state, self.weights = self.model.decode(y, self.read, self.state)
        return self.model.head(s)[:, 0]

    def pick(self, rows: Tensor) -> None:
        self.read, self.state = self.read.pick(rows), picked(self.state, rows)
        self.weights = None if self.weights is None else self.weights[rows]

    @property
    def alignment(self) -> Tensor | None:
        return None if self.weights is None else self.weights[:, 0, : self.width]


def top(state: State) -> Tensor:
    """h of the last layer, (B, 1, C)."""
    h = state if isinstance(state, Tensor) else state[0]
    return h[-1].unsqueeze(1)


def each(change: Callable[[Tensor], Tensor], state: State) -> State:
    """h, or h and c, changed alike."""
    return change(state) if isinstance(state, Tensor) else tuple(map(change, state))


def side_by_side(part: Tensor) -> Tensor:
    """What both ways of reading ended with, (2 n_layer, B, C / 2) -> (n_layer, B, C)."""
    return torch.cat([part[0::2], part[1::2]], dim=-1)


def backward(padding: Tensor) -> Tensor:
    """(B, S) int64: for each place the one from which its token comes when every row is turned
    round; padding stays where it is. Turned round again it is as before."""
    places = torch.arange(padding.size(1), device=padding.device).expand_as(padding)
    last = (~padding).sum(dim=1, keepdim=True) - 1  # (B, 1)
    return torch.where(padding, places, last - places)


def reordered(x: Tensor, order: Tensor) -> Tensor:
    """x (B, S, C) with its tokens in this order (B, S)."""
    return x.gather(1, order.unsqueeze(-1).expand_as(x))


def open_gates(lstm: nn.LSTM) -> None:
    """A memory that starts open: forget gates near 0.73."""
    C = lstm.hidden_size
    with torch.no_grad():
        for name, bias in lstm.named_parameters():
            if name.startswith("bias_hh"):
                bias[C : 2 * C] = 1.0
