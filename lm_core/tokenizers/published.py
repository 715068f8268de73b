"""Words as they are published: cut at blanks, `<eos>` for every line end, every word kept.

    The  <unk>  of  Robert  .  \\n      ->      The | <unk> | of | Robert | . | <eos>

The protocol of Penn Treebank and WikiText (Mikolov et al. 2010, Merity et al. 2016), whose texts
come cut into words with rare ones replaced by `<unk>`: nothing is made small, capped or dropped,
and the vocabulary is that of all splits. On WikiText-2 that is 33,278 words, and a perplexity that
compares with published ones.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from lm_core.errors import BadText
from lm_core.settings import Settings
from lm_core.texts import is_text
from lm_core.tokenizers.tokenizer import byte_places, tokenizers
from lm_core.tokenizers.word_list import BOUNDARY, UNKNOWN, WordList

_WORD = re.compile(r"\n|\S+")
_MOST = 1_000_000  # different words that a vocabulary may hold


@dataclass(frozen=True)
class PublishedSettings(Settings):
    """Nothing to choose."""


@tokenizers.register(
    "published",
    title="Words as published",
    idea="Cut at blanks, every word kept as it stands: for texts that are published so.",
    paper="Merity et al. 2016, Pointer Sentinel Mixture Models",
    settings=PublishedSettings,
    order=25,
)
class PublishedTokenizer(WordList):
    """`<unk>` is 0, `<eos>` is 1, then words by falling frequency, equals by alphabet."""

    name = "published"
    reads_all = True

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__(words)
        self._ids["\n"] = self.boundary_id

    @classmethod
    def _train(
        cls, texts: Sequence[str], settings: Settings | None, *, items: bool
    ) -> "PublishedTokenizer":
        counts = Counter(chain.from_iterable(map(_WORD.findall, texts)))
        for special in (UNKNOWN, BOUNDARY, "\n"):
            counts.pop(special, None)
        words = [word for word in sorted(counts, key=lambda w: (-counts[w], w)) if is_text(word)]
        if not words:
            raise BadText("There is no word in this text: give text with words in it.")
        if len(words) + 2 > _MOST:
            raise BadText(
                f"This text has {len(words):,} different words between blanks, and {_MOST:,} is "
                "the most: choose a tokenizer that cuts words into pieces."
            )
        return cls([UNKNOWN, BOUNDARY, *words])

    def _encode(self, text: str, skip_unknown: bool) -> np.ndarray:
        get = self._ids.get
        return np.fromiter((get(word, 0) for word in _WORD.findall(text)), dtype=np.int64)

    def _untold(self, text: str, ids: np.ndarray) -> Counter[str]:
        # An <unk> that is written in the text is read like any other word.
        pairs = zip(ids.tolist(), _WORD.findall(text), strict=True)
        told = [id for id, word in pairs if id != self.unknown_id or word == UNKNOWN]
        return Counter(text) - Counter(self.decode(told))

    def _spans(self, text: str) -> list[tuple[int, int]]:
        places = byte_places(text)
        return [(places[found.start()], places[found.end()]) for found in _WORD.finditer(text)]

    def decode(self, ids: Iterable[int]) -> str:
        text, quiet = [], True
        for id in map(int, ids):
            if id == self.boundary_id:
                text.append("\n")
            else:
                text.append(self.words[id] if quiet else f" {self.words[id]}")
            quiet = id == self.boundary_id
        return "".join(text)
