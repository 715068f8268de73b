"""Characters: one token for every different character. The boundary is the newline."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from lm_core.errors import BadText
from lm_core.settings import Settings
from lm_core.tokenizers.tokenizer import Tokenizer, byte_places, string_list, tokenizers
from lm_core.visible import visible


@dataclass(frozen=True)
class CharSettings(Settings):
    """Nothing to choose."""


@tokenizers.register(
    "char",
    title="Characters",
    idea="One token for each different character: a short vocabulary, long sequences.",
    settings=CharSettings,
    order=10,
)
class CharTokenizer(Tokenizer):
    """Ids are ranks among the sorted characters; the newline is always one of them."""

    name = "char"
    unit = "character"
    reads_all = one_each = True

    def __init__(self, chars: Sequence[str]) -> None:
        self.chars = list(chars)
        self.vocab_size = len(self.chars)
        self.boundary_id = self.chars.index("\n")
        # A table from code point to id: encoding a million characters is then one look-up.
        points = np.array([ord(c) for c in self.chars])
        self._table = np.full(points.max() + 2, -1, dtype=np.int64)
        self._table[points] = np.arange(len(points))

    def __repr__(self) -> str:
        return f"CharTokenizer({''.join(self.chars)!r})"

    @classmethod
    def _train(
        cls, texts: Sequence[str], settings: Settings | None, *, items: bool
    ) -> "CharTokenizer":
        seen = {"\n"}
        for text in texts:
            seen.update(text)
        return cls(sorted(seen))

    def _ids(self, text: str) -> np.ndarray:
        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        return self._table[np.minimum(points, len(self._table) - 1)]

    def _encode(self, text: str, skip_unknown: bool) -> np.ndarray:
        ids = self._ids(text)
        missing = ids < 0
        if not missing.any():
            return ids
        if skip_unknown:
            return ids[~missing]
        if hint := self.known_otherwise(text):
            raise BadText(hint)
        strange = sorted({c for c, gone in zip(text, missing, strict=True) if gone})
        shown = " ".join(repr(c) for c in strange[:5])
        raise BadText(
            f"This model reads single characters and never saw {shown}: "
            "leave them out, or choose a model with another tokenizer."
        )

    def _encode_many(self, texts: Sequence[str], skip_unknown: bool) -> list[np.ndarray]:
        ids = self._ids("".join(texts))  # a list of names is one look-up, not thirty thousand
        if (ids < 0).any():
            return super()._encode_many(texts, skip_unknown)
        return [ids[a:b] for a, b in pairwise(accumulate(map(len, texts), initial=0))]

    def _count_unknown(self, text: str) -> int:
        return int((self._ids(text) < 0).sum())

    def _spans(self, text: str) -> list[tuple[int, int]]:
        spans = pairwise(byte_places(text))
        return [span for span, id in zip(spans, self._ids(text), strict=True) if id >= 0]

    def decode(self, ids: Iterable[int]) -> str:
        return "".join(self.chars[int(i)] for i in ids)

    def token_text(self, id: int) -> str:
        return visible(self.chars[id])

    def _to_dict(self) -> dict[str, Any]:
        return {"kind": self.name, "chars": self.chars}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "CharTokenizer":
        chars = string_list(data["chars"])
        if any(len(c) != 1 for c in chars):
            raise ValueError("a character vocabulary must hold single characters")
        return cls(chars)
