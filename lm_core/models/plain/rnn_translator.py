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
both ways; Luong, Pham and Manning 2015, "Effective Approaches to Attention-based NMT".
Left out on purpose: beam search, and the fused modules `nn.LSTM` and `nn.GRU`, which do what the
loops below do in one call.

Shapes: B batch, S source tokens, T target tokens, E = n_embd, C = n_hidden, V vocabulary.
"""

import math
import re
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

READS = {"none": "backward", "bahdanau": "both", "luong": "backward"}  # each as its paper does
State = tuple[Tensor, ...]  # h and c of an LSTM, h of a GRU, (B, C) each


class Cell(nn.Module):
    """What one layer does with one token, an LSTM or a GRU."""

    def __init__(self, kind: str, n_in: int, n_hidden: int) -> None:
        super().__init__()
        gates = 4 if kind == "lstm" else 3
        self.kind, self.n_hidden = kind, n_hidden
        self.W = nn.Parameter(torch.empty(gates * n_hidden, n_in))
        self.U = nn.Parameter(torch.empty(gates * n_hidden, n_hidden))
        self.b = nn.Parameter(torch.empty(gates * n_hidden))
        self.d = nn.Parameter(torch.empty(gates * n_hidden))
        bound = 1 / math.sqrt(n_hidden)  # so that a sum of C numbers is not larger than they are
        for weight in self.parameters():
            nn.init.uniform_(weight, -bound, bound)
        if kind == "lstm":  # it remembers at first: forget gates near 0.73
            nn.init.ones_(self.d.detach()[n_hidden : 2 * n_hidden])

    def forward(self, x: Tensor, state: State) -> State:
        """A token's vector (B, E) and the state before it -> the state after it."""
        h, of_x, of_h = state[0], x @ self.W.T + self.b, state[0] @ self.U.T + self.d
        if self.kind == "lstm":  # forget some of the memory, write something new, show some of it
            i, f, g, o = (of_x + of_h).chunk(4, dim=-1)  # (B, C) each
            c = torch.sigmoid(f) * state[1] + torch.sigmoid(i) * torch.tanh(g)
            return torch.sigmoid(o) * torch.tanh(c), c
        r, z = torch.sigmoid((of_x + of_h)[:, : 2 * h.size(1)]).chunk(2, dim=-1)  # (B, C) each
        n = torch.tanh(of_x.chunk(3, dim=-1)[2] + r * of_h.chunk(3, dim=-1)[2])
        return (z * h + (1 - z) * n,)  # keep each number, or renew it

    def read(self, x: Tensor, there: Tensor, *, backward: bool) -> tuple[Tensor, State]:
        """A text (B, S, E) from one end to the other -> h at each token (B, S, C), the last state.
        Where a row has no token its state stays as it is."""
        nothing = x.new_zeros(x.size(0), self.n_hidden)  # (B, C)
        state, h = (nothing, nothing) if self.kind == "lstm" else (nothing,), {}
        for t in sorted(range(x.size(1)), reverse=backward):
            after = self(x[:, t], state)
            pairs = zip(after, state, strict=True)
            state = tuple(torch.where(there[:, t : t + 1], new, old) for new, old in pairs)
            h[t] = state[0]
        return torch.stack([h[t] for t in sorted(h)], dim=1), state


class Attention(nn.Module):
    """Where the state of the writer finds something in what was read. P, Q and v as above."""

    def __init__(self, kind: str, n_hidden: int) -> None:
        super().__init__()
        adds, C = kind == "bahdanau", n_hidden
        self.asked = nn.Linear(C, C, bias=False) if adds else None  # P
        self.answered = nn.Linear(C, C, bias=adds)  # Q
        self.score = nn.Linear(C, 1, bias=False) if adds else None  # v

    def forward(self, s: Tensor, memory: Tensor, there: Tensor) -> tuple[Tensor, Tensor]:
        """The writer's h (B, C) and the reader's (B, S, C) -> what is found (B, C), and the weight
        of each token of the source (B, S)."""
        keys = self.answered(memory)  # (B, S, C)
        if self.score is None:
            scores = (keys @ s.unsqueeze(-1)).squeeze(-1)  # (B, S)
        else:
            sums = self.asked(s).unsqueeze(1) + keys  # (B, S, C)
            scores = self.score(torch.tanh(sums)).squeeze(-1)  # (B, S)
        weights = scores.masked_fill(~there, float("-inf")).softmax(dim=-1)  # each row sums to 1
        return (weights.unsqueeze(1) @ memory).squeeze(1), weights


