"""Transformer encoder: each token looks at both sides of a text, and guesses what was hidden.

    x = norm(x + Attention(x));   x = norm(x + MLP(x))
    nats = -ln p(w_t | the text, w_t and some others hidden)

Papers: Vaswani et al. 2017, "Attention Is All You Need", for the layers, and the defaults are its
own; Devlin et al. 2018, "BERT", for hiding tokens and guessing them.
Left out on purpose: guessing whether two sentences follow each other; showing a tenth of the hidden
tokens as they are and a tenth as others (80/10/10), which prepares for other tasks than this one.
Strong and weak: It sees both sides, so it is the choice for judging a text or filling a gap in it.
It cannot write on.

It reads a text of T + 1 tokens, that is the first input and the T targets, so it cannot write on,
and its figures do not compare with those of a model that does: it is surprised less, because it
sees what follows, and how long the text is.

Shapes: B batch, T time, C = n_embd channels, H heads, V vocabulary.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lm_core.errors import ContextTooLong
from lm_core.models.attention import make_mask
from lm_core.models.contract import IGNORED, models
from lm_core.models.costs import Costs, Term
from lm_core.models.heads import make_head
from lm_core.models.layers import rms_norm
from lm_core.models.network import Network
from lm_core.models.positions import Positions, start_embedding
from lm_core.models.stack_costs import STACK, block_terms, end_terms, stack_letters, table_terms
from lm_core.models.tracing import record
from lm_core.models.transformer import Block, TransformerSettings, norm_of
from lm_core.settings import another, setting

EVERY = 7  # a model that is asked, not trained, has every seventh token hidden: BERT's 15 %


@dataclass(frozen=True)
class PaperSettings(TransformerSettings):
    """The settings of a Transformer, and the choices of 2017 as defaults."""

    position: str = another(TransformerSettings, "position", default="sinusoidal")
    qk_norm: bool = another(TransformerSettings, "qk_norm", default=False)
    activation: str = another(TransformerSettings, "activation", default="relu")
    norm: str = another(TransformerSettings, "norm", default="layer")
    norm_place: str = another(TransformerSettings, "norm_place", default="after")
    bias: bool = another(TransformerSettings, "bias", default=True)


@dataclass(frozen=True)
class EncoderSettings(PaperSettings):
    """Sizes and parts of an encoder, and how much is hidden from it."""

    block_size: int = another(PaperSettings, "block_size", help="How much it reads at once.")
    masked: float = setting(
        0.15,
        title="Hidden share",
        low=0.01,
        high=0.95,
        help="Share of the tokens that are hidden, and guessed, while training.",
    )


class Stack(nn.Module):
    """Blocks on top of each other, in which every token may look at every other."""

    def __init__(self, s: PaperSettings) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(Block(s, causal=False) for _ in range(s.n_layer))
        # With the norm after each part the stream leaves the last block normed.
        self.norm = norm_of(s) if s.norm_place == "before" else None

    def forward(
        self,
        x: Tensor,
        *,
        padding: Tensor | None = None,
        rotary: tuple[Tensor, Tensor] | None = None,
        bias: Tensor | None = None,
    ) -> Tensor:
        """Embedded tokens (B, T, C) -> the same shape. padding (B, T) is True where there is no
        token: nobody looks there, and what comes out there means nothing."""
        T = x.size(1)
        mask = make_mask(T, T, x.device, causal=False, padding=padding, bias=bias)
        for block in self.blocks:
            x, _ = block(x, mask=mask, rotary=rotary)
        return x if self.norm is None else self.norm(x)


class Embedded(Network):
    """What the families of 2017 share: tables of tokens and of places, and the head.

    Args:
        places: the most tokens in one text.
    """

    settings: PaperSettings

    def __init__(self, settings: PaperSettings, vocab_size: int, *, places: int) -> None:
        super().__init__(settings, vocab_size)
        s = settings
        self.embedding = nn.Embedding(vocab_size, s.n_embd)
        self.positions = Positions(s.position, places, s.n_embd, s.n_head, s.rotary_base)
        self.head = make_head(s.head, s.n_embd, vocab_size, bias=False)
        start_embedding(self.embedding, self.positions, tied=s.tied)
        if s.tied:
            self.head.weight = self.embedding.weight

    @property
    def context_size(self) -> int:
        return self.settings.block_size

    def placed(self, x: Tensor, start: int = 0) -> Tensor:
        """Vectors of tokens (B, T, C) that stand at start, start + 1, ... -> what the first block
        reads: with their places, and while training with dropout."""
        x = self.positions.add(x, start)
        x = rms_norm(x) if self.settings.norm == "rms" else x
        return F.dropout(x, self.settings.dropout, self.training)

    def must_fit(self, tokens: int, most: int) -> None:
        """Raises ContextTooLong where they do not."""
        if tokens > most:
            raise ContextTooLong(
                f"{tokens} tokens do not fit this model's context of {most}: "
                "give fewer, or train with a larger block_size."
            )


@models.register(
    "encoder",
    title="Transformer encoder",
    idea="Hide some tokens of a text and guess each from what stands on both sides of it.",
    paper="Devlin et al. 2018, BERT; Vaswani et al. 2017, Attention Is All You Need",
    settings=EncoderSettings,
    order=85,
)
class Encoder(Embedded):
    """Encoder-only Transformer. Logits are about the token at the place itself; there is no state.

    `mask_id`, which is V, stands for a hidden token in what it reads; it is never guessed. The
    guess is learned at hidden places alone: at others it need not be what stands there.
    """

    tasks = ("fill-gap", "text-class", "text-value")
    causal = False
    draws = True  # which tokens it hides

    def __init__(self, settings: EncoderSettings, vocab_size: int) -> None:
        super().__init__(settings, vocab_size, places=settings.block_size + 1)
        self.stack = Stack(settings)
        self.mask = nn.Parameter(torch.empty(settings.n_embd))  # one more row of the embedding
        nn.init.normal_(self.mask, std=settings.n_embd**-0.5)

    def costs(self, rows: int = 1) -> Costs:
        s, letters = self.settings, stack_letters(self.settings, self.vocab_size)
        terms = [
            *table_terms(s, "T + 1"),
            Term("hidden token", "C"),
            *block_terms(s, masked=True),
            *end_terms(s, letters, rows),
        ]
        return Costs(letters, STACK, tuple(terms))

    @property
    def mask_id(self) -> int:
        """The id of a hidden token."""
        return self.vocab_size

    def read(self, idx: Tensor, *, padding: Tensor | None = None) -> Tensor:
        """A vector for each token that has seen the whole text.

        Args:
            idx: (B, T) ids, `mask_id` for hidden ones; T at most block_size + 1.
            padding: (B, T) bool, True where there is no token; what `idx` holds there is not read.

        Returns:
            (B, T, C); without meaning at padding.
        """
        T = idx.size(1)
        self.must_fit(T, self.settings.block_size + 1)
        hidden = idx == self.mask_id
        x = self.embedding(idx.masked_fill(hidden, 0))  # (B, T, C)
        x = self.placed(torch.where(hidden.unsqueeze(-1), self.mask.to(x.dtype), x))
        record(self, "stream", x)
        rotary, bias = self.positions.rotary(0, T), self.positions.bias(T, T)
        return self.stack(x, padding=padding, rotary=rotary, bias=bias)

    def hidden(self, idx: Tensor, state: None = None) -> tuple[Tensor, None]:
        return self.read(idx), None

    def nats(self, idx: Tensor, targets: Tensor, state: None = None) -> tuple[Tensor, None]:
        """Surprise of the targets (B, T) while they are hidden.

        The text is the first of `idx` and then the targets; targets that are not asked for are
        shown as `idx` has them where others follow, and are padding at the end. While training a
        random share of the targets is asked for (at least one a row), and their nats count for
        all: the sum over the number of targets is the mean surprise of a hidden token. Otherwise
        each target is asked for once, in the one of `EVERY` readings in which it is hidden.
        """
        asked = targets != IGNORED
        text, padding = whole_text(idx, targets)
        if not self.training:
            return self.head.nats(self._unseen(asked, text, padding), targets), None
        hidden = draw(asked, self.settings.masked)
        x = self._read_with(hidden, text, padding)
        nats = self.head.nats(x, targets.where(hidden, IGNORED))
        return nats * (asked.sum() / hidden.sum().clamp(min=1)), None

    def guesses(self, idx: Tensor, targets: Tensor) -> Tensor:
        """Logits (B, T, V) of what could stand in the place of each target, while it is hidden;
        the surprise of the targets under them is `nats`."""
        return self.head(self._unseen(targets != IGNORED, *whole_text(idx, targets)))

    def _unseen(self, asked: Tensor, text: Tensor, padding: Tensor) -> Tensor:
        """(B, T, C), the vector of every token of `text` but the first, from the one of `EVERY`
        readings in which it is hidden if it is `asked` for."""
        x, place = None, torch.arange(asked.size(1), device=text.device)
        for turn in range(min(EVERY, asked.size(1))):
            hidden = asked & (place % EVERY == turn)
            y = self._read_with(hidden, text, padding)
            x = y if x is None else torch.where(hidden.unsqueeze(-1), y, x)
        return x

    def _read_with(self, hidden: Tensor, text: Tensor, padding: Tensor) -> Tensor:
        """(B, T, C), the vector of every token of `text` (B, T + 1) but the first, with those
        hidden where `hidden` (B, T) is True."""
        hidden = F.pad(hidden, (1, 0))  # the first is never asked for
        return self.read(text.masked_fill(hidden, self.mask_id), padding=padding)[:, 1:]


def whole_text(idx: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """Inputs and targets (B, T) as one text (B, T + 1), and where it is padding (bool)."""
    asked = targets != IGNORED
    # A target that is not asked for is read again where one that is comes later; else it is none.
    follows = asked.flip(1).cumsum(1).flip(1) > 0
    shown = torch.cat([idx[:, 1:], idx[:, -1:]], dim=1)
    text = torch.cat([idx[:, :1], targets.where(asked, shown)], dim=1)
    return text, F.pad(~follows, (1, 0))


def draw(asked: Tensor, share: float) -> Tensor:
    """A random `share` of what is True in `asked` (B, T), at least one a row that has any."""
    chance = torch.rand(asked.shape, device=asked.device).masked_fill(~asked, 2.0)
    least = chance.amin(dim=1, keepdim=True)
    return asked & ((chance < share) | (chance == least))
