"""The Transformer of the default recipe in plain PyTorch."""

from torch import nn
from torch.nn import functional as F

from lm_core.export.plain.about import BLOCK_SIZE, MODEL, VOCAB_SIZE
from lm_core.models.positions import both_halves, rotary_tables, rotate


def rms_norm(x):
    """x over its root mean square along the last dimension."""
    return F.rms_norm(x, (x.size(-1),), eps=1e-6)


def relu2(x):
    """max(0, x) squared."""
    return F.relu(x).square()


def start(layer):
    """Weights that keep the variance of what comes in."""
    bound = 3**0.5 * layer.in_features**-0.5
    nn.init.uniform_(layer.weight, -bound, bound)


class Attention(nn.Module):
    """Each token asks, every token before it answers, and it takes the weighted mean."""

    def __init__(self) -> None:
        super().__init__()
        C = MODEL["n_embd"]
        self.qkv = nn.Linear(C, 3 * C, bias=False)
        start(self.qkv)
        self.out = nn.Linear(C, C, bias=False)
        nn.init.zeros_(self.out.weight)  # adds nothing until it has learned something

    def forward(self, x, cos, sin):  # (B, T, C)
        B, T, C = x.size()
        H = MODEL["n_head"]
        q, k, v = self.qkv(x).view(B, T, 3 * H, C // H).transpose(1, 2).split(H, dim=1)
        q, k = rotate(rms_norm(q), cos, sin), rotate(rms_norm(k), cos, sin)  # (B, H, T, D)
        p = MODEL["dropout"] if self.training else 0.0
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True, dropout_p=p)
        return F.dropout(self.out(y.transpose(1, 2).flatten(2)), p)  # heads side by side again


class Block(nn.Module):
    """Attention, then a small network for each token alone; both add to the stream."""

    def __init__(self) -> None:
        super().__init__()
        C = MODEL["n_embd"]
        self.attention = Attention()
        self.up, self.down = nn.Linear(C, 4 * C, bias=False), nn.Linear(4 * C, C, bias=False)
        start(self.up)
        nn.init.zeros_(self.down.weight)

    def forward(self, x, cos, sin):
        x = x + self.attention(rms_norm(x), cos, sin)
        y = self.down(relu2(self.up(rms_norm(x))))
        return x + F.dropout(y, MODEL["dropout"], self.training)


class Model(nn.Module):
    """Embedding, blocks, and a linear layer that guesses the next token."""

    carries_state = False

    def __init__(self) -> None:
        super().__init__()
        C = MODEL["n_embd"]
        self.embedding = nn.Embedding(VOCAB_SIZE, C)
        cos, sin = both_halves(*rotary_tables(BLOCK_SIZE, C // MODEL["n_head"]))
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)
        self.blocks = nn.ModuleList(Block() for _ in range(MODEL["n_layer"]))
        # At first every token is as likely as any other: the loss begins at ln(number of tokens).
        self.head = nn.Linear(C, VOCAB_SIZE, bias=False)
        nn.init.zeros_(self.head.weight)

    def forward(self, idx, state=None):  # idx (B, T), T at most BLOCK_SIZE
        T = idx.size(1)
        x = F.dropout(rms_norm(self.embedding(idx)), MODEL["dropout"], self.training)  # (B, T, C)
        for block in self.blocks:
            x = block(x, self.cos[:T], self.sin[:T])
        return self.head(rms_norm(x)), None  # (B, T, V)


def outside_muon(model):
    """What Muon leaves to AdamW: the tables of tokens."""
    return [*model.embedding.parameters(), *model.head.parameters()]
