"""Counted once: every model made of it is the one that `fit` gives, every score the model's."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lm_core.models.ngram import NgramSettings
from lm_core.models.ngram_counts import Counts, HeldOut
from lm_core.models.smoothing import KINDS
from tests.models.by_definition import KneserNey, Raw
from tests.models.counted import fitted, small_texts, some_text


def counted(ids, starts=(0,), *, order=3, V=3):
    ids = torch.tensor(ids, dtype=torch.int64)
    return Counts.of(ids, torch.tensor(starts), order=order, vocab_size=V)


@settings(max_examples=40, deadline=None)
@given(
    text=small_texts(),
    order=st.integers(1, 4),
    smoothing=st.sampled_from(KINDS),
    prune=st.integers(0, 2),
)
def test_a_model_of_it_is_the_one_that_counts_for_itself(text, order, smoothing, prune):
    V, ids, starts = text
    changes = {"smoothing": smoothing, "prune": prune, "k": 0.5}
    theirs = fitted(ids, starts, order=order, V=V, **changes).state_dict()
    counts = counted(ids, starts, order=4, V=V)
    ours = counts.model(NgramSettings(order=order, **changes)).state_dict()
    assert list(ours) == list(theirs)
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


@settings(max_examples=40, deadline=None)
@given(
    text=small_texts(),
    held=st.lists(st.integers(0, 3), min_size=2, max_size=30),
    smoothing=st.sampled_from(KINDS),
    prune=st.integers(0, 2),
)
def test_a_text_is_scored_as_the_model_of_each_order_scores_it(text, held, smoothing, prune):
    V, ids, starts = text
    held = torch.tensor([id % V for id in held])
    counts = counted(ids, starts, order=4, V=V)
    ours = HeldOut(counts, held, prune=prune).nats(smoothing, k=0.3, strength=0.5)
    for order, nats in enumerate(ours, 1):
        chosen = NgramSettings(order=order, smoothing=smoothing, k=0.3, strength=0.5, prune=prune)
        expected, _ = counts.model(chosen).nats(held[None, :-1], held[None, 1:])
        assert nats.astype(np.float32) == pytest.approx(expected[0].numpy(), rel=1e-5)


@pytest.mark.parametrize("smoothing", KINDS)
def test_the_scores_are_those_of_the_definition(smoothing):
    ids, held, V, order = some_text(400, 5), some_text(40, 5, seed=1), 5, 3
    plain = {
        n: KneserNey(ids, [0], n, V)
        if smoothing == "kneser-ney"
        else Raw(ids, [0], n, V, smoothing, k=0.2)
        for n in range(1, order + 1)
    }
    found = HeldOut(counted(ids, order=order, V=V), torch.tensor(held)).nats(smoothing, k=0.2)
    for n, nats in enumerate(found, 1):
        expected = [plain[n].p(held[:i], held[i]) for i in range(1, len(held))]
        assert np.exp(-nats) == pytest.approx(expected)


def test_without_smoothing_what_never_came_is_impossible():
    *_, nats = HeldOut(counted([0, 1, 0, 1, 0, 2]), torch.tensor([0, 1, 1])).nats("ml")
    assert nats[1] == np.inf


def test_its_size_is_that_of_the_model():
    ids = some_text(500, 6)
    counts = counted(ids, order=4, V=6)
    for prune in (0, 1, 3):
        model = counts.model(NgramSettings(order=4, smoothing="witten-bell", prune=prune))
        stored = sum(tensor.nbytes for tensor in model.buffers())
        assert counts.size(4, prune=prune) == (model.n_parameters, stored)


def test_more_than_was_counted_is_refused():
    with pytest.raises(ValueError, match="only 3 were counted"):
        counted([0, 1, 2]).model(NgramSettings(order=4))


def test_it_says_how_far_it_is():
    told = []
    ids = torch.tensor(some_text(50, 3))
    Counts.of(
        ids,
        torch.zeros(1, dtype=torch.int64),
        order=3,
        vocab_size=3,
        progress=lambda done, of: told.append((done, of)),
    )
    assert told == [(1, 3), (2, 3), (3, 3)]
