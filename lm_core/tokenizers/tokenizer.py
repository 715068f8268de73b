"""The tokenizer contract.

    tokenizer = tokenizers["char"].build.train(texts, settings)
    ids = tokenizer.encode("emma");  tokenizer.decode(ids) == "emma"

Every tokenizer has a boundary token: it ends an item, parts two documents, and stands at the very
start when there is no prompt.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate, chain
from typing import Any, ClassVar, Self

import numpy as np

from lm_core.cleaning import Cleaning
from lm_core.codec import Codec
from lm_core.errors import BadCheckpoint, BadSettings
from lm_core.registry import Registry
from lm_core.settings import Settings
from lm_core.texts import in_form, is_text

tokenizers = Registry("tokenizer", package="lm_core.tokenizers")


FORMS = ("", "NFC")


class Tokenizer(Codec):
    """Base class: a kind of tokenizer fills in what begins with an underscore. None changes after
    it was made."""

    name: ClassVar[str]
    unit: ClassVar[str] = "token"
    reads_all: ClassVar[bool] = False  # its vocabulary is that of all splits, not of one alone
    packages: ClassVar[tuple[str, ...]] = ()  # those whose versions decide the tokens
    lossless: ClassVar[bool] = True  # decode(encode(text)) == text
    one_each: ClassVar[bool] = False  # each character that is read is a token
    vocab_size: int
    boundary_id: int
    unknown_id: int | None = None
    form: str = ""  # of Unicode, in which it reads any text; "" as it stands
    cleaning: Cleaning | None = None  # what is done to any text before it is read

    @classmethod
    def train(
        cls,
        texts: Sequence[str],
        settings: Settings | None = None,
        *,
        items: bool = False,
        form: str = "",
        cleaning: Cleaning | None = None,
    ) -> Self:
        """Learn the vocabulary from `texts`.

        Args:
            items: each text is an item of a list.
            form: "NFC" reads é as one character, however it was typed; "" takes text as it stands.
            cleaning: by which rules `texts` were cleaned, as any text will be before it is read.
        """
        tokenizer = cls._train([in_form(text, form) for text in texts], settings, items=items)
        tokenizer.form, tokenizer.cleaning = form, cleaning and cleaning.of_one_text
        return tokenizer

    @property
    def sizes(self) -> dict[str, int]:
        return {"vocab_size": self.vocab_size}

    def read(self, text: str) -> str:
        """`text` as it is read: cleaned, and in the tokenizer's form. Read again it stays so."""
        text = in_form(text, self.form)
        return text if self.cleaning is None else in_form(self.cleaning(text), self.form)

    def read_many(self, texts: Sequence[str]) -> list[str]:
        """`read` of each text."""
        if self.cleaning is None and all(map(str.isascii, texts)):  # the same in every form
            return list(texts)
        return [self.read(text) for text in texts]

    @property
    def cleans(self) -> str:
        """A sentence on what is done to any text before it is read; "" where nothing is."""
        if self.cleaning is None:
            return ""
        return (
            f"The model reads this text cleaned as its own was: {', '.join(self.cleaning.rules)}."
        )

    def encode(self, text: str, *, skip_unknown: bool = False) -> np.ndarray:
        """Ids of `text`, (N,) int64, without boundary tokens.

        Raises:
            BadText: a character the tokenizer has never seen and has no `<unk>` for, unless
                `skip_unknown`.
        """
        return self._encode(self.read(text), skip_unknown)

    def encode_many(self, texts: Sequence[str], *, skip_unknown: bool = False) -> list[np.ndarray]:
        """`encode` of each text."""
        return self._encode_many(self.read_many(texts), skip_unknown)

    def count_unknown(self, text: str) -> int:
        """How many tokens of `text` the vocabulary does not hold."""
        return self._count_unknown(self.read(text))

    def untold(self, text: str, ids: np.ndarray) -> Counter[str]:
        """The characters of `text`, as it is read, that its `ids` do not tell: of each kind, how
        many fewer come back when the ids are decoded. Those are skipped ones, the letters of an
        `<unk>`, and what is folded (a capital read as a small letter, a line break as a space)."""
        return self.untold_in([text], [ids])

    def untold_in(self, texts: Sequence[str], pieces: Sequence[np.ndarray]) -> Counter[str]:
        """`untold` of all texts together, each with its ids."""
        found: Counter[str] = Counter()
        for text, ids in zip(self.read_many(texts), pieces, strict=True):
            if len(ids) != len(text) or not self.one_each:
                found.update(self._untold(text, ids))
        return found

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where each token of `encode(text, skip_unknown=True)` stands: its first byte and the one
        behind its last, in UTF-8, of `text` as it is read."""
        return self._spans(self.read(text))

    def known_otherwise(self, text: str) -> str:
        """A sentence where a text with unknown tokens has fewer in another form: for a tokenizer
        that reads accents as they stand, as those did that know no form. Else ""."""
        if self.form or text.isascii():
            return ""
        unknown = self.count_unknown(text)
        for form, how in (("NFC", "as one character"), ("NFD", "as two")):
            if self.count_unknown(in_form(text, form)) < unknown:
                return (
                    f"This model learned letters with accents {how}, and here they are typed "
                    f"otherwise: give the text in the form {form} of Unicode, or train the model "
                    "again, which then reads both."
                )
        return ""

    def cuts_like(self, other: "Tokenizer") -> bool:
        """Whether both have the same tokens, whatever form they read."""
        return self._to_dict() == other._to_dict()

    def decode(self, ids: Iterable[int]) -> str:
        """Text of the ids; boundary tokens become newlines."""
        raise NotImplementedError

    def token_text(self, id: int) -> str:
        """One token as a person should see it, never empty (see `lm_core.visible`)."""
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON; `load_tokenizer` is the inverse."""
        said = {"form": self.form} if self.form else {}
        if self.cleaning is not None:
            said["cleaning"] = self.cleaning.difference()
        return self._to_dict() | said

    # What a tokenizer has to say for itself; texts come in its form. ---------------------------

    @classmethod
    def _train(cls, texts: Sequence[str], settings: Settings | None, *, items: bool) -> Self:
        raise NotImplementedError

    def _encode(self, text: str, skip_unknown: bool) -> np.ndarray:
        raise NotImplementedError

    def _encode_many(self, texts: Sequence[str], skip_unknown: bool) -> list[np.ndarray]:
        return [self._encode(text, skip_unknown) for text in texts]

    def _count_unknown(self, text: str) -> int:
        ids = self._encode(text, True)
        return 0 if self.unknown_id is None else int((ids == self.unknown_id).sum())

    def _untold(self, text: str, ids: np.ndarray) -> Counter[str]:
        known = ids if self.unknown_id is None else ids[ids != self.unknown_id]
        return Counter(text) - Counter(self.decode(known))

    def _spans(self, text: str) -> list[tuple[int, int]]:
        raise NotImplementedError

    def _to_dict(self) -> dict[str, Any]:
        raise NotImplementedError

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Tokenizer":
        """A tokenizer from what `_to_dict` gave.

        Raises:
            KeyError, TypeError, ValueError: it is none.
        """
        raise NotImplementedError


