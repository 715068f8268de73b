"""WordPiece over bytes, trained on the corpus with Hugging Face `tokenizers`.

A word is read greedily: the longest token that it begins with, then the longest that goes on, and
so to its end. Tokens that go on with a word are others than those that begin one, and are shown as
##ing. The tokens themselves are found by merging the most frequent pair, as byte pairs are (the
library's trainer; Google's own, never published, weighed a pair by how much likelier it made the
text). BERT's WordPiece starts from characters and says [UNK] for what it never saw; this one starts
from bytes, so that nothing is unknown and every text comes back exactly.
Paper: Wu et al. 2016, "Google's Neural Machine Translation System"; Schuster and Nakajima 2012.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tokenizers import models as engine_models
from tokenizers import trainers

from lm_core.settings import Settings, setting
from lm_core.tokenizers.byte_level import (
    ALPHABET,
    ByteLevelTokenizer,
    checked_tokens,
    engine_of,
    sendable,
)
from lm_core.tokenizers.tokenizer import tokenizers

BOUNDARY = "<|endoftext|>"
CONTINUES = "＃＃"  # not the plain ##, which a text may hold: no byte is written with this sign
LONGEST = 100  # bytes of a word that is read at once, as in BERT; the time grows with its square
NEEDED = [BOUNDARY, *ALPHABET, *(CONTINUES + sign for sign in ALPHABET)]


@dataclass(frozen=True)
class WordPieceSettings(Settings):
    """How many tokens."""

    vocab_size: int = setting(
        4096,
        title="Vocabulary",
        low=len(NEEDED),
        high=65_536,
        unit="tokens",
        help="Merging stops here; 513 are the bytes, to begin a word and to go on, and the end.",
    )


@tokenizers.register(
    "wordpiece",
    title="WordPiece",
    idea="A word is read by the longest pieces that are known; ## marks what goes on with a word.",
    paper="Wu et al. 2016, Google's Neural Machine Translation System",
    settings=WordPieceSettings,
    order=40,
)
class WordPieceTokenizer(ByteLevelTokenizer):
    """The boundary is 0, then the bytes, then tokens in the order in which they were made."""

    name = "wordpiece"
    continues = CONTINUES

    def __init__(self, tokens: Sequence[str]) -> None:
        ids = {token: i for i, token in enumerate(tokens)}
        super().__init__(tokens, _engine(ids), BOUNDARY)

    @classmethod
    def _train(
        cls, texts: Sequence[str], settings: WordPieceSettings | None, *, items: bool
    ) -> "WordPieceTokenizer":
        engine = _engine({BOUNDARY: 0})
        trainer = trainers.WordPieceTrainer(
            vocab_size=(settings or WordPieceSettings()).vocab_size,
            # All bytes both ways, in this order: else they are numbered as they happen to come up.
            special_tokens=NEEDED,
            continuing_subword_prefix=CONTINUES,
            show_progress=False,
        )
        engine.train_from_iterator(map(sendable, texts), trainer)
        vocab = json.loads(engine.to_str())["model"]["vocab"]
        return cls(sorted(vocab, key=vocab.__getitem__))

    def _to_dict(self) -> dict[str, Any]:
        return {"kind": self.name, "tokens": self.tokens}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "WordPieceTokenizer":
        return cls(checked_tokens(data["tokens"], NEEDED))


def _engine(ids: dict[str, int]) -> Any:
    model = engine_models.WordPiece(
        vocab=ids,
        unk_token=BOUNDARY,  # asked for by the engine, and never met: every byte is known
        continuing_subword_prefix=CONTINUES,
        max_input_chars_per_word=LONGEST,
    )
    return engine_of(model, longest=LONGEST, continues=CONTINUES)
