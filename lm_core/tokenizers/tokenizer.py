"""The tokenizer contract.

    tokenizer = tokenizers["char"].build.train(texts, settings)
    ids = tokenizer.encode("emma");  tokenizer.decode(ids) == "emma"

Every tokenizer has a boundary token: it ends an item, parts two documents, and stands at the very
start when there is no prompt.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import numpy as np

from lm_core.errors import BadCheckpoint
from lm_core.registry import Registry
from lm_core.settings import Settings
from lm_core.texts import is_text

tokenizers = Registry("tokenizer", package="lm_core.tokenizers")


class Tokenizer:
    """Base class. A tokenizer never changes after it is made."""

    name: ClassVar[str]
    packages: ClassVar[tuple[str, ...]] = ()  # those whose versions decide the tokens
    lossless: ClassVar[bool] = True  # decode(encode(text)) == text
    vocab_size: int
    boundary_id: int
    unknown_id: int | None = None

    @classmethod
    def train(cls, texts: Sequence[str], settings: Settings, *, items: bool = False) -> "Tokenizer":
        """Learn the vocabulary from `texts`; `items` says that each is an item of a list."""
        raise NotImplementedError

    def encode(self, text: str, *, skip_unknown: bool = False) -> np.ndarray:
        """Ids of `text`, (N,) int64, without boundary tokens.

        Raises:
            BadText: a character the tokenizer has never seen and has no `<unk>` for, unless
                `skip_unknown`.
        """
        raise NotImplementedError

    def encode_many(self, texts: Sequence[str], *, skip_unknown: bool = False) -> list[np.ndarray]:
        """`encode` of each text; a tokenizer overrides this where it can do better."""
        return [self.encode(text, skip_unknown=skip_unknown) for text in texts]

    def count_unknown(self, text: str) -> int:
        """How many tokens of `text` the vocabulary does not hold."""
        return 0 if self.unknown_id is None else int((self.encode(text) == self.unknown_id).sum())

    def untold(self, text: str, ids: np.ndarray) -> Counter[str]:
        """The characters of `text` that its `ids` do not tell: of each kind, how many fewer come
        back when the ids are decoded. Those are skipped ones, the letters of an `<unk>`, and what
        is folded (a capital read as a small letter, a line break as a space)."""
        known = ids if self.unknown_id is None else ids[ids != self.unknown_id]
        return Counter(text) - Counter(self.decode(known))

    def decode(self, ids: Iterable[int]) -> str:
        """Text of the ids; boundary tokens become newlines."""
        raise NotImplementedError

    def token_text(self, id: int) -> str:
        """One token as a person should see it, never empty (see `lm_core.visible`)."""
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON; `load_tokenizer` is the inverse."""
        raise NotImplementedError

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Tokenizer":
        raise NotImplementedError


def load_tokenizer(data: Any) -> Tokenizer:
    """A tokenizer from its JSON. Nothing in the JSON is executed.

    Raises:
        BadCheckpoint: it is not one of ours, or damaged.
    """
    if not isinstance(data, dict) or data.get("kind") not in tokenizers.names():
        raise BadCheckpoint("tokenizer.json is not a tokenizer this lab knows; retrain the model.")
    try:
        return tokenizers[data["kind"]].build.from_dict(data)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadCheckpoint("tokenizer.json is damaged; retrain or copy it again.") from None


def string_list(data: Any) -> list[str]:
    """`data` checked to be a list of distinct strings, as vocabularies in files must be."""
    if not isinstance(data, list) or not all(isinstance(x, str) for x in data) or not data:
        raise ValueError("a vocabulary must be a list of strings")
    if len(set(data)) != len(data) or len(data) > 1_000_000:
        raise ValueError("a vocabulary must hold distinct tokens, a million at most")
    if not is_text("".join(data)):
        raise ValueError("a vocabulary must hold whole characters")
    return data
