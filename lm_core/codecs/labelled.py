"""The codec of texts with an answer each: a tokenizer, and what the answers are called."""

from collections.abc import Sequence
from typing import Any

from lm_core.codec import Codec
from lm_core.tokenizers.tokenizer import Tokenizer, load_tokenizer, string_list

MOST = 10_000  # classes


class LabelCodec(Codec):
    """Args:
    tokenizer: cuts the texts.
    classes: what the classes are called, in the order of their numbers; empty where the answer is a
        number.
    centre, spread, unit_name: of a number as the data has it: the model answers with (number -
        centre) / spread, which is near 0 and about 1 apart.
    """

    kind = "labelled"
    unit = "text"

    def __init__(
        self,
        tokenizer: Tokenizer,
        classes: Sequence[str] = (),
        *,
        centre: float = 0.0,
        spread: float = 1.0,
        unit_name: str = "",
    ) -> None:
        self.tokenizer, self.classes = tokenizer, list(classes)
        self.centre, self.spread, self.unit_name = centre, spread, unit_name

    def __repr__(self) -> str:
        return f"LabelCodec({self.tokenizer!r}, {len(self.classes)} classes)"

    @property
    def sizes(self) -> dict[str, int]:
        return self.tokenizer.sizes | ({"n_classes": len(self.classes)} if self.classes else {})

    def cuts_like(self, other: Codec) -> bool:
        mine, theirs = self.to_dict(), other.to_dict()
        tokens = isinstance(other, LabelCodec) and self.tokenizer.cuts_like(other.tokenizer)
        return tokens and mine | {"tokenizer": 0} == theirs | {"tokenizer": 0}

    def count_unknown(self, example: tuple[str, Any]) -> int:
        return self.tokenizer.count_unknown(example[0])

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "tokenizer": self.tokenizer.to_dict(),
            "classes": self.classes,
            "centre": self.centre,
            "spread": self.spread,
            "unit": self.unit_name,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "LabelCodec":
        """Raises KeyError, TypeError, ValueError: it is none."""
        classes = string_list(data["classes"]) if data["classes"] else []
        centre, spread = float(data["centre"]), float(data["spread"])
        if len(classes) > MOST or not spread > 0 or not isinstance(data["unit"], str):
            raise ValueError("classes are a few thousand at most, and a spread is more than 0")
        tokenizer = load_tokenizer(data["tokenizer"])
        return cls(tokenizer, classes, centre=centre, spread=spread, unit_name=data["unit"])
