"""The neural bigram by hand: its loss is that of the stream, and it ends where counting ends."""

from itertools import islice, pairwise

import pytest
import torch

from lm_core.models.bigram import Bigram, BigramSettings
from lm_core.models.neural_bigram_descent import (
    apart,
    descend,
    fit,
    loss_of,
    softmax_table,
    surprise,
    untrained,
)
from tests.models.counted import START, some_text

V = 5
IDS = torch.tensor(some_text(2000, V))


def counted(k=0.0):
    model = Bigram(BigramSettings(k=k), V)
    model.fit(IDS, START)
    return model


def test_the_loss_is_the_objective_over_the_whole_text():
    model = untrained(V, l2=0.3, seed=1)
    theirs, penalty, _ = model.objective(IDS[None, :-1], IDS[None, 1:])
    nats, ours = surprise(model, counted().counts)
    assert nats.item() == pytest.approx(theirs.double().mean().item(), rel=1e-6)
    assert ours.item() == pytest.approx(penalty.item())


def test_a_step_is_the_plain_one():
    counts = counted().counts
    one, other = untrained(V, l2=0.1), untrained(V, l2=0.1)
    list(islice(descend(one, counts, lr=3.0), 3))  # two steps and a look
    W = other.table.weight
    for _ in range(2):
        nats, penalty = surprise(other, counts)
        (gradient,) = torch.autograd.grad(nats + penalty, W)
        with torch.no_grad():
            W -= 3.0 * gradient
    assert torch.allclose(one.table.weight, W)


def test_it_falls_to_the_counted_line_and_never_below():
    counts = counted().counts
    line = loss_of(counted().probabilities(), counts)
    falling = [look.nats for look in islice(descend(untrained(V), counts, lr=5.0), 400)]
    assert all(after < before + 1e-6 for before, after in pairwise(falling))
    assert falling[0] == pytest.approx(torch.tensor(V).log().item(), abs=0.01)
    assert line - 1e-6 < falling[-1] < line + 0.002


def test_the_best_table_is_the_counted_one():
    table = softmax_table(fit(counted().counts, l2=1e-7))
    assert torch.allclose(table, counted().probabilities(), atol=1e-3)


def test_the_price_of_weights_makes_all_alike():
    tables = [softmax_table(fit(counted().counts, l2=l2)) for l2 in (0.001, 0.1, 1.0, 1000.0)]
    losses = [loss_of(table, counted().counts) for table in tables]
    assert losses == sorted(losses)
    assert torch.allclose(tables[-1], torch.full((V, V), 1 / V, dtype=torch.float64), atol=1e-3)


def test_the_loss_of_a_table_is_that_of_the_model():
    model = counted(k=2.0)
    nats, _ = model.nats(IDS[None, :-1], IDS[None, 1:])
    found = loss_of(model.probabilities(), counted().counts)
    assert found == pytest.approx(nats.double().mean().item(), rel=1e-6)
    impossible = torch.tensor([[1.0, 0.0], [0.5, 0.5]])
    assert loss_of(impossible, torch.tensor([[0, 1], [0, 0]])) == float("inf")


def test_how_far_two_tables_are_apart():
    one, other = torch.tensor([[1.0, 0.0], [0.5, 0.5]]), torch.tensor([[0.5, 0.5], [0.5, 0.5]])
    assert apart(one, one, torch.tensor([3, 1])) == 0
    assert apart(one, other, torch.tensor([3, 1])) == pytest.approx(0.75 * 0.5)


def test_no_small_step_from_the_best_table_goes_down():
    counts = counted().counts
    model = fit(counts, l2=0.05)
    nats, penalty = surprise(model, counts)
    (slope,) = torch.autograd.grad(nats + penalty, model.table.weight)
    assert slope.abs().max() < 1e-9
    with pytest.raises(ValueError, match="no best table"):
        fit(counts, l2=0.0)
