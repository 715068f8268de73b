"""What stands between examples and numbers: the contract of tokenizers, and of what holds several.

A checkpoint keeps the codec of its model as `codec.json`: with it the model can be asked again.
"""

from typing import Any, ClassVar


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

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON, with its `kind`; `lm_core.codecs.load_codec` is the inverse."""
        raise NotImplementedError
