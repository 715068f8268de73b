"""The AWD-LSTM set, alone and inside each recurrent family."""

import math

import pytest
import torch

from lm_core.models.contract import IGNORED
from lm_core.models.regularise import drop_locked, drop_words
from lm_core.models.tracing import trace
from lm_core.tasks import NextToken
from lm_core.training import Budget, Trainer, TrainSettings
from lm_core.training.chance import uses_chance
from lm_core.training.events import Step
from tests.marks import most_slow
from tests.tiny import NAMES, TEXT, encoded, lively_model, some_ids, tiny_model

FAMILIES = ["rnn", "gru", "lstm"]
DROPS = ["dropout", "locked_dropout", "embedding_dropout", "weight_drop"]
CLOSE = {"atol": 1e-5, "rtol": 1e-5}


def trainer(family: str, *, items: bool = False, **changes: object) -> Trainer:
    tokenizer, data = encoded(NAMES if items else [TEXT], items=items)
    model = tiny_model(family, tokenizer.vocab_size, **changes)
    how = TrainSettings(batch_size=4, lr=1e-2)
    return Trainer(
        NextToken(), model, {"train": data}, settings=how, budget=Budget(steps=4), seed=3
    )


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("drop", DROPS)
@pytest.mark.parametrize("items", most_slow([False, True], quick=[False]))
def test_what_is_hidden_depends_on_seed_and_step_alone(family: str, drop: str, items: bool) -> None:
    curves = []
    for _ in range(2):
        training = trainer(family, items=items, **{drop: 0.4})
        assert uses_chance(training.model)
        before = torch.get_rng_state()
        curves.append([e.loss for e in training.run() if isinstance(e, Step)])
        assert torch.equal(torch.get_rng_state(), before)
        torch.rand(3)
    assert curves[0] == curves[1]
    plain = [e.loss for e in trainer(family, items=items).run() if isinstance(e, Step)]
    assert plain != curves[0]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("drop", DROPS)
def test_nothing_is_hidden_in_use(family: str, drop: str) -> None:
    whole, hiding = lively_model(family), lively_model(family, **{drop: 0.5})
    idx = some_ids(2, 10, 27)
    assert torch.equal(hiding(idx)[0], whole(idx)[0])
    hiding.train()
    assert not torch.equal(hiding(idx)[0], hiding(idx)[0])


def test_a_locked_mask_is_one_along_time_and_another_in_each_row() -> None:
    x = torch.randn(8, 30, 200)
    hidden = drop_locked(x, 0.3)
    mask = (hidden != 0)[:, :1]
    torch.testing.assert_close(hidden, x * mask / 0.7)
    assert mask.float().mean().item() == pytest.approx(0.7, abs=4 * math.sqrt(0.21 / 1600))
    assert len({tuple(row.flatten().tolist()) for row in mask}) == 8
    assert drop_locked(x, 0.0) is x


