"""Toys. Importing this registers nothing: `registered` does, and takes it back.

logits = W tanh(E[token]):  the next token from the last one alone, through a tanh
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from lm_core.corpora import corpora
from lm_core.corpora.corpus import Corpus, CorpusInfo, Progress, register
from lm_core.corpora.packages import PackageFile
from lm_core.corpora.splitting import split_items
from lm_core.models.contract import models
from lm_core.models.heads import LinearHead
from lm_core.models.network import Network
from lm_core.settings import Settings, setting

FAMILY, CORPUS = "toy-pair", "toy-words"
HERE = PackageFile("torch", ("version.py",))  # something that is on every machine
INFO = CorpusInfo(
    name=CORPUS,
    title="Toy words",
    licence="None: made by rule.",
    may_be_passed_on=True,
    source="Counted up.",
    kind="items",
    size="600 words",
    split_rule="Shuffled once; 60 validate and 60 test.",
)


@dataclass(frozen=True)
class PairSettings(Settings):
    n_embd: int = setting(8, title="Width", low=1, high=512, help="Numbers that stand for a token.")
    block_size: int = setting(16, title="Context", low=1, high=512, help="Tokens in a row.")


class Pair(Network):
    """The toy family: it remembers one token."""

    def __init__(self, settings: PairSettings, vocab_size: int) -> None:
        super().__init__(settings, vocab_size)
        self.embedding = nn.Embedding(vocab_size, settings.n_embd)
        self.head = LinearHead(settings.n_embd, vocab_size)
        nn.init.zeros_(self.head.weight)

    @property
    def reach(self) -> int:
        return 1

    def hidden(self, idx: Tensor, state: Any = None) -> tuple[Tensor, None]:
        return self.embedding(idx).tanh(), None


def load(progress: Progress | None = None) -> Corpus:
    """Three letters of a hash for each number."""
    words = (hashlib.sha256(str(k).encode()).hexdigest()[:6] for k in range(600))
    return Corpus(INFO, split_items(list(dict.fromkeys(words)), validation=60, test=60))


@contextmanager
def registered() -> Iterator[None]:
    """Both are in their registries meanwhile."""
    _ = models.names(), corpora.names()
    models.register(
        FAMILY, title="Toy pair", idea="Remembers one token.", settings=PairSettings, order=999
    )(Pair)
    register(INFO, idea="Made by rule.", order=999, sources=lambda: [HERE])(load)
    try:
        yield
    finally:
        del models._entries[FAMILY], corpora._entries[CORPUS]
