"""The codec of pairs of texts: a tokenizer for each side, or one for both.

Its boundary token stands before the first token of a target and after the last (`<sos>` and `<eos>`
in one); what fills up a short row of a batch is no token but -1, which no model can guess.
"""

from typing import Any

from lm_core.codec import Codec
from lm_core.tokenizers.tokenizer import Tokenizer, load_tokenizer


class PairCodec(Codec):
    """Args:
    source, target: the tokenizers; the same object where both sides share one vocabulary.
    sides: what the two sides are called: ("English", "French").
    """

    kind = "pair"
    unit = "token"

    def __init__(
        self, source: Tokenizer, target: Tokenizer, sides: tuple[str, str] = ("source", "target")
    ) -> None:
        self.source, self.target, self.sides = source, target, sides
        self.unit = target.unit

    def __repr__(self) -> str:
        return f"PairCodec({self.source!r}, {'shared' if self.shared else repr(self.target)})"

    @property
    def shared(self) -> bool:
        """Whether one vocabulary, and so one table of vectors, serves both sides."""
        return self.source is self.target

    @property
    def sizes(self) -> dict[str, int]:
        apart = {} if self.shared else {"source_size": self.source.vocab_size}
        return {"vocab_size": self.target.vocab_size} | apart

    def cuts_like(self, other: Codec) -> bool:
        return (
            isinstance(other, PairCodec)
            and self.shared == other.shared
            and self.source.cuts_like(other.source)
            and self.target.cuts_like(other.target)
        )

    def count_unknown(self, example: tuple[str, str]) -> int:
        source, target = example
        return self.source.count_unknown(source) + self.target.count_unknown(target)

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "sides": list(self.sides),
            "source": None if self.shared else self.source.to_dict(),
            "target": self.target.to_dict(),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "PairCodec":
        """Raises KeyError, TypeError, ValueError: it is none."""
        one, other = data["sides"]
        if not isinstance(one, str) or not isinstance(other, str):
            raise ValueError("a side is called by a text")
        target = load_tokenizer(data["target"])
        source = target if data["source"] is None else load_tokenizer(data["source"])
        return cls(source, target, (one, other))
