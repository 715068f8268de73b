"""Byte-level byte-pair encoding, trained on the corpus with Hugging Face `tokenizers`.

Starts from the 256 bytes and merges the most frequent neighbouring pair, again and again, until
the vocabulary is full: frequent words become one token, and nothing is ever unknown.
Paper: Sennrich et al. 2016, "Neural Machine Translation of Rare Words with Subword Units";
bytes as in GPT-2 (Radford et al. 2019).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tokenizers import Tokenizer as Engine
from tokenizers import models as engine_models
from tokenizers import trainers

from lm_core.settings import Settings, setting
from lm_core.tokenizers.byte_level import (
    ALPHABET,
    LONGEST,
    ByteLevelTokenizer,
    checked_tokens,
    engine_of,
    sendable,
)
from lm_core.tokenizers.tokenizer import string_list, tokenizers

BOUNDARY = "<|endoftext|>"


@dataclass(frozen=True)
class BPESettings(Settings):
    """How far to merge."""

    vocab_size: int = setting(
        4096, title="Vocabulary", low=257, high=65_536, unit="tokens", help="Merging stops here."
    )


@tokenizers.register(
    "bpe",
    title="Byte pairs (BPE)",
    idea="Frequent runs of letters become one token; rare words are spelled from pieces.",
    paper="Sennrich et al. 2016, Neural Machine Translation of Rare Words with Subword Units",
    settings=BPESettings,
    order=30,
)
class BPETokenizer(ByteLevelTokenizer):
    """The vocabulary and its merges, the one that was made first goes first.

    Args:
        digits: each digit is a token of its own, as in SmolLM2.
    """

    name = "bpe"

    def __init__(
        self, tokens: Sequence[str], merges: Sequence[tuple[str, str]], *, digits: bool = False
    ) -> None:
        self.merges, self.digits = [tuple(m) for m in merges], digits
        ids = {token: i for i, token in enumerate(tokens)}
        engine = engine_of(engine_models.BPE(vocab=ids, merges=self.merges), digits=digits)
        engine.add_special_tokens([BOUNDARY])
        # The engine would read the boundary's name in plain text as the token itself.
        engine.encode_special_tokens = True
        super().__init__(tokens, engine, BOUNDARY)

    @classmethod
    def _train(
        cls, texts: Sequence[str], settings: BPESettings | None, *, items: bool
    ) -> "BPETokenizer":
        settings = settings or BPESettings()
        engine = engine_of(engine_models.BPE(), longest=LONGEST)
        trainer = trainers.BpeTrainer(
            vocab_size=settings.vocab_size,
            special_tokens=[BOUNDARY],
            initial_alphabet=ALPHABET,
            show_progress=False,
        )
        engine.train_from_iterator(map(sendable, texts), trainer)
        vocab = engine.get_vocab()
        merges = merges_of(engine)
        return cls(sorted(vocab, key=vocab.__getitem__), merges)

    def _to_dict(self) -> dict[str, Any]:
        apart = ({"digits": True} if self.digits else {}) | (
            {"lacks": self.lacks} if self.lacks else {}
        )
        merges = [list(m) for m in self.merges]
        return {"kind": self.name, "tokens": self.tokens, "merges": merges, **apart}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "BPETokenizer":
        lacks = set(string_list(data["lacks"])) if "lacks" in data else set()
        tokens = checked_tokens(data["tokens"], [BOUNDARY, *(set(ALPHABET) - lacks)])
        merges, known = data["merges"], set(tokens) - {BOUNDARY}
        if not isinstance(merges, list) or not all(is_merge(merge, known) for merge in merges):
            raise ValueError("a merge is two tokens of the vocabulary whose union is a third")
        return cls(tokens, merges, digits=data.get("digits") is True)


def is_merge(merge: Any, known: set[str]) -> bool:
    """Whether it is two of the `known` tokens whose union is a third."""
    if not isinstance(merge, list) or len(merge) != 2:
        return False
    if not all(isinstance(part, str) and part for part in merge):
        return False
    return {*merge, merge[0] + merge[1]} <= known


def merges_of(engine: Engine) -> list[tuple[str, str]]:
    """What an engine has learned, the first first."""
    merges = json.loads(engine.to_str())["model"]["merges"]
    return [tuple(m) if isinstance(m, list) else tuple(m.split(" ")) for m in merges]
