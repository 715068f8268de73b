"""Small texts, and n-grams fitted on them, for the tests of everything that counts."""

import torch
from hypothesis import strategies as st

from lm_core.models.ngram import Ngram, NgramSettings

START = torch.zeros(1, dtype=torch.int64)


def fitted(ids, starts=(0,), *, order=3, V=3, **changes):
    """An n-gram that has counted `ids`."""
    model = Ngram(NgramSettings(order=order, **changes), V)
    model.fit(torch.tensor(ids, dtype=torch.int64), torch.tensor(starts))
    return model


def probabilities(model, context):
    """p of every token after a context of at least one token."""
    logits, _ = model(torch.tensor([context]))
    return logits[0, -1].double().exp()


def mean_nats(model, ids):
    """Surprise of a running text, a token."""
    nats, _ = model.nats(ids[None, :-1], ids[None, 1:])
    return nats.double().mean().item()


def some_text(n, V, *, seed=0, power=2):
    """Ids of which the small ones are frequent, as words are."""
    generator = torch.Generator().manual_seed(seed)
    return (torch.rand(n, generator=generator) ** power * V).long().tolist()


@st.composite
def small_texts(draw):
    """V, and a small stream cut into sequences, with repeats enough to estimate some discounts."""
    V = draw(st.integers(1, 4))
    ids = draw(st.lists(st.integers(0, V - 1), min_size=1, max_size=120))
    cuts = draw(st.sets(st.integers(1, len(ids)), max_size=4))
    return V, ids, [0, *sorted(cut for cut in cuts if cut < len(ids))]


def grams_of(ids, starts, order):
    """Every gram of 1 to `order` tokens as (gram, token before it or None), by plain slicing: none
    reaches over a start, and the first token alone is not counted."""
    ends = [*starts[1:], len(ids) - 1]
    for a, b in zip(starts, ends, strict=True):
        sequence = ids[a : b + 1]
        for i in range(1, len(sequence)):
            for k in range(1, min(order, i + 1) + 1):
                before = sequence[i - k] if k <= i else None
                yield tuple(sequence[i - k + 1 : i + 1]), before
