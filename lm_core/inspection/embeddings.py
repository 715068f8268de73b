"""The vectors that stand for tokens: where a model keeps them, which are near each other, and what
kind of token each is.

    for table in token_tables(model, codec):       # two of a translator
        table.vectors                              # (N, C), a row a token
        table.texts[3], table.labels[3]            # what it is, and how to show it

Shapes: N tokens, C numbers of each.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lm_core.codec import Codec
from lm_core.codecs import LabelCodec, PairCodec
from lm_core.inspection.units import VOWELS
from lm_core.models.contract import Model
from lm_core.tokenizers import Tokenizer

NOTHING = "(nothing)"  # before a text: a learned vector that is no token
SOURCE = "source_embedding"  # the table of a model that reads another text

COSINE, EUCLID = MEASURES = "cosine", "euclid"

# What a token is, told by its text alone: the first that holds.
KINDS = {
    "boundary": "boundary, or no token",
    "blank": "blank or line end",
    "digit": "with a digit",
    "mark": "mark as , or .",
    "capital": "with a capital",
    "vowel": "vowel: a e i o u",
    "consonant": "consonant",
    "begins": "begins with a blank",
    "other": "other letters",
}


@dataclass(frozen=True, eq=False)
class TokenTable:
    """The embedding of a vocabulary."""

    name: str  # of the module that holds it
    title: str
    vectors: Tensor  # (N, C) float32 on the CPU
    texts: tuple[str, ...]  # N; "" of what is no text
    labels: tuple[str, ...]  # N, each to be seen
    kinds: tuple[str, ...]  # N of KINDS


def embeds(model: Model) -> bool:
    """Whether a model has a vector for each token."""
    return bool(_modules(model))


def token_tables(model: Model, codec: Codec) -> list[TokenTable]:
    """Every embedding of tokens that a model has; none where it only counts."""
    found = []
    for name, module in _modules(model).items():
        tokenizer, title = _side(codec, name)
        if tokenizer is None:
            continue
        vectors = module.weight.detach().float().cpu()
        labels = [tokenizer.token_text(id) for id in range(tokenizer.vocab_size)]
        texts = [tokenizer.decode([id]) for id in range(tokenizer.vocab_size)]
        texts[tokenizer.boundary_id] = ""
        spare = len(vectors) - len(texts)  # of a window that reaches over the beginning
        texts += [""] * spare
        kinds = [kind_of(text) for text in texts]
        labels += [NOTHING] * spare
        found.append(TokenTable(name, title, vectors, tuple(texts), tuple(labels), tuple(kinds)))
    return found


def _modules(model: Model) -> dict[str, nn.Embedding]:
    children = model.registered.named_children()
    return {name: module for name, module in children if isinstance(module, nn.Embedding)}


def _side(codec: Codec, name: str) -> tuple[Tokenizer | None, str]:
    """What cuts the tokens of a table, and what they are."""
    if isinstance(codec, PairCodec):
        first, second = codec.sides
        return (codec.source, first) if name == SOURCE else (codec.target, second)
    if isinstance(codec, LabelCodec):
        return codec.tokenizer, "tokens"
    return (codec, "tokens") if isinstance(codec, Tokenizer) else (None, "")


def kind_of(text: str) -> str:
    """The name in KINDS of a token with this text; "" is the boundary. An accent changes nothing: é
    is a vowel. y counts as a consonant."""
    bare = text.strip()
    if not text:
        return "boundary"
    if not bare:
        return "blank"
    if any(map(str.isdigit, text)):
        return "digit"
    if not any(map(str.isalpha, text)):
        return "mark"
    if any(map(str.isupper, text)):
        return "capital"
    letter = unicodedata.normalize("NFD", text)[0]
    if len(unicodedata.normalize("NFC", text)) == 1 and "a" <= letter <= "z":
        return "vowel" if letter in VOWELS else "consonant"
    return "begins" if text[0].isspace() else "other"


def similarities(vectors: Tensor, to: Tensor, measure: str = COSINE) -> Tensor:
    """How near every vector (N, C) is to others (M, C): (M, N), more is nearer. The cosine of the
    angle, 0 with a vector of zeros; or minus the distance of Euclid."""
    if measure == COSINE:
        return F.normalize(to, dim=-1) @ F.normalize(vectors, dim=-1).T
    return -torch.cdist(to, vectors)  # (M, N)


def neighbours(
    vectors: Tensor, id: int, k: int = 10, measure: str = COSINE
) -> list[tuple[int, float]]:
    """The k tokens nearest to one, the nearest first, with their cosine or distance."""
    near = similarities(vectors, vectors[id : id + 1], measure)[0]  # (N,)
    near[id] = -torch.inf
    best = near.topk(min(k, len(near) - 1))
    sign = 1.0 if measure == COSINE else -1.0
    return [(i, sign * v) for i, v in zip(best.indices.tolist(), best.values.tolist(), strict=True)]


def of_kinds(kinds: Sequence[str], *wanted: str) -> Tensor:
    """(N,) the places of tokens of these kinds."""
    return torch.tensor([i for i, kind in enumerate(kinds) if kind in wanted], dtype=torch.int64)
