"""Counted once, asked in many ways: n-grams of every order, smoothing and pruning from one count.

    counts = Counts.of(ids, starts, order=8, vocab_size=V)
    counts.model(NgramSettings(order=5))        # the model that `fit` gives, to the bit

    held = HeldOut(counts, held_out_ids)
    held.nats("add-k", k=0.1)                   # of each token, under the orders 1 ... 8

Which grams there are depends on the text alone: order, smoothing and pruning decide which of the
counts are looked at, and how they are weighed. To score a text only the contexts it holds are
needed, so their grams are taken out as a small trie of its own, which is weighed in no time. And
as the grams of an order are those of the one below and some longer ones, one pass from the shortest
context to the longest gives the probabilities under every order.

Shapes: N tokens of text, K grams on a level of the trie, V vocabulary.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from lm_core.models.grams import Grams, different_grams, level_of
from lm_core.models.ngram import Ngram, NgramSettings
from lm_core.models.smoothing import KINDS, Weights, estimate_discounts, kneser_ney, weigh
from lm_core.models.trie import Arrays, Level, contexts_of, smallest

KNESER_NEY = KINDS[0]


@dataclass(frozen=True)
class Counts:
    """All grams of a text up to a length, by occurrences and by continuations."""

    grams: tuple[Grams, ...]  # of 1, 2, ... tokens
    vocab_size: int

    @classmethod
    def of(
        cls,
        ids: Tensor,
        starts: Tensor,
        *,
        order: int,
        vocab_size: int,
        progress: Callable[[int, int], None] = lambda done, of: None,
    ) -> "Counts":
        """Count `ids` (N,), whose sequences begin at `starts` (S,), up to `order` tokens.

        Args:
            progress: is told how many lengths are counted, and of how many.
        """
        found, array = [], ids.cpu().numpy().astype(np.int64, copy=False)
        for grams in different_grams(
            array, starts, order=order, vocab_size=vocab_size, continuation=True
        ):
            continued = None if grams.continued is None else smallest(grams.continued)
            found.append(Grams(grams.keys, smallest(grams.occurred), continued))
            progress(len(found), order)
        return cls(tuple(found), vocab_size)

    @property
    def order(self) -> int:
        """Of the longest that were counted."""
        return len(self.grams)

    def arrays(self, order: int, *, continuation: bool, prune: int = 0) -> list[Arrays]:
        """The levels of a model of this order, as `Ngram.store` takes them."""
        kinds = (continuation and k < order for k in range(1, order + 1))
        return list(self._levels(list(kinds), prune))

    def discounts(self, order: int) -> np.ndarray:
        """Of Kneser-Ney with this order: those of each level, (order, 3)."""
        below = [estimate_discounts(grams.continued) for grams in self.grams[: order - 1]]
        return np.array([*below, estimate_discounts(self.grams[order - 1].occurred)])

    def model(self, settings: NgramSettings) -> Ngram:
        """The n-gram that has read the text.

        Raises:
            ValueError: its order is above what was counted.
        """
        if settings.order > self.order:
            raise ValueError(f"order {settings.order}, and only {self.order} were counted")
        continuation = settings.smoothing == KNESER_NEY
        model = Ngram(settings, self.vocab_size)
        model.store(
            self.arrays(settings.order, continuation=continuation, prune=settings.prune),
            self.discounts(settings.order) if continuation else None,
        )
        return model

    def size(self, order: int, *, prune: int = 0) -> tuple[int, int]:
        """Grams that a model of this order stores, and the bytes of their arrays (with the counts
        of occurrences; continuations are smaller numbers, and take as much or less)."""
        levels = self.arrays(order, continuation=False, prune=prune)
        return sum(len(level[0]) for level in levels), sum(
            a.nbytes for level in levels for a in level
        )

    def _levels(self, continuation: list[bool], prune: int) -> Iterator[Arrays]:
        above = np.ones(1, dtype=bool)
        for k, (grams, continued) in enumerate(zip(self.grams, continuation, strict=False), 1):
            counts = grams.continued if continued else grams.occurred
            level, above = level_of(
                k,
                grams.keys,
                counts,
                grams.occurred,
                above,
                vocab_size=self.vocab_size,
                prune=prune,
            )
            yield level


class HeldOut:
    """A text to be scored under every order at once, its first token aside.

    Args:
        counts: of another text.
        ids: the text (N,).
        prune: grams of three or more tokens that were counted at most so often are forgotten.
    """

    def __init__(self, counts: Counts, ids: Tensor, *, prune: int = 0) -> None:
        self.vocab_size, self.order = counts.vocab_size, counts.order
        self.discounts = [counts.discounts(order) for order in range(1, self.order + 1)]
        array = ids.cpu().numpy().astype(np.int64, copy=False)
        V = self.vocab_size
        every = counts.arrays(self.order, continuation=False, prune=prune)
        found = contexts_of([Level(*level, vocab_size=V) for level in every], array[None, :-1])
        asked = [np.unique(context[context >= 0]) for context in found]
        self.occurred = [Level(*level, vocab_size=V) for level in _those(every, asked)]
        every = counts.arrays(self.order, continuation=True, prune=prune)
        # The longest has no continuations; nothing asks for them either.
        self.continued = [Level(*level, vocab_size=V) for level in _those(every[:-1], asked)]
        self.contexts = [one[0] for one in contexts_of(self.occurred, array[None, :-1])]  # (N - 1,)
        self.grams = [
            level.find(context, array[1:])  # (N - 1,)
            for level, context in zip(self.occurred, self.contexts, strict=True)
        ]

    def __len__(self) -> int:
        """Tokens that are scored."""
        return len(self.grams[0])

    def nats(self, smoothing: str, *, k: float = 1.0, strength: float = 0.0) -> list[np.ndarray]:
        """The surprise of each token under the orders 1, 2, ..., (N - 1,) float64 each; infinite
        where it is impossible. By one of `KINDS`, which read `k` and `strength` as in the settings.
        """
        p, surprises = np.full(len(self), 1 / self.vocab_size), []  # no context, every token alike
        if smoothing == KNESER_NEY:
            for n, level in enumerate(self.occurred):
                last = kneser_ney(level, self.discounts[n][n], strength)
                surprises.append(self._after(n, last, p))
                if n < len(self.continued):
                    below = kneser_ney(self.continued[n], self.discounts[n + 1][n], strength)
                    p = self._after(n, below, p)
        else:
            for n, weights in enumerate(weigh(self.occurred, smoothing, k=k)):
                p = self._after(n, weights, p)
                surprises.append(p)
        with np.errstate(divide="ignore"):  # without smoothing some tokens are impossible
            return [-np.log(one) for one in surprises]

    def _after(self, n: int, weights: Weights, p: np.ndarray) -> np.ndarray:
        """The probabilities with one more token of context."""
        context = self.contexts[n]
        p = weights.own[self.grams[n]] + weights.gamma[context] * p
        return p if weights.floor is None else p + weights.floor[context]


def _those(levels: list[Arrays], asked: list[np.ndarray]) -> Iterator[Arrays]:
    """The part of a trie that tells what followed the contexts `asked` for: on each level, places
    of grams on the level above. Whatever ends a context was asked for itself, as a text that holds
    the longer one holds the shorter."""
    kept = np.ones(1, dtype=bool)
    for (tokens, counts, children, totals), contexts in zip(levels, asked, strict=False):
        wanted = np.zeros(len(children), dtype=bool)
        wanted[contexts] = True
        stays = np.repeat(wanted, children)  # (K,)
        yield tokens[stays], counts[stays], np.where(wanted, children, 0)[kept], totals[kept]
        kept = stays
