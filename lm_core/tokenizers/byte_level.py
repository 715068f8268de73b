"""What tokenizers have in common that start from bytes, by Hugging Face `tokenizers`.

Each of the 256 bytes is a token, so nothing is ever unknown and every text comes back exactly. (A
vocabulary from elsewhere may lack a few, of characters that its text did not have.)
Text is cut into words as GPT-2 cuts it (Radford et al. 2019), the space before a word a part of it,
and each byte is written as a sign that can be printed; a token never reaches over a cut. A kind of
tokenizer says which runs of bytes become tokens, and how a word is cut into them.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import Any, ClassVar

import numpy as np
from tokenizers import Tokenizer as Engine
from tokenizers import decoders, pre_tokenizers

from lm_core.errors import BadText
from lm_core.tokenizers.tokenizer import Tokenizer, string_list
from lm_core.visible import visible

MOST = 65_536  # tokens of a vocabulary from a file
LONGEST = 1000  # bytes of a word that is learned from in one piece: time grows with its square


class ByteLevelTokenizer(Tokenizer):
    """Only the vocabulary, and what decides a cut, are stored; the engine is rebuilt from them.

    Args:
        tokens: in the signs of bytes, the boundary among them.
        engine: cuts a text into them.
        boundary: which of them is the boundary; a text holds none like it.
    """

    packages = ("tokenizers",)
    continues: ClassVar[str] = ""  # begins a token that goes on with a word: no byte of the text

    def __init__(self, tokens: Sequence[str], engine: Engine, boundary: str) -> None:
        self.tokens, self._engine = list(tokens), engine
        self.vocab_size = len(self.tokens)
        self.boundary_id = self.tokens.index(boundary)
        self.lacks = sorted(set(ALPHABET) - set(self.tokens))  # in the signs of bytes

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.vocab_size} tokens)"

    @property
    def engine_json(self) -> str:
        """The engine as a tokenizer.json holds it."""
        return self._engine.to_str()

    def _encode(self, text: str, skip_unknown: bool) -> np.ndarray:
        self._check(text, skip_unknown)
        return np.array(self._engine.encode(sendable(text)).ids, dtype=np.int64)

    def _encode_many(self, texts: Sequence[str], skip_unknown: bool) -> list[np.ndarray]:
        for text in texts if self.lacks else ():
            self._check(text, skip_unknown)
        batch = self._engine.encode_batch_fast([sendable(text) for text in texts])
        return [np.array(encoding.ids, dtype=np.int64) for encoding in batch]

    def _check(self, text: str, skip_unknown: bool) -> None:
        if skip_unknown or not (strange := self._unreadable(text)):
            return
        shown = " ".join(map(repr, sorted(strange)[:5]))
        raise BadText(
            f"This model's vocabulary has nothing for {shown}: leave them out, or choose another "
            "model."
        )

    def _unreadable(self, text: str) -> Counter[str]:
        """Characters of which a byte has no token: the engine passes over that byte."""
        if not self.lacks:
            return Counter()  # every byte has a token
        lacking = {BYTES[sign] for sign in self.lacks}
        return Counter(c for c in sendable(text) if lacking & {*c.encode()})

    def _count_unknown(self, text: str) -> int:
        return self._unreadable(text).total()

    def _untold(self, text: str, ids: np.ndarray) -> Counter[str]:
        return self._unreadable(text)

    def _spans(self, text: str) -> list[tuple[int, int]]:
        lengths = [len(self.token_bytes(id)) for id in self._encode(text, True).tolist()]
        spans = list(pairwise([0, *accumulate(lengths)]))
        if not self.lacks:
            return spans
        lacking = {BYTES[sign] for sign in self.lacks}
        read = [k for k, byte in enumerate(sendable(text).encode()) if byte not in lacking]
        return [(read[low], read[high - 1] + 1) for low, high in spans]

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
            signs = self.tokens[id].removeprefix(self.continues)
            data = bytes(BYTES.get(char, 0) for char in signs)
            text = data.decode("utf-8", "surrogateescape")
        goes_on = self.continues and self.tokens[id].startswith(self.continues)
        return f"##{visible(text)}" if goes_on else visible(text)

    def token_bytes(self, id: int) -> bytes:
        """The bytes that a token stands for, the boundary a newline.

        Raises:
            ValueError: a token that was not made of bytes, in a vocabulary from elsewhere.
        """
        if id == self.boundary_id:
            return b"\n"
        try:
            return bytes(BYTES[char] for char in self.tokens[id].removeprefix(self.continues))
        except KeyError:
            raise ValueError(f"This vocabulary has a token that is no bytes, {id}") from None

    def pieces(self, text: str) -> list[str]:
        """A text cut into words as the engine cuts it, in the signs of bytes."""
        cut = self._engine.pre_tokenizer.pre_tokenize_str(sendable(self.read(text)))
        return [piece for piece, _ in cut]


def checked_tokens(data: Any, needed: Iterable[str]) -> list[str]:
    """The tokens of a vocabulary from a file.

    Raises:
        ValueError: they are none, too many, or lack one that is needed.
    """
    tokens = string_list(data)
    if not set(needed) <= set(tokens) or len(tokens) > MOST:
        raise ValueError("a vocabulary of bytes holds the boundary, every byte, 65,536 at most")
    return tokens


def engine_of(model: Any, *, longest: int = 0, continues: str = "", digits: bool = False) -> Engine:
    """An engine that reads and writes bytes.

    Args:
        model: of `tokenizers`, which cuts a word into tokens.
        longest: a word of more bytes is cut there; 0 leaves it whole.
        continues: what is taken off the tokens that begin with it, as they are read back.
        digits: whether each digit stands alone.
    """
    engine = Engine(model)
    words = pre_tokenizers.ByteLevel(add_prefix_space=False)
    if digits:
        words = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), words])
    if longest:
        words = pre_tokenizers.Sequence([words, pre_tokenizers.FixedLength(longest)])
    back = decoders.ByteLevel()
    if continues:
        back = decoders.Sequence([decoders.Replace(continues, ""), back])
    engine.pre_tokenizer, engine.decoder = words, back
    return engine


def sendable(text: str) -> str:
    """`text` without lone surrogates, which UTF-8 cannot carry to the engine."""
    return text.encode("utf-8", "replace").decode()


def _byte_signs() -> dict[str, int]:
    """The byte that each sign of the alphabet stands for, as in GPT-2: itself where it is printed,
    else the next free one above them."""
    printed = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printed]
    return {chr(b): b for b in printed} | {chr(256 + n): b for n, b in enumerate(others)}


BYTES = _byte_signs()
ALPHABET = sorted(BYTES)