def learned_from(
    name: str,
    settings: Settings | None,
    splits: Mapping[str, Sequence[str]],
    *,
    items: bool = False,
    form: str = "",
    cleaning: Cleaning | None = None,
    other: str = "",
    size: int = 0,
) -> Tokenizer:
    """The tokenizer of that name, learned from the training texts of `splits`, or from all where
    its vocabulary is that of the whole text; `items`, `form` and `cleaning` as for
    `Tokenizer.train`.

    Args:
        other: the name of another kind to take instead, with its usual settings.
        size: tokens at most, where that can be said; 0 is what the settings say.
    """
    if other and other != name:
        name, settings = other, tokenizers[other].settings()
    if size and hasattr(settings, "vocab_size"):
        settings = replace(settings, vocab_size=size)
    kind = tokenizers[name].build
    texts = chain.from_iterable(splits.values()) if kind.reads_all else splits["train"]
    return kind.train(list(texts), settings, items=items, form=form, cleaning=cleaning)


def load_tokenizer(data: Any) -> Tokenizer:
    """A tokenizer from its JSON. Nothing in the JSON is executed.

    Raises:
        BadCheckpoint: it is not one of ours, or damaged.
    """
    if not isinstance(data, dict) or data.get("kind") not in tokenizers.names():
        raise BadCheckpoint("tokenizer.json is not a tokenizer this lab knows; retrain the model.")
    try:
        tokenizer = tokenizers[data["kind"]].build.from_dict(data)
        tokenizer.form = _form(data.get("form", ""))
        if "cleaning" in data:
            tokenizer.cleaning = Cleaning.from_dict(data["cleaning"]).of_one_text
        return tokenizer
    except (KeyError, TypeError, ValueError, AttributeError, BadSettings):
        raise BadCheckpoint("tokenizer.json is damaged; retrain or copy it again.") from None


def byte_places(text: str) -> list[int]:
    """Where each character of `text` begins in UTF-8, and where the last one ends."""
    return [0, *accumulate(len(char.encode("utf-8", "replace")) for char in text)]


def _form(given: Any) -> str:
    if given not in FORMS:
        raise ValueError("a text is read in NFC or as it stands")
    return given


def string_list(data: Any) -> list[str]:
    """`data` checked to be a list of distinct strings, as vocabularies in files must be."""
    if not isinstance(data, list) or not all(isinstance(x, str) for x in data) or not data:
        raise ValueError("a vocabulary must be a list of strings")
    if len(set(data)) != len(data) or len(data) > 1_000_000:
        raise ValueError("a vocabulary must hold distinct tokens, a million at most")
    if not is_text("".join(data)):
        raise ValueError("a vocabulary must hold whole characters")
    return data
