"""N-gram: count what followed the last few tokens; where counts are thin, ask a shorter context.

    p(w | h) = (c(hw) - D) / c(h) + gamma(h) p(w | h'),     h' = h without its oldest token
    gamma(h) = all that the discounts D took from the tokens seen after h, over c(h)

c(hw) counts occurrences for the longest grams. For shorter ones it counts how many different
tokens came before ("Francisco" is frequent, but only after "San"), plus the times the gram began a
sequence; c(h) is the sum over w. The chain ends at 1 / V, so no token ever has probability 0.
Other ways to smooth, with their equations, are in `smoothing.py`; they count occurrences alone.

Paper: Kneser and Ney 1995, "Improved Backing-Off for M-Gram Language Modeling"; interpolated, with
the three discounts of Chen and Goodman 1998, "An Empirical Study of Smoothing Techniques".
Left out on purpose: weights tuned on held-out text, classes of words, quantised counts.
Strong and weak: It is counted in seconds, hard to beat on little text, and each guess can be traced
to places in it. It knows nothing about contexts it has not read, and its store grows with the text.

Shapes: B batch, T time, V vocabulary, N tokens of text. The counts lie in a trie (`trie.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from lm_core.errors import BadCheckpoint, Unsupported
from lm_core.models.contract import IGNORED, LanguageModel, models
from lm_core.models.grams import count_grams
from lm_core.models.smoothing import KINDS, Weights, backoff_score, estimate_discounts, weigh
from lm_core.models.trie import FIELDS, Arrays, Level, checked_levels, contexts_of
from lm_core.settings import Settings, setting

CELLS = 1 << 20  # probabilities held at once in float64


@dataclass(frozen=True)
class NgramSettings(Settings):
    """How far back to count, and what to do where counts are thin."""

    order: int = setting(
        6, title="Order", low=1, high=12, unit="tokens", help="Length of the longest run counted."
    )
    smoothing: str = setting(
        "kneser-ney",
        title="Smoothing",
        choices=KINDS,
        help="How runs that were rarely or never seen get their share; ml gives them none.",
    )
    k: float = setting(
        1.0,
        title="Added to every count",
        low=0.0,
        high=1e6,
        help="Of the smoothing add-k: 1 is Laplace's, 0 is none.",
        advanced=True,
    )
    strength: float = setting(
        0.0,
        title="Trust in shorter contexts",
        low=0.0,
        high=100.0,
        help="Of kneser-ney: above 0 rare contexts decide less; 0.5 often helps a little.",
        advanced=True,
    )
    prune: int = setting(
        0,
        title="Forget rare runs",
        low=0,
        high=1000,
        unit="times",
        help="Runs of three or more tokens seen at most this often are dropped to save space.",
        advanced=True,
    )


class Part(NamedTuple):
    """What the grams of one length add to a probability; the `share`s of all lengths sum to it."""

    order: int  # length of the gram; 0 is the uniform end of the chain
    context: tuple[int, ...]
    seen: int  # c(h): 0 when the context is new
    count: int  # c(hw)
    discount: float  # D; 0 for all but Kneser-Ney
    own: float  # what the gram is worth: (c(hw) - D) / c(h) for Kneser-Ney
    gamma: float  # the mass handed on to the shorter context, 1 when this one is new
    probability: float  # own + gamma * probability of the part before
    share: float  # own * the gammas of all longer contexts


@models.register(
    "ngram",
    title="N-gram",
    idea="Count what followed the last few tokens; ask a shorter context where counts are thin.",
    paper="Kneser and Ney 1995; Chen and Goodman 1998, modified Kneser-Ney smoothing",
    settings=NgramSettings,
    order=30,
)
class Ngram(LanguageModel):
    """Counts and their smoothing. The state is the last order - 1 ids (B, <= order - 1).

    Before `fit` every token is equally likely. Counting and look-ups run in numpy on the
    processor, wherever the buffers are. An item's boundary token only ever begins or ends a gram,
    so a row that holds several items scores each as if it stood alone.
    """

    learns_by = "counting"

    def __init__(self, settings: NgramSettings, vocab_size: int) -> None:
        super().__init__(settings, vocab_size)
        self.levels: list[Level] = []
        self.weights: list[Weights] = []
        self.fit(torch.zeros(0, dtype=torch.int64), torch.zeros(1, dtype=torch.int64))

    @property
    def n_parameters(self) -> int:
        """Stored grams, the V single tokens included."""
        return sum(map(len, self.levels))

    @property
    def reach(self) -> int:
        return self.settings.order - 1

    @property
    def contexts(self) -> tuple[int, int]:
        """Of all V ** (order - 1) full contexts, how many were seen, and how many there are."""
        seen = int(np.count_nonzero(self.levels[-1].totals))
        return seen, self.vocab_size ** (self.settings.order - 1)

    def fit(self, ids: Tensor, starts: Tensor) -> None:
        """Count `ids` (N,) from scratch; no gram reaches back over one of `starts` (S,).

        Token i belongs to the sequence of the last start before it; token 0 has nothing before it
        and is not predicted.
        """
        settings = self.settings
        continuation = settings.smoothing == "kneser-ney"
        levels, discounts = [], []
        for arrays, counts in count_grams(
            self._ids(ids),
            starts,
            order=settings.order,
            vocab_size=self.vocab_size,
            prune=settings.prune,
            continuation=continuation,
        ):
            levels.append(arrays)
            discounts.append(estimate_discounts(counts))
        self.store(levels, np.array(discounts) if continuation else None)

    def forward(self, idx: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        contexts, state = self._read(idx, state)
        flat = [context.reshape(-1) for context in contexts]
        logits = np.empty((idx.numel(), self.vocab_size), dtype=np.float32)
        step = max(1, CELLS // self.vocab_size)
        for a in range(0, len(logits), step):
            with np.errstate(divide="ignore"):  # without smoothing some tokens are impossible
                logits[a : a + step] = np.log(self._distribution([c[a : a + step] for c in flat]))
        return torch.from_numpy(logits).view(*idx.shape, -1).to(idx.device), state  # (B, T, V)

    def nats(
        self, idx: Tensor, targets: Tensor, state: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """As in the contract, looking up the targets alone: (B, T, V) is never made."""
        contexts, state = self._read(idx, state)
        scored = targets != IGNORED
        wanted = self._ids(targets.where(scored, 0))
        p = np.full(wanted.shape, 1 / self.vocab_size)  # (B, T)
        for level, weights, context in zip(self.levels, self.weights, contexts, strict=True):
            p = weights.own[level.find(context, wanted)] + weights.gamma[context] * p
            if weights.floor is not None:
                p += weights.floor[context]
        with np.errstate(divide="ignore"):
            nats = torch.from_numpy(-np.log(p)).float()
        return nats.to(idx.device).where(scored, 0.0), state  # an impossible token: infinite

    def explain(self, context: Sequence[int], token: int) -> list[Part]:
        """How p(token | context) is put together, from no context at all to the longest."""
        context = tuple(int(id) for id in context)
        context = context[max(0, len(context) - self.settings.order + 1) :]
        found, _ = self._read(torch.tensor(context, dtype=torch.int64).view(1, -1), None)
        wanted = self._ids(torch.tensor(token))
        p = 1 / self.vocab_size
        parts = [Part(0, (), 0, 0, 0.0, p, 0.0, p, p)]
        for n, level in enumerate(self.levels[: len(context) + 1]):
            h = found[n][0, -1] if n else np.array(0)
            gram = level.find(h, wanted)
            seen, count = int(level.totals[h]), int(level.counts[gram])
            own, gamma, floor = self.weights[n]
            own = float(own[gram]) + (0.0 if floor is None else float(floor[h]))
            gamma, discount = float(gamma[h]), 0.0
            if self.settings.smoothing == "backoff" and count:
                own, gamma = own + gamma * p, 0.0  # shorter contexts are not asked
            if self.settings.smoothing == "kneser-ney" and count:
                discount = float(self.discounts[n, min(count, 3) - 1])
            p = own + gamma * p
            parts = [part._replace(share=part.share * gamma) for part in parts]
            tail = context[len(context) - n :]
            parts.append(Part(n + 1, tail, seen, count, discount, own, gamma, p, own))
        return parts

    def score(self, context: Sequence[int], token: int) -> float:
        """What stupid back-off says of a token: no probability, but what `forward` divides by its
        sum over all tokens to make one.

        Raises:
            Unsupported: another smoothing.
        """
        if self.settings.smoothing != "backoff":
            raise Unsupported("Only stupid back-off has such scores: set smoothing to backoff.")
        seen = [(part.count, part.seen) for part in self.explain(context, token)[1:]]
        return backoff_score(seen, self.vocab_size)

    def _read(self, idx: Tensor, state: Tensor | None) -> tuple[list[np.ndarray], Tensor]:
        """For k = 0 ... order - 1 the index of the last k tokens, (B, T) each; the next state."""
        read = idx if state is None else torch.cat([state.to(idx.device), idx], dim=1)
        ids = self._ids(read)  # (B, S + T)
        contexts = contexts_of(self.levels, ids)
        new, kept = read.size(1) - idx.size(1), max(0, read.size(1) - self.settings.order + 1)
        return [context[:, new:] for context in contexts], read[:, kept:]

    def _distribution(self, contexts: list[np.ndarray]) -> np.ndarray:
        """p of every token (R, V) float64, from R contexts of each length."""
        p = np.full((len(contexts[0]), self.vocab_size), 1 / self.vocab_size)
        for level, weights, context in zip(self.levels, self.weights, contexts, strict=True):
            p *= weights.gamma[context, None]
            row, gram = level.followers(context)
            p[row, level.tokens[gram]] += weights.own[gram]
            if weights.floor is not None:
                p += weights.floor[context, None]
        return p

    def _ids(self, ids: Tensor) -> np.ndarray:
        array = ids.detach().cpu().numpy().astype(np.int64, copy=False)
        if array.size and not 0 <= array.min() <= array.max() < self.vocab_size:
            raise IndexError(f"ids must lie in 0 ... {self.vocab_size - 1}")  # as nn.Embedding
        return array

    def store(self, arrays: list[Arrays], discounts: np.ndarray | None) -> None:
        """Take counts that were made elsewhere: index them, weigh them, and keep them as buffers,
        in small integers.

        Args:
            arrays: of each level, as `count_grams` gives them.
            discounts: (order, 3), of Kneser-Ney alone.

        Raises:
            ValueError: they cannot be weighed; then all stays as it was.
        """
        s = self.settings
        levels = [Level(*level, vocab_size=self.vocab_size) for level in arrays]
        self.weights = weigh(levels, s.smoothing, discounts=discounts, strength=s.strength, k=s.k)
        self.levels = levels
        if discounts is not None:
            self.register_buffer("discounts", torch.from_numpy(discounts))  # (order, 3)
        for n, level in enumerate(arrays, 1):
            for field, array in zip(FIELDS, level, strict=True):
                self.register_buffer(f"{field}_{n}", torch.from_numpy(array))

    def _load_from_state_dict(
        self, state_dict: dict[str, Tensor], prefix: str, *rest: Any, **more: Any
    ) -> None:
        """The buffers take the sizes of the file, once it is known to hold a sound trie.

        Raises:
            BadCheckpoint: it does not, or one for other settings.
        """
        ours = {k.removeprefix(prefix): v for k, v in state_dict.items() if k.startswith(prefix)}
        try:
            if set(ours) != set(self._buffers):
                raise ValueError(f"not those of order {self.settings.order} and this smoothing")
            discounts = None
            if "discounts" in ours:
                discounts = _checked_discounts(ours["discounts"], self.settings.order)
            levels = checked_levels(ours, self.settings.order, self.vocab_size)
            self.store(levels, discounts)
        except ValueError as error:
            raise BadCheckpoint(
                f"These n-gram counts are damaged or belong to another model ({error}): "
                "copy the checkpoint again, or retrain it."
            ) from None
        super()._load_from_state_dict(state_dict, prefix, *rest, **more)


def _checked_discounts(tensor: Tensor, order: int) -> np.ndarray:
    if tensor.dtype != torch.float64 or tensor.shape != (order, 3):
        raise ValueError("the discounts have the wrong shape")
    if not bool(((tensor > 0) & (tensor <= torch.tensor([1.0, 2.0, 3.0]).to(tensor))).all()):
        raise ValueError("a discount is out of range")
    return tensor.cpu().numpy().copy()
