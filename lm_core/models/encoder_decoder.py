"""Encoder-decoder: one Transformer reads a text from both sides, another writes the next from it.

    memory = [nothing, Encoder(source)]
    x = norm(x + Attention(x));   x = norm(x + Attention(x, memory));   x = norm(x + MLP(x))

Paper: Vaswani et al. 2017, "Attention Is All You Need", which translates so; the defaults are its
own, and one table reads the tokens of both texts unless the source has a vocabulary of its own.
Strong and weak: It is the choice for turning one text into another: it reads the source from both
sides and looks at it before each word. Without a source half of it is idle.

    logits = model.answer(source, target)       # one text to another, as in the paper
    memory = model.encode(source)               # the same in two steps
    logits = model.decode(target, memory)

A plain text becomes such a pair when it is cut in two: while the first S tokens are written there
is no source, only a learned vector that stands for "nothing before"; all further ones are written
from what the encoder makes of the first S. The decoder looks back to the cut and no further, so
what it knows of the first part has come through the memory. Nobody looks ahead: logits t < S know
tokens 0 to t, and those from S on know the source, which is past by then.

Shapes: B batch, T time, S tokens of the source, C = n_embd channels, H heads, V vocabulary.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lm_core.errors import BadSettings
from lm_core.models.attention import Cache, causal_mask, make_mask
from lm_core.models.contract import models
from lm_core.models.costs import Costs, Term
from lm_core.models.encoder import Embedded, PaperSettings, Stack
from lm_core.models.heads import head_terms
from lm_core.models.layers import start_linear
from lm_core.models.positions import start_embedding
from lm_core.models.recomputing import recomputable
from lm_core.models.stack_costs import (
    STACK,
    block_terms,
    keys,
    last_norm,
    stack_letters,
    table_terms,
)
from lm_core.models.tracing import Trace, record, trace
from lm_core.models.transformer import Block, make_attention, norm_of
from lm_core.models.translating import Translates, Writing, unpadded
from lm_core.settings import another, setting

KeysValues = list[tuple[Tensor, Tensor]]  # for each layer two (B, G, tokens, D)


@dataclass(frozen=True)
class EncoderDecoderSettings(PaperSettings):
    """Sizes and parts of an encoder-decoder."""

    n_layer: int = another(
        PaperSettings,
        "n_layer",
        default=2,
        help="Blocks of the encoder, and as many of the decoder.",
    )
    source: int = setting(
        0,
        title="Source",
        low=0,
        high=8191,
        unit="tokens",
        help="How many tokens at the beginning the encoder reads; 0 is half of the context.",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.source >= self.block_size:
            raise BadSettings(
                f"source ({self.source}) must be less than block_size ({self.block_size}), "
                "so that something is left to write.",
                "source",
                "block_size",
            )

    @property
    def cut(self) -> int:
        """S, where the second part of a text begins."""
        return self.source or self.block_size // 2


# The base model of the paper, which has one vocabulary of about 37,000 for both languages and names
# no longest text.
PAPER = EncoderDecoderSettings(
    n_layer=6, n_head=8, n_embd=512, block_size=1024, dropout=0.1, tied=True
)


class DecoderBlock(Block):
    """A block with an attention to the memory between its two halves."""

    def __init__(self, s: PaperSettings) -> None:
        super().__init__(s)
        self.cross = make_attention(s, causal=False, cross=True)
        self.norm_cross = norm_of(s)
        if not s.residual:
            start_linear(self.cross.out)

    @recomputable
    def forward(
        self,
        x: Tensor,
        *,
        memory: Tensor | None,
        memory_mask: Tensor | None,
        memory_past: tuple[Tensor, Tensor] | None,
        mask: Tensor | None = None,
        rotary: tuple[Tensor, Tensor] | None = None,
        past: tuple[Tensor, Tensor] | None = None,
        start: int = 0,
    ) -> tuple[Tensor, tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
        """x (B, T, C) -> the same shape, and the keys and values of x and of the memory."""
        y, own = self.attention(
            self.before(self.norm_attention, x), mask=mask, rotary=rotary, past=past, start=start
        )
        x = self.after(self.norm_attention, x, y)  # (B, T, C)
        y, kv = self.cross(
            self.before(self.norm_cross, x), memory=memory, mask=memory_mask, past=memory_past
        )
        x = self.after(self.norm_cross, x, y)  # (B, T, C)
        return self.add_mlp(x), own, kv


class Decoder(nn.Module):
    """Blocks that look back at their own text, and at a memory."""

    def __init__(self, s: PaperSettings) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(DecoderBlock(s) for _ in range(s.n_layer))
        self.norm = norm_of(s) if s.norm_place == "before" else None

    def forward(
        self,
        x: Tensor,
        memory: Tensor | None,
        *,
        memory_mask: Tensor | None = None,
        memory_past: KeysValues | None = None,
        past: KeysValues | None = None,
        mask: Tensor | None = None,
        rotary: tuple[Tensor, Tensor] | None = None,
        start: int = 0,
    ) -> tuple[Tensor, KeysValues, KeysValues]:
        """Embedded tokens (B, T, C) and memory (B, M, C) -> (B, T, C), and the keys and values of
        both; with `memory_past`, which are those of the memory, it is not needed again.

        Args:
            memory_mask: bool, True where a token may look at the memory; fits (B, H, T, M).
            past: buffers for the keys and values of x, as in `Attention`.
            mask, rotary, start: of the attention to the own text, as in `Attention`.
        """
        none = [None] * len(self.blocks)
        own, kvs = [], []
        for block, before, known in zip(
            self.blocks, past or none, memory_past or none, strict=True
        ):
            x, kv, memory_kv = block(
                x,
                memory=memory,
                memory_mask=memory_mask,
                memory_past=known,
                past=before,
                mask=mask,
                rotary=rotary,
                start=start,
            )
            own.append(kv)
            kvs.append(memory_kv)
        return x if self.norm is None else self.norm(x), own, kvs


@dataclass(frozen=True)
class Reading:
    """What was read of a text: the state of an `EncoderDecoder`."""

    own: Cache  # of the decoder over all tokens, both parts
    memory: KeysValues  # of "nothing before", and from token S on of the source too
    source: Tensor  # (B, at most S) ids

    def pick(self, rows: Tensor) -> "Reading":
        """That of these rows of the batch (K,)."""
        memory = [(k[rows], v[rows]) for k, v in self.memory]
        return Reading(self.own.pick(rows), memory, self.source[rows])


@models.register(
    "encoder-decoder",
    title="Encoder-decoder",
    idea="One part reads the beginning from both sides, the other writes on and looks at it.",
    paper="Vaswani et al. 2017, Attention Is All You Need",
    settings=EncoderDecoderSettings,
    order=87,
)
class EncoderDecoder(Translates, Embedded):
    """The Transformer of 2017. The state is a `Reading`; the memory is made once, at token S.

    Args:
        vocab_size: V, of what is written.
        source_size: of what the encoder reads; None is the same vocabulary, in the same table. With
            a table of its own the model translates, and reads no plain text.
    """

    tasks = ("next-token", "translation")

    def __init__(
        self, settings: EncoderDecoderSettings, vocab_size: int, source_size: int | None = None
    ) -> None:
        super().__init__(settings, vocab_size, places=settings.block_size)
        self.source_size, self.source_embedding = source_size, None
        if source_size is not None:
            self.source_embedding = nn.Embedding(source_size, settings.n_embd)
            start_embedding(self.source_embedding, self.positions, tied=settings.tied)
        self.encoder = Stack(settings)
        self.decoder = Decoder(settings)
        self.nothing = nn.Parameter(torch.randn(settings.n_embd))  # of the size of a normed vector

    def costs(self, rows: int = 1) -> Costs:
        """Of one that translates, for each token of a target of T, the source being as long; of one
        that reads plain text, for each of its T tokens, the first S of which the encoder reads."""
        s, letters = self.settings, stack_letters(self.settings, self.vocab_size)
        meaning, source = STACK | {"S": "source"}, []
        letters["S"] = s.cut
        if self.source_size is not None:
            letters |= {"S": s.block_size, "U": self.source_size}
            meaning |= {"S": "tokens of the source", "U": "vocabulary of the source"}
            source = [Term("table of the source", "U*C")]
        cache = Term("cache", state=f"2*{keys(s)}*(T + 1 + S)", times="L")
        terms = [
            *source,
            *table_terms(s, "T"),
            Term("nothing before", "C"),
            *block_terms(s, of="encoder: ", seen="S", share="S/T", tokens=letters["S"]),
            *last_norm(s, of="encoder: ", share="S/T"),
            *block_terms(s, of="decoder: ", cross="S + 1", tokens=letters["S"]),
            *last_norm(s, of="decoder: "),
            cache,
            *head_terms(s.head, "C", letters, rows, bias=False, tied=s.tied),
        ]
        return Costs(letters, meaning, tuple(terms))

    def encode(self, source: Tensor, padding: Tensor | None = None) -> Tensor:
        """Ids (B, S) -> memory (B, 1 + S, C), the first of which is "nothing before".

        Args:
            padding: (B, S) bool, True where there is no token.
        """
        nothing = self.nothing.expand(len(source), 1, -1)
        S = source.size(1)
        if S == 0:
            return nothing
        self.must_fit(S, self.settings.block_size)
        rotary, bias = self.positions.rotary(0, S), self.positions.bias(S, S)
        x = self.placed((self.source_embedding or self.embedding)(source))  # (B, S, C)
        x = self.encoder(x, padding=padding, rotary=rotary, bias=bias)
        return torch.cat([nothing.to(x.dtype), x], dim=1)

    def decode(
        self,
        target: Tensor,
        memory: Tensor,
        padding: Tensor | None = None,
        *,
        start: int = 0,
        causal: bool = True,
    ) -> Tensor:
        """Ids (B, T) that were written so far, -1 is padding -> logits (B, T, V) of the one after
        each.

        Args:
            memory, padding: what `encode` returned, and what it was given.
            start: the place of the first of them.
            causal: False takes the mask away, so that each token sees those after it too. No model
                is trained so: it would copy.
        """
        T, device = target.size(1), target.device
        end = start + T
        self.must_fit(end, self.settings.block_size)
        ids, missing = unpadded(target)
        # Nobody looks ahead to the padding at the end, unless the mask is taken away.
        missing = None if causal else missing
        bias = self.positions.bias(T, T)
        x = self.placed(self.embedding(ids), start)  # (B, T, C)
        record(self, "stream", x)
        x, _, _ = self.decoder(
            x,
            memory,
            memory_mask=memory_mask(T, padding),
            mask=make_mask(T, T, device, causal=causal, padding=missing, bias=bias),
            rotary=self.positions.rotary(start, end),
        )
        return self.head(x)

    def answer(self, source: Tensor, target: Tensor, *, causal: bool = True) -> Tensor:
        ids, padding = unpadded(source)
        return self.decode(target, self.encode(ids, padding), padding, causal=causal)

    def writing(self, source: Tensor) -> "DecoderWriting":
        return DecoderWriting(self, source)

    def hidden(self, idx: Tensor, state: Reading | None = None) -> tuple[Tensor, Reading]:
        if self.source_embedding is not None:
            raise BadSettings("This model reads two vocabularies: it translates, and does no more.")
        s, S = self.settings, self.settings.cut
        begin = 0 if state is None else state.own.length
        end = begin + idx.size(1)
        self.must_fit(end, s.block_size)
        source = idx[:, :S] if state is None else torch.cat([state.source, idx], dim=1)[:, :S]
        memory, known = None, None if state is None else state.memory
        if state is None or begin <= S < end:  # the first part begins, or the second
            memory, known = self.encode(source if end > S else source[:, :0]), None
        x = self.placed(self.embedding(idx), begin)
        record(self, "stream", x)
        mask, memory_mask = self._masks(begin, end, idx.device)
        x, layers, kvs = self.decoder(
            x,
            memory,
            memory_mask=memory_mask,
            memory_past=known,
            mask=mask,
            rotary=self.positions.rotary(begin, end),
            past=None if state is None else state.own.grown(s.block_size).layers,
            start=begin,
        )
        return x, Reading(Cache(layers, end), kvs, source)

    def _masks(
        self, begin: int, end: int, device: torch.device
    ) -> tuple[Tensor | None, Tensor | None]:
        """What tokens begin to end - 1 may look at: of the text (T, end), of the memory
        (T, 1 + S). None where that is all that comes before, and all there is."""
        S, T = self.settings.cut, end - begin
        bias = self.positions.bias(T, end)
        if end <= S:
            return make_mask(T, end, device, causal=True, bias=bias), None
        second = torch.arange(end, device=device) >= S  # tokens of the second part
        mask = causal_mask(T, end, device) & (second[begin:, None] == second)
        nothing = torch.arange(1 + S, device=device) == 0
        memory_mask = None if begin >= S else second[begin:, None] | nothing
        return mask if bias is None else bias.masked_fill(~mask, float("-inf")), memory_mask


class DecoderWriting(Writing):
    """The decoder one token at a time, the keys and values of both texts kept here."""

    def __init__(self, model: EncoderDecoder, source: Tensor) -> None:
        ids, self.padding = unpadded(source)
        self.model, self.memory = model, model.encode(ids, self.padding)
        self.known: KeysValues | None = None  # of the memory, once there was a step
        self.own: Cache | None = None  # of what was written
        self.looked: Tensor | None = None  # `cross`
        self.trace = Trace(model)

    def step(self, ids: Tensor) -> Tensor:
        with trace(self.model, into=self.trace):  # attention tells its weights where somebody looks
            logits = self._step(ids)
        names = (f"decoder.blocks.{n}.cross.weights" for n in range(self.model.settings.n_layer))
        weights = torch.stack([self.trace[name] for name in names], dim=1)  # (B, layers, H, 1, 1+S)
        self.looked = weights[..., 0, 1:]
        return logits

    def _step(self, ids: Tensor) -> Tensor:
        model, t = self.model, 0 if self.own is None else self.own.length
        model.must_fit(t + 1, model.settings.block_size)
        x, layers, self.known = model.decoder(
            model.placed(model.embedding(ids).unsqueeze(1), t),  # (B, 1, C)
            self.memory,
            memory_mask=memory_mask(1, self.padding),
            memory_past=self.known,
            mask=make_mask(1, t + 1, ids.device, causal=True, bias=model.positions.bias(1, t + 1)),
            rotary=model.positions.rotary(t, t + 1),
            past=None if self.own is None else self.own.layers,
            start=t,
        )
        self.own = Cache(layers, t + 1).grown(room(t + 1))
        return model.head(x)[:, 0]

    def pick(self, rows: Tensor) -> None:
        self.memory, self.padding = self.memory[rows], self.padding[rows]
        if self.own is not None:
            self.own = self.own.pick(rows)
            self.known = [(k[rows], v[rows]) for k, v in self.known]
        self.looked = None if self.looked is None else self.looked[rows]

    @property
    def alignment(self) -> Tensor | None:
        """The mean over the heads of the last layer. What is missing to 1 went to "nothing"."""
        return None if self.looked is None else self.looked[:, -1].mean(dim=1)

    @property
    def cross(self) -> Tensor | None:
        return self.looked


def memory_mask(T: int, padding: Tensor | None) -> Tensor | None:
    """Which of the memory T tokens may look at, with the padding (B, S) of the source; None is
    all. "Nothing before" is always there."""
    if padding is None:
        return None
    padding = F.pad(padding, (1, 0))  # (B, 1 + S)
    return make_mask(T, padding.size(1), padding.device, causal=False, padding=padding)


def room(tokens: int) -> int:
    """A capacity that is enough for one more: the next power of 2, so that buffers seldom grow."""
    return 1 << tokens.bit_length()
