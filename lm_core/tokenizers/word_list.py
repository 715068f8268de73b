"""What tokenizers of whole words share: a list of words, of which the first two stand for what is
not in it and for an end."""

from collections.abc import Sequence
from typing import Any, Self

from lm_core.cleaning import UNKNOWN
from lm_core.tokenizers.tokenizer import Tokenizer, string_list
from lm_core.visible import visible

BOUNDARY = "<eos>"


class WordList(Tokenizer):
    """`<unk>` is 0, `<eos>` is 1, then the words.

    Args:
        words: all of them, the two in front.
    """

    unit = "word"
    lossless = False
    unknown_id, boundary_id = 0, 1

    def __init__(self, words: Sequence[str]) -> None:
        self.words = list(words)
        self.vocab_size = len(self.words)
        self._ids = {word: i for i, word in enumerate(self.words)}
        self._ids.pop(BOUNDARY, None)  # "<eos>" written in a text ends nothing: it is <unk>

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.vocab_size} words)"

    def token_text(self, id: int) -> str:
        return visible(self.words[id])

    def _to_dict(self) -> dict[str, Any]:
        return {"kind": self.name, "words": self.words}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        words = string_list(data["words"])
        if words[:2] != [UNKNOWN, BOUNDARY]:
            raise ValueError("a word vocabulary starts with <unk> and <eos>")
        return cls(words)
