"""N-gram: count what followed the last few tokens; where counts are thin, ask a shorter context.

    p(w | h) = (c(hw) - D) / c(h) + gamma(h) p(w | h'),     h' = h without its oldest token
    gamma(h) = all that the discounts D took from the tokens seen after h, over c(h)

c(hw) counts occurrences for the longest grams. For shorter ones it counts how many different
tokens came before ("Francisco" is frequent, but only after "San"), plus the times the gram began a
sequence; c(h) is the sum over w. The chain ends at 1 / V, so no token ever has probability 0.

Paper: Kneser and Ney 1995, "Improved Backing-Off for M-Gram Language Modeling"; interpolated, with
the three discounts of Chen and Goodman 1998, "An Empirical Study of Smoothing Techniques".
Left out on purpose: weights tuned on held-out text, classes of words, quantised counts.

Shapes: B batch, T time, V vocabulary, N tokens of text. The counts lie in a trie (`trie.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from lm_core.errors import BadCheckpoint
from lm_core.models.contract import IGNORED, LanguageModel, models
from lm_core.models.trie import FIELDS, UNSEEN, Arrays, Level, checked_levels, smallest
from lm_core.settings import Settings, setting

FALLBACK = (0.5, 1.0, 1.5)  # discounts where a text is too small to estimate them, as in KenLM
CELLS = 1 << 20  # probabilities held at once in float64


@dataclass(frozen=True)
class NgramSettings(Settings):
    """How far back to count."""

    order: int = setting(
        6, title="Order", low=1, high=12, unit="tokens", help="Length of the longest run counted."
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
    discount: float  # D
    own: float  # (c(hw) - D) / c(h)
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
    """Interpolated modified Kneser-Ney. The state is the last order - 1 ids (B, <= order - 1).

    Before `fit` every token is equally likely. Counting and look-ups run in numpy on the
    processor, wherever the buffers are. An item's boundary token only ever begins or ends a gram,
    so a row that holds several items scores each as if it stood alone.
    """

    learns_by = "counting"

    def __init__(self, settings: NgramSettings, vocab_size: int) -> None:
        super().__init__(settings, vocab_size)
        self.levels: list[Level] = []
        self.fit(torch.zeros(0, dtype=torch.int64), torch.zeros(1, dtype=torch.int64))

    @property
    def n_parameters(self) -> int:
        """Stored grams, the V single tokens included."""
        return sum(map(len, self.levels))

    def fit(self, ids: Tensor, starts: Tensor) -> None:
        """Count `ids` (N,) from scratch; no gram reaches back over one of `starts` (S,).

        Token i belongs to the sequence of the last start before it; token 0 has nothing before it
        and is not predicted.
        """
        V = self.vocab_size
        w = self._ids(ids)
        depth = tokens_before(len(w), starts)
        ends = np.flatnonzero(depth > 0)  # where the grams of this length end
        gram = w  # which gram ends at each token: (N,) indices into this level
        prefix, tokens = np.zeros(V, dtype=np.int64), np.arange(V)
        occurred = np.bincount(w[ends], minlength=V)
        levels = []
        for k in range(2, self.settings.order + 1):
            first = gram[ends[depth[ends] == k - 2]]  # begin a sequence: nothing on their left
            ends = ends[depth[ends] >= k - 1]
            pairs = torch.from_numpy(gram[ends - 1] * V + w[ends])
            keys, which = (x.numpy() for x in torch.unique(pairs, return_inverse=True))
            suffix = np.empty_like(keys)
            suffix[which] = gram[ends]  # each gram of k without its oldest token
            continues = np.bincount(suffix, minlength=len(tokens))
            continues += np.bincount(first, minlength=len(tokens))
            levels.append((prefix, tokens, continues, occurred))
            prefix, tokens = np.divmod(keys, V)
            occurred = np.bincount(which, minlength=len(keys))
            gram = np.full(len(w), UNSEEN)
            gram[ends] = which
        levels.append((prefix, tokens, occurred, occurred))
        discounts = [estimate_discounts(counts) for _, _, counts, _ in levels]
        self._store(_pruned(levels, self.settings.prune), np.array(discounts))

    def forward(self, idx: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        contexts, state = self._read(idx, state)
        flat = [context.reshape(-1) for context in contexts]
        logits = np.empty((idx.numel(), self.vocab_size), dtype=np.float32)
        step = max(1, CELLS // self.vocab_size)
        for a in range(0, len(logits), step):
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
        for level, context in zip(self.levels, contexts, strict=True):
            p = level.own[level.find(context, wanted)] + level.gamma[context] * p
        return torch.from_numpy(-np.log(p)).float().to(idx.device) * scored, state

    def explain(self, context: Sequence[int], token: int) -> list[Part]:
        """How p(token | context) is put together, from no context at all to the longest."""
        context = tuple(int(id) for id in context)
        context = context[max(0, len(context) - self.settings.order + 1) :]
        found, _ = self._read(torch.tensor(context, dtype=torch.int64).view(1, -1), None)
        wanted = self._ids(torch.tensor(token))
        p = 1 / self.vocab_size
        parts = [Part(0, (), 0, 0, 0.0, p, 0.0, p, p)]
        for k, level in enumerate(self.levels[: len(context) + 1]):
            h = found[k][0, -1] if k else np.array(0)
            gram = level.find(h, wanted)
            seen, count = int(level.totals[h]), int(level.counts[gram])
            own, gamma = float(level.own[gram]), float(level.gamma[h])
            discount = float(level.discounts[min(count, 3)])
            p = own + gamma * p
            parts = [part._replace(share=part.share * gamma) for part in parts]
            tail = context[len(context) - k :]
            parts.append(Part(k + 1, tail, seen, count, discount, own, gamma, p, own))
        return parts

    def _read(self, idx: Tensor, state: Tensor | None) -> tuple[list[np.ndarray], Tensor]:
        """For k = 0 ... order - 1 the index of the last k tokens, (B, T) each; the next state."""
        read = idx if state is None else torch.cat([state.to(idx.device), idx], dim=1)
        ids = self._ids(read)  # (B, S + T)
        contexts = [np.zeros_like(ids)]
        for level in self.levels[:-1]:
            prefix = np.roll(contexts[-1], 1, axis=1)  # the gram that ended one token earlier
            if len(contexts) > 1:
                prefix[:, :1] = UNSEEN
            contexts.append(level.find(prefix, ids))
        new, kept = read.size(1) - idx.size(1), max(0, read.size(1) - self.settings.order + 1)
        return [context[:, new:] for context in contexts], read[:, kept:]

    def _distribution(self, contexts: list[np.ndarray]) -> np.ndarray:
        """p of every token (R, V) float64, from R contexts of each length."""
        p = np.full((len(contexts[0]), self.vocab_size), 1 / self.vocab_size)
        for level, context in zip(self.levels, contexts, strict=True):
            p *= level.gamma[context, None]
            row, gram = level.followers(context)
            p[row, level.tokens[gram]] += level.own[gram]
        return p

    def _ids(self, ids: Tensor) -> np.ndarray:
        array = ids.detach().cpu().numpy().astype(np.int64, copy=False)
        if array.size and not 0 <= array.min() <= array.max() < self.vocab_size:
            raise IndexError(f"ids must lie in 0 ... {self.vocab_size - 1}")  # as nn.Embedding
        return array

    def _store(self, levels: list[Arrays], discounts: np.ndarray) -> None:
        """Keep the counts as buffers, in small integers, and index them."""
        self.register_buffer("discounts", torch.from_numpy(discounts))  # (order, 3)
        self.levels = []
        for k, arrays in enumerate(levels, 1):
            small = [smallest(array) for array in arrays]
            for field, array in zip(FIELDS, small, strict=True):
                self.register_buffer(f"{field}_{k}", torch.from_numpy(array))
            level = Level(*small, discounts=discounts[k - 1], vocab_size=self.vocab_size)
            self.levels.append(level)

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
                raise ValueError(f"not those of an n-gram of order {self.settings.order}")
            discounts = _checked_discounts(ours["discounts"], self.settings.order)
            levels = checked_levels(ours, self.settings.order, self.vocab_size)
        except ValueError as error:
            raise BadCheckpoint(
                f"These n-gram counts are damaged or belong to another model ({error}): "
                "copy the checkpoint again, or retrain it."
            ) from None
        self._store(levels, discounts)
        super()._load_from_state_dict(state_dict, prefix, *rest, **more)


def tokens_before(N: int, starts: Tensor) -> np.ndarray:
    """Tokens of its own sequence that stand before each token (N,); 0 for token 0 alone, because
    a token at a start still ends the sequence before it."""
    begin = starts.cpu().numpy()
    begin = begin[begin < N]
    latest = np.zeros(N + 1, dtype=np.int64)
    latest[begin + 1] = begin
    return np.arange(N) - np.maximum.accumulate(latest)[:N]


def estimate_discounts(counts: np.ndarray) -> tuple[float, float, float]:
    """D1, D2, D3+ of a level from how many of its grams count 1, 2, 3 and 4.

    Chen and Goodman 1998, equation 26. Where no gram counts 1, 2 or 3, or a discount would not be
    positive, the level is too small for the estimate and takes FALLBACK.
    """
    _, n1, n2, n3, n4, _ = np.bincount(np.minimum(counts, 5), minlength=6).tolist()
    if not n1 or not n2 or not n3:
        return FALLBACK
    y = n1 / (n1 + 2 * n2)
    d1, d2, d3 = 1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3
    return (d1, d2, d3) if d1 > 0 and d2 > 0 and d3 > 0 else FALLBACK


def _pruned(levels: list[Arrays], prune: int) -> list[Arrays]:
    """(prefix, tokens, counts, occurred) of each level -> FIELDS, without the rare long grams.

    A prefix occurs at least as often as the gram, so what stays keeps its prefix. What goes is
    still in the totals: its mass falls to the shorter context, and all still sums to 1.
    """
    out = []
    above = np.ones(1, dtype=bool)  # which prefixes stay
    for k, (prefix, tokens, counts, occurred) in enumerate(levels, 1):
        stays = occurred > prune if k > 2 else np.ones(len(tokens), dtype=bool)
        children = np.bincount(prefix[stays], minlength=len(above))
        totals = np.bincount(prefix, counts, minlength=len(above)).astype(np.int64)
        out.append((tokens[stays], counts[stays], children[above], totals[above]))
        above = stays
    return out


def _checked_discounts(tensor: Tensor, order: int) -> np.ndarray:
    if tensor.dtype != torch.float64 or tensor.shape != (order, 3):
        raise ValueError("the discounts have the wrong shape")
    if not bool(((tensor > 0) & (tensor <= torch.tensor([1.0, 2.0, 3.0]).to(tensor))).all()):
        raise ValueError("a discount is out of range")
    return tensor.cpu().numpy().copy()
