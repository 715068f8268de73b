import math
from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load, save

from lm_core.errors import BadCheckpoint, BadSettings, Unsupported
from lm_core.generation import SamplerSettings, generate
from lm_core.models.ngram import Ngram, NgramSettings
from lm_core.models.smoothing import ALPHA, FALLBACK, KINDS, backoff_score, estimate_discounts
from tests.models.by_definition import KneserNey, Raw
from tests.models.counted import (
    fitted,
    mean_nats,
    probabilities,
    small_texts,
    some_text,
)

RAW = [kind for kind in KINDS if kind != "kneser-ney"]  # these count occurrences alone
EVERY = [{"smoothing": kind} for kind in KINDS]
EVERY += [{"strength": 0.5}, {"smoothing": "add-k", "k": 0.01}]
TEXT = [0, 1, 0, 1, 2, 1]  # pairs: 01 twice, 10, 12, 21 once


def test_kneser_ney_is_the_table_worked_by_hand():
    # 0 1 0 1 2 1: pairs 01 twice, 10, 12, 21 once. No pair counts 3, so D = 0.5, 1, 1.5.
    # Different tokens before 0: {1}, before 1: {0, 2}, before 2: {1}: counts 1, 2, 1 of 4.
    # One token: own 1/8, 1/4, 1/8, left over 1/2, of which each gets a third.
    model = fitted([0, 1, 0, 1, 2, 1], order=2)
    one = [7 / 24, 10 / 24, 7 / 24]
    for token in range(3):
        parts = model.explain([], token)
        assert parts[-1].probability == pytest.approx(one[token])
    # After 0: 1 twice. (2 - 1)/2 own, 1/2 left. After 1: 0 and 2 once. (1 - 0.5)/2 each, 1/2 left.
    # After 2: 1 once. (1 - 0.5)/1 own, 1/2 left.
    table = {
        0: [7 / 48, 34 / 48, 7 / 48],
        1: [19 / 48, 10 / 48, 19 / 48],
        2: [7 / 48, 34 / 48, 7 / 48],
    }
    for context, row in table.items():
        assert probabilities(model, [context]).tolist() == pytest.approx(row, abs=1e-6)


@settings(max_examples=80)
@given(small_texts(), st.integers(1, 5), st.integers(0, 3))
def test_kneser_ney_agrees_with_its_definition(text, order, prune):
    V, ids, starts = text
    model = fitted(ids, starts, order=order, V=V, prune=prune)
    reference = KneserNey(ids, starts, order, V, prune)
    contexts = [[a] for a in range(V)] + [ids[i : i + 5] for i in range(0, len(ids), 17)]
    for context in contexts:
        expected = [reference.p(context, token) for token in range(V)]
        assert sum(expected) == pytest.approx(1)
        assert probabilities(model, context).tolist() == pytest.approx(expected, abs=1e-6)


def test_the_definition_estimates_discounts_too():
    # The small corpora above mostly fall back; this one must not.
    ids = some_text(3000, 12)
    model, reference = fitted(ids, order=4, V=12), KneserNey(ids, [0], 4, 12)
    assert any(reference.discounts[k] != FALLBACK for k in (3, 4))
    for k in range(1, 5):
        assert model.discounts[k - 1].tolist() == pytest.approx(reference.discounts[k])
    for i in range(0, 60, 3):
        expected = [reference.p(ids[i : i + 3], token) for token in range(12)]
        assert probabilities(model, ids[i : i + 3]).tolist() == pytest.approx(expected, abs=1e-6)


def test_discounts_come_from_counts_of_counts():
    # n1..n4 = 4, 2, 1, 1: Y = 4/8; D1 = 1 - 2 Y 2/4, D2 = 2 - 3 Y 1/2, D3+ = 3 - 4 Y 1/1.
    counts = torch.tensor([0, 1, 1, 1, 1, 2, 2, 3, 4, 9]).numpy()
    assert estimate_discounts(counts) == pytest.approx((0.5, 1.25, 1.0))
    assert estimate_discounts(counts[:7]) == FALLBACK  # nothing counts 3
    assert estimate_discounts(torch.tensor([1, 2, 3, 3, 3]).numpy()) == FALLBACK  # D2 < 0