class RnnTranslator(nn.Module):
    """A reader and a writer. One table reads the tokens of both texts, unless the source has a
    vocabulary of its own, of `source_size` tokens."""

    def __init__(
        self,
        vocab_size: int,
        source_size: int | None = None,
        cell: str = "lstm",
        attention: str = "none",
        n_layer: int = 1,
        n_embd: int = 128,
        n_hidden: int = 256,
        dropout: float = 0.0,
        reads: str = "auto",
    ) -> None:
        super().__init__()
        self.dropout, self.looks = dropout, attention
        self.reads, C = READS[attention] if reads == "auto" else reads, n_hidden
        self.embedding = nn.Embedding(vocab_size, n_embd)
        self.source_embedding = nn.Embedding(source_size, n_embd) if source_size else None
        # Both ways of reading have half of the cells, so that together they make one state.
        ways = 2 if self.reads == "both" else 1
        widths = [n_embd, *[C] * (n_layer - 1)]  # of what each layer reads
        self.encoder = nn.ModuleList(
            nn.ModuleList(Cell(cell, width, C // ways) for _ in range(ways)) for width in widths
        )
        widths[0] += C if attention == "bahdanau" else 0  # it reads what was found, too
        self.decoder = nn.ModuleList(Cell(cell, width, C) for width in widths)
        self.attention = Attention(attention, C) if attention != "none" else None
        self.mix = nn.Linear(2 * C, C, bias=False) if attention != "none" else None  # M
        self.head = nn.Linear(C, vocab_size)
        # At first every token is as likely as any other: the loss begins at ln V.
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def hide(self, x: Tensor) -> Tensor:
        return F.dropout(x, self.dropout, self.training)

    def encode(self, source: Tensor) -> tuple[Tensor, list[State]]:
        """Ids (B, S), -1 is padding -> a vector of each token (B, S, C), and the last states."""
        there, table = source >= 0, self.source_embedding or self.embedding
        x, states = self.hide(table(source.clamp(min=0))), []  # (B, S, E)
        for layer, cells in enumerate(self.encoder):
            x = self.hide(x) if layer else x
            ends = ("forward", "backward") if self.reads == "both" else (self.reads,)
            pairs = zip(cells, ends, strict=True)
            found = [cell.read(x, there, backward=end == "backward") for cell, end in pairs]
            x = torch.cat([h for h, _ in found], dim=-1)  # (B, S, C)
            parts = zip(*(state for _, state in found), strict=True)
            states.append(tuple(torch.cat(part, dim=-1) for part in parts))
        return x, states

    def forward(self, source: Tensor, target: Tensor) -> tuple[Tensor, Tensor | None]:
        """Ids (B, S) and (B, T), -1 is padding -> logits (B, T, V) of the token after each of the
        target, and where it looked for it (B, T, S)."""
        memory, states = self.encode(source)
        there, y, steps, looks = source >= 0, self.hide(self.embedding(target.clamp(min=0))), [], []
        for x in y.unbind(dim=1):  # (B, E), one token of the target after the other
            if self.looks == "bahdanau":  # looks, and then reads
                found, weights = self.attention(states[-1][0], memory, there)
                x = torch.cat([x, found], dim=-1)  # (B, E + C)
            for layer, cell in enumerate(self.decoder):
                states[layer] = cell(self.hide(x) if layer else x, states[layer])
                x = states[layer][0]  # (B, C)
            if self.looks == "luong":  # reads, and then looks
                found, weights = self.attention(x, memory, there)
            if self.looks != "none":
                x = torch.tanh(self.mix(torch.cat([x, found], dim=-1)))  # (B, C)
                looks.append(weights)
            steps.append(x)
        logits = self.head(self.hide(torch.stack(steps, dim=1)))  # (B, T, V)
        return logits, torch.stack(looks, dim=1) if looks else None

    def loss(self, source: Tensor, target: Tensor, wanted: Tensor) -> Tensor:
        """Mean surprise of the tokens (B, T) that are wanted after those of the target, in nats;
        -1 is none. It is shown the right target so far, whatever it would have written."""
        logits, _ = self(source, target)
        return F.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=-1)


if __name__ == "__main__":  # learns to turn words round: "memory" to "yromem"
    text = Path(__file__).read_text(encoding="utf-8")
    words = sorted(set(re.findall("[a-z]{3,8}", text)))
    # The letters are 1 to 26; 0 stands before a target and after it; -1 is padding.
    ids = [torch.tensor([ord(letter) - 96 for letter in word]) for word in words]
    source = nn.utils.rnn.pad_sequence(ids, batch_first=True, padding_value=-1)  # (N, 8)
    back = nn.utils.rnn.pad_sequence(
        [F.pad(word.flip(0), (0, 1)) for word in ids], batch_first=True, padding_value=-1
    )
    before = F.pad(back, (1, -1))  # (N, 9)
    model = RnnTranslator(27, attention="bahdanau", n_embd=32, n_hidden=64)
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    for step in range(101):
        rows = torch.randint(len(words), (32,))
        loss = model.loss(source[rows], before[rows], back[rows])
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        if step % 20 == 0:
            print(f"step {step}: {loss.item():.2f} nats a letter")
