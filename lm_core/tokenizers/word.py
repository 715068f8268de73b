"""Words, as torchtext (0.6.0, pure Python) cuts them.

`split_words` is its `basic_english` (lower case, punctuation apart); its `Vocab` ranks the words by
frequency and drops the rare ones, its `ngrams_iterator` lists the phrases of a text.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from lm_core.errors import BadText
from lm_core.settings import Settings, setting
from lm_core.tokenizers.tokenizer import byte_places, tokenizers
from lm_core.tokenizers.word_list import BOUNDARY, UNKNOWN, WordList

_NO_SPACE_BEFORE = frozenset(".,!?):;'")
# In this order, as in torchtext: a quotation mark is gone before a line break is looked for.
_APART = (
    ("'", " '  "),
    ('"', ""),
    (".", " . "),
    ("<br />", " "),
    *((sign, f" {sign} ") for sign in ",()!?"),
    *((sign, " ") for sign in ";:"),
)


def split_words(text: str) -> list[str]:
    """torchtext's `basic_english`: lower case, punctuation as words of its own.

    Written out: its regular expressions take three times as long for the same words, and the
    import of torchtext brings torch, for which a first look at a text should not wait.
    """
    text = text.lower()
    for sign, instead in _APART:
        text = text.replace(sign, instead)
    return text.split()


def phrases(words: Sequence[str], n: int) -> Iterator[str]:
    """Every run of 1 to n words, joined by spaces (torchtext's `ngrams_iterator`)."""
    from torchtext.data.utils import ngrams_iterator

    return ngrams_iterator(list(words), n)


@dataclass(frozen=True)
class WordSettings(Settings):
    """Which words get a token of their own."""

    vocab_size: int = setting(
        20_000, title="Vocabulary", low=10, high=200_000, unit="words", help="At most this many."
    )
    min_frequency: int = setting(
        2, title="Rarest word", low=1, high=1000, help="Words seen less often become <unk>."
    )


@tokenizers.register(
    "word",
    title="Words",
    idea="One token for each frequent word; rare words all become <unk>.",
    settings=WordSettings,
    order=20,
)
class WordTokenizer(WordList):
    """`<unk>` is 0, `<eos>` is 1, then words by falling frequency."""

    name = "word"
    packages = ("torchtext",)

    @classmethod
    def _train(
        cls, texts: Sequence[str], settings: WordSettings | None, *, items: bool
    ) -> "WordTokenizer":
        from torchtext.vocab import Vocab

        settings = settings or WordSettings()
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update(split_words(text))
        if not counts:
            raise BadText("There is no word in this text: give text with words in it.")
        vocab = Vocab(
            counts,
            max_size=settings.vocab_size,
            min_freq=settings.min_frequency,
            specials=[UNKNOWN, BOUNDARY],
        )
        if len(vocab.itos) == 2:
            raise BadText(
                f"No word of this text occurs {settings.min_frequency} times: "
                "set min_frequency lower, or give more text."
            )
        return cls(vocab.itos)

    def _encode(self, text: str, skip_unknown: bool) -> np.ndarray:
        get = self._ids.get
        return np.fromiter((get(w, 0) for w in split_words(text)), dtype=np.int64)

    def _spans(self, text: str) -> list[tuple[int, int]]:
        # The words are the letters of the small text in their order; some signs are left out.
        places, small = byte_places(text), text.lower().replace("<br />", " " * 6)
        of = [at for at, char in enumerate(text) for _ in char.lower()]  # İ is two small letters
        spans, at = [], 0
        for word in split_words(text):
            first = at = small.index(word[0], at)
            for char in word:
                at = small.index(char, at) + 1
            spans.append((places[of[first]], places[of[at - 1] + 1]))
        return spans

    def decode(self, ids: Iterable[int]) -> str:
        text, quiet = "", True
        for id in ids:
            word = self.words[int(id)]
            if word == BOUNDARY:
                text, quiet = text + "\n", True
                continue
            text += word if quiet or word in _NO_SPACE_BEFORE else f" {word}"
            quiet = word in ("(", "'")
        return text