@settings(max_examples=40)
@pytest.mark.parametrize("kind", RAW)
@given(small_texts(), st.integers(1, 4), st.integers(0, 2), st.sampled_from([0.0, 0.1, 1.0]))
def test_each_smoothing_agrees_with_its_definition(kind, text, order, prune, k):
    V, ids, starts = text
    model = fitted(ids, starts, order=order, V=V, prune=prune, smoothing=kind, k=k)
    reference = Raw(ids, starts, order, V, kind, k, prune)
    for context in [[a] for a in range(V)] + [ids[i : i + 5] for i in range(0, len(ids), 23)]:
        expected = [reference.p(context, token) for token in range(V)]
        assert sum(expected) == pytest.approx(1)
        assert probabilities(model, context).tolist() == pytest.approx(expected, abs=1e-6)
        if kind == "backoff":
            scores = [model.score(context, token) for token in range(V)]
            assert scores == pytest.approx([reference.score(context, w) for w in range(V)])


def test_witten_bell_is_the_table_worked_by_hand():
    # One token: 1, 0, 1, 2, 1 are counted: 0 once, 1 three times, 2 once; 3 kinds of 5.
    # p = (c + 3 / 3) / 8: 2/8, 4/8, 2/8. After 0: 1 twice, 1 kind of 2: (c + p) / 3.
    # After 1: 0 and 2 once, 2 kinds of 2: (c + 2 p) / 4. After 2: 1 once, 1 kind of 1: (c + p) / 2.
    table = {0: [1 / 12, 10 / 12, 1 / 12], 1: [3 / 8, 2 / 8, 3 / 8], 2: [1 / 8, 6 / 8, 1 / 8]}
    model = fitted(TEXT, order=2, smoothing="witten-bell")
    for context, row in table.items():
        assert probabilities(model, [context]).tolist() == pytest.approx(row, abs=1e-6)


def test_stupid_backoff_is_the_table_worked_by_hand():
    # One token: 1/5, 3/5, 1/5. What was seen keeps its share, the rest takes 0.4 of these.
    table = {0: [0.08, 1, 0.08], 1: [0.5, 0.24, 0.5], 2: [0.08, 1, 0.08]}
    model = fitted(TEXT, order=2, smoothing="backoff")
    for context, row in table.items():
        assert [model.score([context], token) for token in range(3)] == pytest.approx(row)
        shared = [score / sum(row) for score in row]
        assert probabilities(model, [context]).tolist() == pytest.approx(shared, abs=1e-6)
    assert backoff_score([(0, 5), (0, 2)], 10) == pytest.approx(ALPHA**2 / 10)


def test_add_k_and_maximum_likelihood_are_the_table_worked_by_hand():
    counts = {0: [0, 2, 0], 1: [1, 0, 1], 2: [0, 1, 0]}
    for kind, k in [("ml", 0.0), ("add-k", 0.5), ("add-k", 1.0)]:
        model = fitted(TEXT, order=2, smoothing=kind, k=k)
        for context, row in counts.items():
            expected = [(c + k) / (sum(row) + 3 * k) for c in row]
            assert probabilities(model, [context]).tolist() == pytest.approx(expected, abs=1e-6)


def test_strength_hands_more_to_the_shorter_context():
    # As the Kneser-Ney table, with 0.5 more handed on by every context. One token: own 0.5, 1, 0.5
    # of 4.5, 2.5 / 4.5 left; after 0: own 1 of 2.5 to token 1, 1.5 / 2.5 left.
    model = fitted(TEXT, order=2, strength=0.5)
    one = [(own + 2.5 / 3) / 4.5 for own in (0.5, 1, 0.5)]
    row = [(own + 1.5 * p) / 2.5 for own, p in zip((0, 1, 0), one, strict=True)]
    assert probabilities(model, [0]).tolist() == pytest.approx(row, abs=1e-6)
    longer = fitted(TEXT, order=3, strength=0.5)  # a context never seen decides nothing
    assert torch.equal(probabilities(longer, [2, 0]), probabilities(longer, [0]))