@pytest.mark.parametrize("family", FAMILIES)
def test_locked_masks_lie_before_between_and_after_the_layers(
    family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, seen = lively_model(family, locked_dropout=0.5).train(), []
    run = model.run
    monkeypatch.setattr(model, "run", lambda *a: seen.append(a[1]) or run(*a))
    seen.append(model.hidden(some_ids(4, 9, 27))[0])
    masks = [(x != 0).detach() for x in seen]
    assert len(masks) == 3  # two layers read, the head reads
    for mask in masks:
        assert (mask == mask[:, :1]).all()
        assert 0.3 < mask.float().mean().item() < 0.7
        assert not torch.equal(mask[0], mask[1])
    assert not torch.equal(masks[1], masks[2])


def test_a_hidden_word_is_hidden_wherever_it_stands() -> None:
    V = 2000
    table = torch.randn(V, 16)
    idx = torch.cat([torch.arange(V), torch.arange(V).flip(0)]).view(8, 500)
    hidden = drop_words(table[idx], idx, 0.3, V)
    there = hidden.any(dim=-1)
    word = torch.zeros(V, dtype=torch.bool).index_put((idx,), there)
    assert torch.equal(word[idx], there)
    torch.testing.assert_close(hidden, (table * word.unsqueeze(1) / 0.7)[idx])
    assert there.float().mean().item() == pytest.approx(0.7, abs=4 * math.sqrt(0.21 / V))


@pytest.mark.parametrize("family", FAMILIES)
def test_the_network_reads_without_the_hidden_words(family: str) -> None:
    model, seen = lively_model(family, embedding_dropout=0.5).train(), []
    model.body.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    idx = some_ids(4, 30, 27)
    model(idx)
    there = seen[0].any(dim=-1)
    words = [there[idx == v] for v in idx.unique()]
    assert all(word.all() or not word.any() for word in words)
    assert len({bool(word[0]) for word in words}) == 2


@pytest.mark.parametrize("family", FAMILIES)
def test_weight_drop_thins_what_leads_from_memory_to_memory(
    family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thinned copy goes to the fused call; its mask is the mask of the gradient."""
    p = 0.4
    model, seen = lively_model(family, weight_drop=p).train(), []
    run = model.run
    monkeypatch.setattr(model, "run", lambda *a: seen.append(a[3]) or run(*a))
    idx = some_ids(2, 9, 27)
    y, _ = model.hidden(idx)
    y.sum().backward()
    plain = lively_model(family).train()
    for layer, (w_x, w_h, b_x, b_h) in enumerate(seen):
        raw_x, raw_h, raw_b_x, raw_b_h = model.weights(layer)
        assert w_x is raw_x and b_x is raw_b_x and b_h is raw_b_h  # noqa: PT018
        kept = w_h != 0
        n = kept.numel()
        assert kept.float().mean().item() == pytest.approx(1 - p, abs=4 * math.sqrt(0.24 / n))
        torch.testing.assert_close(w_h, raw_h * kept / (1 - p))
        assert raw_h.grad[kept].any()
        assert not raw_h.grad[~kept].any()
        with torch.no_grad():
            plain.weights(layer)[1].copy_(w_h)
    torch.testing.assert_close(plain.hidden(idx)[0], y, **CLOSE)
    model.hidden(idx)
    assert not torch.equal(seen[0][1], seen[model.settings.n_layer][1])  # a new mask each time


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("drop", [0.0, 0.3])
def test_the_penalties_are_those_of_awd_lstm(family: str, drop: float) -> None:
    """As its training loop has them, time first:
    alpha * dropped[-1].pow(2).mean() + beta * (raw[-1][1:] - raw[-1][:-1]).pow(2).mean()"""
    alpha, beta = 2.0, 1.0
    model = lively_model(family, ar=alpha, tar=beta, locked_dropout=drop, dropout=drop).train()
    idx, targets = some_ids(4, 9, 27), some_ids(4, 9, 27, seed=1)
    state = torch.get_rng_state()
    nats, penalty, _ = model.objective(idx, targets)
    torch.set_rng_state(state)
    y, _ = model.recur(idx, None)
    raw, dropped = y.transpose(0, 1), model.hide(y).transpose(0, 1)  # (T, B, C)
    expected = alpha * dropped.pow(2).mean()
    expected = expected + beta * (raw[1:] - raw[:-1]).pow(2).mean()
    torch.testing.assert_close(penalty, expected)
    assert penalty > 0
    assert torch.equal(dropped, raw) == (drop == 0)
    penalty.backward()
    assert all(p.grad.any() for p in model.body.parameters())
    torch.set_rng_state(state)
    assert torch.equal(model.nats(idx, targets)[0], nats)


@pytest.mark.parametrize("family", FAMILIES)
def test_padding_costs_nothing(family: str) -> None:
    model = lively_model(family, ar=2.0, tar=1.0).train()
    idx = some_ids(2, 9, 27)
    targets = idx.clone()
    targets[1, 5:] = IGNORED
    y, _ = model.recur(idx, None)
    steps = (y[:, 1:] - y[:, :-1]).square()
    penalty = 2 * torch.cat([y[0], y[1, :5]]).square().mean()
    penalty = penalty + torch.cat([steps[0], steps[1, :4]]).mean()
    torch.testing.assert_close(model.objective(idx, targets)[1], penalty)
    alone = model.objective(idx[:, :1], torch.full((2, 1), IGNORED))[1]
    assert alone == 0


@pytest.mark.parametrize("family", FAMILIES)
def test_without_a_price_there_is_no_penalty(family: str) -> None:
    model = lively_model(family).train()
    nats, penalty, _ = model.objective(some_ids(2, 9, 27), some_ids(2, 9, 27))
    assert penalty == 0.0
    assert torch.equal(nats, model.nats(some_ids(2, 9, 27), some_ids(2, 9, 27))[0])


@pytest.mark.parametrize("family", FAMILIES)
def test_a_recorded_pass_is_as_thin_as_training(family: str) -> None:
    """While training, the cell reads through the same kinds of masks."""
    model = lively_model(family, weight_drop=0.5, locked_dropout=0.3).train()
    idx = some_ids(2, 6, 27)
    torch.manual_seed(0)
    plain, _ = model(idx)
    torch.manual_seed(0)
    with trace(model):
        traced, _ = model(idx)
    torch.testing.assert_close(traced, plain, **CLOSE)
