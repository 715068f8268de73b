"""Unigram over bytes (the model of SentencePiece), trained with Hugging Face `tokenizers`.

Every token has a probability of its own, and of all ways to cut a word the likeliest one is taken:

    cut(word) = argmax over x1 ... xn = word of log p(x1) + ... + log p(xn)

Learned from above: it begins with all frequent runs, fits the probabilities (EM), drops the tokens
whose loss costs the text least, and so on until few enough are left. SentencePiece starts from
characters after NFKC and falls back on bytes; this one starts from bytes, takes text as it stands
and cuts at words as GPT-2 does, so that nothing is unknown and every text comes back exactly.
Paper: Kudo 2018, "Subword Regularization"; Kudo and Richardson 2018, "SentencePiece".
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tokenizers import models as engine_models
from tokenizers import trainers

from lm_core.settings import Settings, setting
from lm_core.tokenizers.byte_level import (
    ALPHABET,
    LONGEST,
    ByteLevelTokenizer,
    checked_tokens,
    engine_of,
    sendable,
)
from lm_core.tokenizers.tokenizer import tokenizers

BOUNDARY = "\n"  # no byte is written with it, so no text is cut into it
DIGITS = 4  # of a log-probability: the sums of the trainer differ by their order, far behind these
STEP = 1e-4  # what the trainer lays between the scores of bytes that it had no use for


@dataclass(frozen=True)
class UnigramSettings(Settings):
    """How many tokens."""

    vocab_size: int = setting(
        4096,
        title="Vocabulary",
        low=len(ALPHABET) + 1,
        high=65_536,
        unit="tokens",
        help="Tokens are dropped until this many are left; the 256 bytes always stay.",
    )


@tokenizers.register(
    "unigram",
    title="Unigram",
    idea="Every piece has a probability; of all ways to cut a word the likeliest is taken.",
    paper="Kudo 2018, Subword Regularization",
    settings=UnigramSettings,
    order=50,
)
class UnigramTokenizer(ByteLevelTokenizer):
    """The boundary is 0, then tokens by falling probability."""

    name = "unigram"

    def __init__(self, tokens: Sequence[str], scores: Sequence[float]) -> None:
        self.scores = list(scores)
        vocab = list(zip(tokens, self.scores, strict=True))
        super().__init__(tokens, engine_of(engine_models.Unigram(vocab=vocab)), BOUNDARY)

    @classmethod
    def _train(
        cls, texts: Sequence[str], settings: UnigramSettings | None, *, items: bool
    ) -> "UnigramTokenizer":
        engine = engine_of(engine_models.Unigram(), longest=LONGEST)
        trainer = trainers.UnigramTrainer(
            vocab_size=(settings or UnigramSettings()).vocab_size,
            special_tokens=[BOUNDARY],
            initial_alphabet=ALPHABET,
            unk_token=BOUNDARY,  # asked for by the trainer, and never met: every byte is known
            show_progress=False,
        )
        scores = dict.fromkeys(ALPHABET, 0.0)  # where there is nothing to learn from
        if any(texts):
            engine.train_from_iterator(map(sendable, texts), trainer)
            scores = dict(json.loads(engine.to_str())["model"]["vocab"][1:])
        found = _settled(scores)
        return cls([BOUNDARY, *(token for token, _ in found)], [0.0, *(p for _, p in found)])

    def _to_dict(self) -> dict[str, Any]:
        return {"kind": self.name, "tokens": self.tokens, "scores": self.scores}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "UnigramTokenizer":
        tokens, scores = checked_tokens(data["tokens"], [BOUNDARY, *ALPHABET]), data["scores"]
        if not isinstance(scores, list) or not all(type(p) in (int, float) for p in scores):
            raise ValueError("a Unigram vocabulary has a log-probability for each token")
        if not all(math.isfinite(p) and abs(p) < 1e6 for p in scores):
            raise ValueError("a log-probability of a token is a finite number")
        return cls(tokens, [float(p) for p in scores])


def _settled(scores: dict[str, float]) -> list[tuple[str, float]]:
    """Tokens with their log-probabilities, the likeliest first: the same for the same text, which
    the trainer does not promise. It adds up in any order, and gives the bytes that it had no use
    for scores from the lowest upwards, in any order: they get the lowest."""
    low = min(scores.values())
    top = low + STEP * len(ALPHABET)
    settled = {t: round(low if len(t) == 1 and p <= top else p, DIGITS) for t, p in scores.items()}
    return sorted(settled.items(), key=lambda pair: (-pair[1], pair[0]))