@pytest.mark.parametrize("changes", EVERY)
@pytest.mark.parametrize("prune", [0, 2])
def test_probabilities_sum_to_one_in_any_context(changes, prune):
    generator = torch.Generator().manual_seed(1)
    model = fitted(some_text(5000, 20, power=3), order=5, V=30, prune=prune, **changes)
    idx = torch.randint(30, (40, 25), generator=generator)  # most of it never seen
    sums = model(idx)[0].double().exp().sum(-1)
    assert (sums - 1).abs().max() < 1e-6
    targets = torch.randint(30, (40, 25), generator=generator)
    expected, _ = super(Ngram, model).nats(idx, targets)
    torch.testing.assert_close(model.nats(idx, targets)[0], expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("changes", EVERY)
def test_before_counting_every_token_is_alike(changes):
    model = Ngram(NgramSettings(order=3, **changes), 5)
    assert probabilities(model, [0, 4]).tolist() == pytest.approx([1 / 5] * 5)
    assert model.explain([0, 4], 2)[-1].probability == pytest.approx(1 / 5)


@pytest.mark.parametrize("changes", EVERY)
def test_explain_adds_up_for_every_smoothing(changes):
    ids = (torch.arange(500) ** 2 % 7).tolist()
    model = fitted(ids, order=4, V=8, **changes)
    for context, token in [(ids[:3], ids[3]), ([1, 1, 1, 1], 2), ([7, ids[0]], ids[1]), ([0], 7)]:
        parts = model.explain(context, token)
        p = probabilities(model, context)[token].item()
        assert sum(part.share for part in parts) == pytest.approx(p, rel=1e-5)
        assert parts[-1].probability == pytest.approx(p, rel=1e-5)
        assert all(part.own >= 0 and part.gamma >= 0 for part in parts)


def test_without_smoothing_what_never_followed_is_infinitely_surprising():
    model = fitted(TEXT, order=2, smoothing="ml")
    idx, targets = torch.tensor([[0, 0, 1, 1]]), torch.tensor([[1, 2, -1, 2]])
    nats, _ = model.nats(idx, targets)
    assert nats.tolist() == [[0.0, math.inf, 0.0, pytest.approx(math.log(2))]]
    assert torch.equal(super(Ngram, model).nats(idx, targets)[0], nats)
    assert mean_nats(fitted(TEXT, order=6, smoothing="ml"), torch.tensor(TEXT)) < 0.3


def test_without_smoothing_only_what_was_seen_is_written():
    ids = some_text(300, 12)
    model = fitted(ids, order=2, V=12, smoothing="ml")
    seen = set(pairwise(ids))
    sampler = SamplerSettings(temperature=2.0, top_p=0.99)
    written = [w.ids.item() for w in generate(model, ids[:1], max_tokens=200, sampler=sampler)]
    assert set(pairwise([ids[0], *written])) <= seen
    assert len(set(written)) > 5


@pytest.mark.parametrize("changes", EVERY)
def test_items_in_a_row_are_scored_as_each_alone(changes):
    items = [[0, 1, 2, 1], [0, 2, 2], [0, 1, 1, 3], [0, 3, 1]]  # 0 is the boundary
    row = [token for item in items for token in item] + [0]
    model = fitted(row, [0, 4, 7, 11], order=4, V=4, **changes)
    together = mean_nats(model, torch.tensor(row)) * (len(row) - 1)
    alone = [mean_nats(model, torch.tensor([*item, 0])) * len(item) for item in items]
    assert together == pytest.approx(sum(alone))


@pytest.mark.parametrize("changes", EVERY)
def test_saved_and_loaded_the_same(changes):
    ids = torch.tensor(some_text(2000, 40))
    model = fitted(ids.tolist(), order=4, V=40, prune=1, **changes)
    loaded = Ngram(NgramSettings(order=4, prune=1, **changes), 40)
    loaded.load_state_dict(load(save(model.state_dict())))
    assert torch.equal(loaded(ids[None, :50])[0], model(ids[None, :50])[0])


def test_counts_of_another_kind_are_refused():
    for mine, other in [("kneser-ney", "ml"), ("backoff", "kneser-ney")]:
        model = Ngram(NgramSettings(order=2, smoothing=mine), 3)
        with pytest.raises(BadCheckpoint, match="this smoothing"):
            model.load_state_dict(fitted(TEXT, order=2, smoothing=other).state_dict())
    state = fitted(TEXT, order=3, smoothing="backoff").state_dict()
    state["tokens_2"] = torch.tensor([0, 0, 2, 1], dtype=torch.uint8)  # 00 instead of 01
    model = Ngram(NgramSettings(order=3, smoothing="backoff"), 3)
    with pytest.raises(BadCheckpoint, match="without its own end"):
        model.load_state_dict(state)
    assert probabilities(model, [0]).tolist() == pytest.approx([1 / 3] * 3)


def test_only_stupid_backoff_has_scores():
    with pytest.raises(Unsupported, match="set smoothing to backoff"):
        fitted(TEXT).score([0], 1)
    with pytest.raises(BadSettings, match="smoothing cannot be 'laplace'"):
        NgramSettings(smoothing="laplace")
