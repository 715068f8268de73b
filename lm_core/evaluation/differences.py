"""Where does the surprise come from: by the place of a token, how common it is, how long ago it was
last seen, how long its text is, and how much of the past a model can see.

Every function gives bins with a mean surprise in nats per token: sums over the tokens of a bin
first, then one division. The first token of a text begins it and is not guessed (see `score.py`).
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from lm_core.encoded import Encoded
from lm_core.errors import Unsupported
from lm_core.models.contract import IGNORED, LanguageModel
from lm_core.tokenizers import Tokenizer

PLACES = (1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 32, 64, 128, 256, 512)  # where bins of counts begin
SENTENCES = (5, 10, 20, 30, 50)  # tokens of the longest sentence of each bin
AT_ONCE = 2_000_000  # logits held at a time


class Mean(NamedTuple):
    """Of the tokens whose number (a place, a count, a distance) is from `low` to `high`; None is
    without end."""

    low: int
    high: int | None
    nats: float
    tokens: int

    @property
    def label(self) -> str:
        """ "3", "8 to 11", "512 or more"."""
        if self.high is None:
            return f"{self.low:,} or more"
        return f"{self.low:,}" if self.low == self.high else f"{self.low:,} to {self.high:,}"


def by_place(nats: Tensor, encoded: Encoded) -> list[Mean]:
    """By how many tokens of its sequence stand before a token, the boundary of an item among them.

    Args:
        nats: surprise of every token but the first, (N - 1,), as `token_nats` gives it.
    """
    t = torch.arange(1, len(encoded.ids))
    return _binned(nats, t - _begins(encoded)[1:], PLACES)


def by_frequency(nats: Tensor, encoded: Encoded, train: Encoded, vocab_size: int) -> list[Mean]:
    """By how often a token stands in the training text: never, once to nine times, tens, hundreds
    and so on. `nats` as for `by_place`."""
    counts = torch.bincount(train.ids, minlength=vocab_size)
    powers = (0, *(10**k for k in range(10)))
    return _binned(nats, counts[encoded.ids[1:]], powers)


def by_distance(nats: Tensor, encoded: Encoded) -> list[Mean]:
    """By how many tokens ago the same token stood in the item, or the text, that it is of; 0 for
    those that come there for the first time. `nats` as for `by_place`."""
    ids = encoded.ids
    order = torch.argsort(ids, stable=True)  # equal ids beside each other, in reading order
    again = ids[order[1:]] == ids[order[:-1]]
    distance = torch.zeros_like(ids)
    distance[order[1:][again]] = (order[1:] - order[:-1])[again]
    before = torch.arange(len(ids)) - _begins(encoded)  # further back is another item
    distance = torch.where(distance <= before, distance, 0)
    return _binned(nats, distance[1:], (0, *PLACES))


def by_length(nats: Tensor, encoded: Encoded) -> list[Mean]:
    """By how many tokens the item has that a token is of, its end included. `nats` as for
    `by_place`; e to it is the perplexity by length."""
    ends = torch.cat([encoded.starts[1:], torch.tensor([len(encoded.ids) - 1])])
    lengths = (ends - encoded.starts)[_sequence(encoded)[:-1]]  # of the sequence of each input
    return _binned(nats, lengths, range(1, int(lengths.max()) + 1))


def by_sentence(
    nats: Tensor, encoded: Encoded, ends: Tensor, *, longest: Iterable[int] = SENTENCES
) -> list[Mean]:
    """By how many tokens the sentence has that a token is of, its end included; of running text,
    that is cut after each of `ends`. `nats` as for `by_place`.

    Args:
        ends: ids (see `sentence_ends`).
        longest: tokens of the longest sentence of each bin; one more holds what is longer.
    """
    last = torch.isin(encoded.ids[1:], ends).long()
    which = last.cumsum(0) - last  # the sentence of each target
    lengths = which.bincount()[which]
    return _binned(nats, lengths, (1, *(n + 1 for n in longest)))


def sentence_ends(tokenizer: Tokenizer) -> Tensor:
    """Ids of the tokens that end with a full stop, a question mark or an exclamation mark."""
    texts = (tokenizer.decode([id]).rstrip() for id in range(tokenizer.vocab_size))
    return torch.tensor([id for id, text in enumerate(texts) if text.endswith((".", "!", "?"))])


def reach(
    model: LanguageModel, encoded: Encoded, sizes: Sequence[int], *, targets: int = 500
) -> list[Mean]:
    """Mean surprise of the same tokens where only the last k tokens before each can be seen, for
    each k of `sizes`: where it stops falling, the model looks back no further.

    Args:
        sizes: those beyond the model's context, or beyond the longest past that the text has, are
            left out.
        targets: how many tokens are asked for, evenly spread among those that have as many before
            them in their sequence as the largest of `sizes`.

    Raises:
        Unsupported: the model sees both sides of a token.
    """
    if not model.causal:
        raise Unsupported(
            "This model reads a text from both sides, so its past cannot be cut: choose a model "
            "that writes."
        )
    before = torch.arange(1, len(encoded.ids)) - _begins(encoded)[1:]  # tokens seen at most
    limit = model.context_size
    longest = int(before.max())
    sizes = sorted({k for k in sizes if k <= longest and (limit is None or k <= limit)}) or [1]
    fitting = (before >= sizes[-1]).nonzero().flatten()
    few = torch.linspace(0, len(fitting) - 1, min(targets, len(fitting))).round().long()
    at = fitting[few] + 1  # places of the targets
    return [Mean(k, k, _seeing(model, encoded.ids, at, k), len(at)) for k in sizes]


def _seeing(model: LanguageModel, ids: Tensor, at: Tensor, k: int) -> float:
    """Mean surprise of the tokens at these places where each sees the k tokens before it."""
    was_training = model.training
    model.eval()
    total, rows = 0.0, max(1, AT_ONCE // (k * model.vocab_size))
    try:
        with torch.inference_mode():
            for first in range(0, len(at), rows):
                place = at[first : first + rows].unsqueeze(1)
                idx = ids[place + torch.arange(-k, 0)].to(model.device)  # (R, k)
                targets = torch.full_like(idx, IGNORED)
                targets[:, -1] = ids[place.squeeze(1)].to(model.device)
                total += float(model.nats(idx, targets)[0].double().sum())
    finally:
        model.train(was_training)
    return total / len(at)


def _sequence(encoded: Encoded) -> Tensor:
    """Which sequence each token is of, (N,); the boundary that closes the last item is of it."""
    marks = torch.zeros(len(encoded.ids), dtype=torch.int64)
    marks[encoded.starts] = 1
    return marks.cumsum(0) - 1


def _begins(encoded: Encoded) -> Tensor:
    """For each token as a target, where its sequence begins, (N,): a boundary between two items
    closes the one before it."""
    of = _sequence(encoded)
    return encoded.starts[torch.cat([of[:1], of[:-1]])]


def _binned(nats: Tensor, numbers: Tensor, begins: Iterable[int]) -> list[Mean]:
    """Means of `nats` over the bins that begin at these numbers, those that hold a token."""
    edges = torch.tensor(list(begins))
    which = torch.bucketize(numbers, edges, right=True) - 1
    count = which.bincount(minlength=len(edges))
    sums = which.bincount(weights=nats.double(), minlength=len(edges))
    found = []
    for k in count.nonzero().flatten().tolist():
        high = None if k + 1 == len(edges) else int(edges[k + 1]) - 1
        low, n = int(edges[k]), int(count[k])
        found.append(Mean(low, high, float(sums[k]) / n, n))
    return found
