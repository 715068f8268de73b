"""Byte-level byte-pair encoding, trained on the corpus with Hugging Face `tokenizers`.

Starts from the 256 bytes and merges the most frequent neighbouring pair, again and again, until
the vocabulary is full: frequent words become one token, and nothing is ever unknown.
Paper: Sennrich et al. 2016, "Neural Machine Translation of Rare Words with Subword Units";
bytes as in GPT-2 (Radford et al. 2019).
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from tokenizers import Tokenizer as Engine
from tokenizers import decoders, pre_tokenizers, trainers
from tokenizers import models as engine_models

from lm_core.settings import Settings, setting
from lm_core.tokenizers.tokenizer import Tokenizer, string_list, tokenizers
from lm_core.visible import visible

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
class BPETokenizer(Tokenizer):
    """Only the vocabulary and the merges are stored; the engine is rebuilt from them."""

    name = "bpe"
    packages = ("tokenizers",)

    def __init__(self, tokens: Sequence[str], merges: Sequence[tuple[str, str]]) -> None:
        self.tokens, self.merges = list(tokens), [tuple(m) for m in merges]
        ids = {token: i for i, token in enumerate(self.tokens)}
        self._engine = _engine(engine_models.BPE(vocab=ids, merges=self.merges))
        self._engine.add_special_tokens([BOUNDARY])
        self.vocab_size = len(self.tokens)
        self.boundary_id = ids[BOUNDARY]
        # The engine would read the boundary's name in plain text as the token itself.
        self._engine.encode_special_tokens = True

    def __repr__(self) -> str:
        return f"BPETokenizer({self.vocab_size} tokens)"

    @classmethod
    def _train(
        cls, texts: Sequence[str], settings: BPESettings | None, *, items: bool
    ) -> "BPETokenizer":
        settings = settings or BPESettings()
        engine = _engine(engine_models.BPE())
        trainer = trainers.BpeTrainer(
            vocab_size=settings.vocab_size,
            special_tokens=[BOUNDARY],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        )
        engine.train_from_iterator(map(_sendable, texts), trainer)
        vocab = engine.get_vocab()
        merges = _merges(engine)
        return cls(sorted(vocab, key=vocab.__getitem__), merges)

    def _encode(self, text: str, skip_unknown: bool) -> np.ndarray:
        return np.array(self._engine.encode(_sendable(text)).ids, dtype=np.int64)

    def _encode_many(self, texts: Sequence[str], skip_unknown: bool) -> list[np.ndarray]:
        batch = self._engine.encode_batch_fast([_sendable(text) for text in texts])
        return [np.array(encoding.ids, dtype=np.int64) for encoding in batch]

    def _untold(self, text: str, ids: np.ndarray) -> Counter[str]:
        return Counter()  # every byte has a token

    def decode(self, ids: Iterable[int]) -> str:
        text, run = "", []
        for id in ids:
            if id == self.boundary_id:
                text, run = text + self._engine.decode(run) + "\n", []
            else:
                run.append(int(id))
        return text + self._engine.decode(run)

    def token_text(self, id: int) -> str:
        if id == self.boundary_id:
            return "⏎"
        text = self._engine.decode([id])
        if "\ufffd" in text:  # some bytes of a letter that has more
            data = bytes(_BYTES.get(char, 0) for char in self.tokens[id])
            text = data.decode("utf-8", "surrogateescape")
        return visible(text)

    def token_bytes(self, id: int) -> bytes:
        """The bytes that a token stands for, the boundary a newline.

        Raises:
            ValueError: a token that was not made of bytes, in a vocabulary from elsewhere.
        """
        if id == self.boundary_id:
            return b"\n"
        try:
            return bytes(_BYTES[char] for char in self.tokens[id])
        except KeyError:
            raise ValueError(f"This vocabulary has a token that is no bytes, {id}") from None

    def _to_dict(self) -> dict[str, Any]:
        return {"kind": self.name, "tokens": self.tokens, "merges": [list(m) for m in self.merges]}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "BPETokenizer":
        tokens = string_list(data["tokens"])
        known = set(tokens)
        if not {BOUNDARY, *pre_tokenizers.ByteLevel.alphabet()} <= known or len(tokens) > 65_536:
            raise ValueError("a BPE vocabulary holds the boundary, every byte, 65,536 at most")
        merges, known = data["merges"], known - {BOUNDARY}
        if not isinstance(merges, list) or not all(_is_merge(merge, known) for merge in merges):
            raise ValueError("a merge is two tokens of the vocabulary whose union is a third")
        return cls(tokens, merges)


def _is_merge(merge: Any, known: set[str]) -> bool:
    if not isinstance(merge, list) or len(merge) != 2:
        return False
    if not all(isinstance(part, str) and part for part in merge):
        return False
    return {*merge, merge[0] + merge[1]} <= known


def _byte_signs() -> dict[str, int]:
    """The byte that each sign of the alphabet stands for, as in GPT-2: itself where it is printed,
    else the next free one above them."""
    printed = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printed]
    return {chr(b): b for b in printed} | {chr(256 + n): b for n, b in enumerate(others)}


_BYTES = _byte_signs()


def _engine(model: Any) -> Engine:
    engine = Engine(model)
    engine.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    engine.decoder = decoders.ByteLevel()
    return engine


def _merges(engine: Engine) -> list[tuple[str, str]]:
    merges = json.loads(engine.to_str())["model"]["merges"]
    return [tuple(m) if isinstance(m, list) else tuple(m.split(" ")) for m in merges]


def _sendable(text: str) -> str:
    """`text` without lone surrogates, which UTF-8 cannot carry to the engine."""
    return text.encode("utf-8", "replace").decode()
