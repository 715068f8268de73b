"""What stands between examples and numbers: the contract of tokenizers, and of what holds several.

A checkpoint keeps the codec of its model as `codec.json`: with it the model can be asked again.
"""

from typing import Any, ClassVar

MOST = 1_000_000  # different things at one end of a model


class Codec:
    """Base class. None changes after it was made."""

    unit: ClassVar[str] = "example"  # what one target is

    @property
    def sizes(self) -> dict[str, int]:
        """How many different things there are at each end of a model, as its family's constructor
        calls them: {"vocab_size": 27}."""
        raise NotImplementedError

    def cuts_like(self, other: "Codec") -> bool:
        """Whether both give the same numbers for the same example."""
        return self.to_dict() == other.to_dict()

    def count_unknown(self, example: Any) -> int:
        """How many tokens of an example its vocabulary does not hold."""
        return 0

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON, with its `kind`; `lm_core.codecs.load_codec` is the inverse."""
        raise NotImplementedError


class Bare(Codec):
    """Of data that is numbers already: pictures, points, a series.

    Args:
        sizes: what the model's family is told of its ends, by name: {"n_classes": 3}.
        names: what the answers are called, in the order of their numbers; empty where they have
            none.

    Raises:
        ValueError: a size is no whole number from 1 to a million, or a name is no text.
    """

    kind = "bare"

    def __init__(self, names: list[str] | None = None, **sizes: int) -> None:
        self.names = list(names or [])
        if not all(isinstance(name, str) for name in self.names):
            raise ValueError("a name is a text")
        if not all(type(size) is int and 1 <= size <= MOST for size in sizes.values()):
            raise ValueError("a size is a whole number from 1 to a million")
        self._sizes = sizes

    def __repr__(self) -> str:
        return f"Bare({self._sizes})"

    @property
    def sizes(self) -> dict[str, int]:
        return dict(self._sizes)

    def to_dict(self) -> dict[str, Any]:
        return {"kind": self.kind, "sizes": self._sizes, "names": self.names}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Bare":
        return cls(data["names"], **data["sizes"])
