"""Byte pairs as they were first used on text: merges of characters, not of bytes.

    The cat  ->  T h e | ▁ c a t  ->  The | ▁c at

Starts from the characters of the training text and merges the most frequent neighbouring pair. A
blank is written as ▁ and belongs to the word after it; a line break stands alone, and is the
boundary. What the training text did not hold, or seldom, is `<unk>`.

Paper: Sennrich et al. 2016, "Neural Machine Translation of Rare Words with Subword Units"; ▁ as in
SentencePiece (Kudo and Richardson 2018).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from tokenizers import Regex, pre_tokenizers, trainers
from tokenizers import Tokenizer as Engine
from tokenizers import models as engine_models

from lm_core.settings import Settings, setting
from lm_core.tokenizers.bpe import is_merge, merges_of
from lm_core.tokenizers.byte_level import LONGEST, MOST, sendable
from lm_core.tokenizers.tokenizer import Tokenizer, byte_places, string_list, tokenizers
from lm_core.visible import visible

UNKNOWN, BOUNDARY, BLANK = "<unk>", "\n", "▁"
STRANGE = "\ufffe"  # no character, so in no vocabulary
WORDS = Regex(rf"\n|{BLANK}*[^{BLANK}\n]+|{BLANK}+")


@dataclass(frozen=True)
class CharBPESettings(Settings):
    """How far to merge."""

    vocab_size: int = setting(
        4096,
        title="Vocabulary",
        low=100,
        high=MOST,
        unit="tokens",
        help="Merging stops here. Half of them are single characters at most, the frequent ones.",
    )


@tokenizers.register(
    "char-bpe",
    title="Character pairs (BPE)",
    idea="As byte pairs, but from characters: what is rare in the text is spelled, or unknown.",
    paper="Sennrich et al. 2016, Neural Machine Translation of Rare Words with Subword Units",
    settings=CharBPESettings,
    order=28,
)
class CharBPETokenizer(Tokenizer):
    """The vocabulary and its merges, the one that was made first goes first."""

    name = "char-bpe"
    packages = ("tokenizers",)

    def __init__(self, tokens: Sequence[str], merges: Sequence[tuple[str, str]]) -> None:
        self.tokens, self.merges = list(tokens), [tuple(m) for m in merges]
        self.vocab_size = len(self.tokens)
        self.boundary_id, self.unknown_id = map(self.tokens.index, (BOUNDARY, UNKNOWN))
        ids = {token: i for i, token in enumerate(self.tokens)}
        self._engine = _engine(engine_models.BPE(ids, self.merges, unk_token=UNKNOWN))

    def __repr__(self) -> str:
        return f"CharBPETokenizer({self.vocab_size} tokens)"

    @classmethod
    def _train(
        cls, texts: Sequence[str], settings: CharBPESettings | None, *, items: bool
    ) -> "CharBPETokenizer":
        size = (settings or CharBPESettings()).vocab_size
        engine = _engine(engine_models.BPE(unk_token=UNKNOWN), longest=LONGEST)
        trainer = trainers.BpeTrainer(
            vocab_size=size,
            special_tokens=[UNKNOWN],
            initial_alphabet=[BOUNDARY, BLANK],
            limit_alphabet=size // 2,
            show_progress=False,
        )
        engine.train_from_iterator(map(_readable, texts), trainer)
        vocab = engine.get_vocab()
        # Ones that the engine was not to make more of, and yet has to know.
        missing = [token for token in (BOUNDARY, BLANK) if token not in vocab]
        return cls([*sorted(vocab, key=vocab.__getitem__), *missing], merges_of(engine))

    def _encode(self, text: str, skip_unknown: bool) -> np.ndarray:
        return np.array(self._engine.encode(_readable(text)).ids, dtype=np.int64)

    def _encode_many(self, texts: Sequence[str], skip_unknown: bool) -> list[np.ndarray]:
        batch = self._engine.encode_batch_fast([_readable(text) for text in texts])
        return [np.array(encoding.ids, dtype=np.int64) for encoding in batch]

    def _spans(self, text: str) -> list[tuple[int, int]]:
        places = byte_places(text)
        found = self._engine.encode(_readable(text)).offsets  # in characters
        return [(places[low], places[high]) for low, high in found]

    def decode(self, ids: Iterable[int]) -> str:
        return "".join(self.tokens[int(i)] for i in ids).replace(BLANK, " ")

    def token_text(self, id: int) -> str:
        return visible(self.tokens[id].replace(BLANK, " "))

    def _to_dict(self) -> dict[str, Any]:
        return {"kind": self.name, "tokens": self.tokens, "merges": [list(m) for m in self.merges]}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "CharBPETokenizer":
        tokens, merges = string_list(data["tokens"]), data["merges"]
        if not {UNKNOWN, BOUNDARY} <= set(tokens) or len(tokens) > MOST or "" in tokens:
            raise ValueError("a vocabulary holds <unk>, the line break and 65,536 tokens at most")
        known = set(tokens) - {UNKNOWN, BOUNDARY}
        if not isinstance(merges, list) or not all(is_merge(merge, known) for merge in merges):
            raise ValueError("a merge is two tokens of the vocabulary whose union is a third")
        return cls(tokens, merges)


def _engine(model: Any, *, longest: int = 0) -> Engine:
    engine = Engine(model)
    words = pre_tokenizers.Split(WORDS, "isolated")
    cut = [words, pre_tokenizers.FixedLength(longest)] if longest else [words]
    engine.pre_tokenizer = pre_tokenizers.Sequence(cut)
    return engine


def _readable(text: str) -> str:
    """A text with its blanks as the engine reads them, as many characters as before."""
    return sendable(text.replace(BLANK, STRANGE).replace(" ", BLANK))
