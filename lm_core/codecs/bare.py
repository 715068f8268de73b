"""The codec of data that is numbers already: pictures, points, a series."""

from typing import Any

from lm_core.codec import Codec

MOST = 1_000_000


class Bare(Codec):
    """Args:
    sizes: what the model's family is told of its ends, by name: {"n_classes": 3}.
    names: what the answers are called, in the order of their numbers; empty where they have none.

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
