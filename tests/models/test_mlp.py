"""The network against a plain reading of it, its starts, and its batch normalisation."""

import math

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lm_core.models.contract import IGNORED
from lm_core.models.mlp import MLP, MLPSettings
from lm_core.models.tracing import trace
from lm_core.training.optimizers import OPTIMIZERS
from tests.tiny import lively_model, some_ids, tiny_model

CLOSE = {"atol": 1e-5, "rtol": 1e-5}
OPTIONS = [{}, {"direct": True}, {"batch_norm": True}, {"context": 1}, {"context": 12}]


def plainly(model: MLP, idx: Tensor) -> Tensor:
    """Logits (B, T, V), one place after the other, of the network as the paper has it."""
    n, rows = model.settings.context, []
    for b in range(idx.size(0)):
        for t in range(idx.size(1)):
            ids = [int(idx[b, i]) if i >= 0 else model.vocab_size for i in range(t - n + 1, t + 1)]
            x = torch.cat([model.embedding.weight[i] for i in ids])
            sums = model.layer.weight @ x
            if model.layer.bias is not None:
                sums = sums + model.layer.bias
            if model.norm is not None:
                norm = model.norm
                spread = (norm.running_var + norm.eps).sqrt()
                sums = (sums - norm.running_mean) / spread * norm.weight + norm.bias
            h = torch.tanh(sums)
            read = torch.cat([h, x]) if model.settings.direct else h
            rows.append(model.head.weight @ read + model.head.bias)
    return torch.stack(rows).view(*idx.shape, -1)


@pytest.mark.parametrize("options", OPTIONS)
def test_it_is_the_network_of_the_paper(options: dict) -> None:
    """Logits and the gradient of every weight."""
    model = lively_model("mlp", **options)
    if model.norm is not None:
        model.norm.running_mean.normal_()
        model.norm.running_var.uniform_(0.5, 2.0)
    idx, targets = some_ids(2, 9, 27), some_ids(2, 9, 27, seed=1)
    results = []
    for run in (lambda: model(idx)[0], lambda: plainly(model, idx)):
        model.zero_grad()
        logits = run()
        F.cross_entropy(logits.flatten(0, 1), targets.flatten()).backward()
        results.append([logits.detach(), *(p.grad.clone() for p in model.parameters())])
    for ours, plain in zip(*results, strict=True):
        torch.testing.assert_close(ours, plain, **CLOSE)


@pytest.mark.parametrize("options", [*OPTIONS, {"head": "adaptive"}])
def test_padding_is_left_out_and_changes_nothing(options: dict) -> None:
    """Not even the averages of batch normalisation, or the gradient."""
    model = lively_model("mlp", **options).train()
    idx, targets = some_ids(3, 8, 27), some_ids(3, 8, 27, seed=1)
    targets[0, 5:] = targets[2, 1:] = IGNORED
    other = idx.clone()
    other[0, 5:], other[2, 1:] = 0, 1
    results = []
    for given in (idx, other):
        model.zero_grad()
        nats, _ = model.nats(given, targets)
        assert not nats[targets == IGNORED].any()
        nats.sum().backward()
        results.append([nats.detach(), *(p.grad.clone() for p in model.parameters())])
    assert all(torch.equal(a, b) for a, b in zip(*results, strict=True))
    assert results[0][0][targets != IGNORED].all()


@pytest.mark.parametrize("n", [0, 1])
def test_a_batch_with_next_to_nothing_to_guess_is_no_trouble(n: int) -> None:
    model = lively_model("mlp", batch_norm=True).train()
    targets = torch.full((2, 4), IGNORED)
    targets[0, :n] = 3
    nats, _ = model.nats(some_ids(2, 4, 27), targets)
    assert nats.isfinite().all()
    assert (nats > 0).sum() == n


def start(init: str, *, batch_norm: bool = False, V: int = 27) -> tuple[float, float]:
    """Loss in nats of an untrained model of makemore's sizes, and its share of saturated units."""
    torch.manual_seed(1)
    settings = MLPSettings(context=3, n_embd=10, n_hidden=200, init=init, batch_norm=batch_norm)
    model = MLP(settings, V).train()
    with torch.inference_mode(), trace(model) as t:
        nats, _ = model.nats(some_ids(32, 32, V), some_ids(32, 32, V, seed=1))
    assert torch.equal(t["hidden"], t["preactivation"].tanh())
    return nats.mean().item(), (t["hidden"].abs() > 0.97).float().mean().item()


def test_a_naive_start_is_confidently_wrong_and_saturated() -> None:
    """The sums have a spread near sqrt(30 + 1), so |h| > 0.97 (sums beyond 2.09) for 0.7 of them;
    the logits have one near sqrt(200), and the loss is that of guesses almost always wrong."""
    nats, saturated = start("naive")
    assert nats > 4 * math.log(27)
    assert 0.6 < saturated < 0.8


def test_a_calm_head_cures_the_loss_and_leaves_the_units_saturated() -> None:
    nats, saturated = start("calm-head")
    assert nats == pytest.approx(math.log(27), abs=1e-5)
    assert saturated == start("naive")[1]


def test_kaiming_cures_the_units_and_zero_logits_the_loss() -> None:
    """Sums with a spread near 5/3 pass 2.09 in 0.21 of all cases."""
    nats, saturated = start("kaiming")
    assert math.log(27) < nats < 1.25 * math.log(27)
    assert 0.1 < saturated < 0.3
    nats, saturated = start("zero-logit")
    assert nats == pytest.approx(math.log(27), abs=1e-4)
    assert 0.1 < saturated < 0.3


@pytest.mark.parametrize("init", ["naive", "calm-head", "kaiming", "zero-logit"])
def test_batch_normalisation_cures_the_units_of_any_start(init: str) -> None:
    """Sums with a spread of 1 pass 2.09 in 0.037 of all cases."""
    _, saturated = start(init, batch_norm=True)
    assert 0.02 < saturated < 0.06


def test_saturated_units_learn_slower() -> None:
    """The same steps on the same batch from both starts."""
    idx, targets = some_ids(8, 16, 27), some_ids(8, 16, 27, seed=1)
    losses = {}
    for init in ("naive", "zero-logit"):
        model = tiny_model("mlp", init=init).train()
        optimizer = OPTIMIZERS["adamw"](model, lr=1e-2, weight_decay=0.0)
        for _ in range(40):
            loss = model.nats(idx, targets)[0].mean()
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
        losses[init] = loss.item()
    assert losses["naive"] > 2 * losses["zero-logit"]


@pytest.mark.parametrize("training", [True, False])
def test_batch_normalisation_is_the_one_of_torch(training: bool) -> None:
    """Over all places of the batch; outputs, running averages, and what is used later."""
    model = lively_model("mlp", batch_norm=True)
    theirs = nn.BatchNorm1d(64)
    theirs.load_state_dict(model.norm.state_dict())
    model.train(), theirs.train()
    for seed in range(3):  # running averages that are no longer those of the start
        sums = 2 + 3 * torch.randn(5, 7, 64, generator=torch.Generator().manual_seed(seed))
        given = sums.view(-1, 64)
        ours, expected = model.normed(sums), theirs(given)
    if not training:
        model.eval(), theirs.eval()
        ours, expected = model.normed(sums), theirs(given)
        by_hand = (given - theirs.running_mean) / (theirs.running_var + 1e-5).sqrt()
    else:
        by_hand = (given - given.mean(0)) / (given.var(0, unbiased=False) + 1e-5).sqrt()
    torch.testing.assert_close(ours.view(-1, 64), expected, **CLOSE)
    torch.testing.assert_close(ours.view(-1, 64), by_hand * theirs.weight + theirs.bias, **CLOSE)
    torch.testing.assert_close(model.norm.running_mean, theirs.running_mean, **CLOSE)
    torch.testing.assert_close(model.norm.running_var, theirs.running_var, **CLOSE)


def test_it_looks_back_so_far_and_no_further() -> None:
    model = lively_model("mlp", context=3)
    idx = some_ids(1, 9, 27)
    other = idx.clone()
    other[0, 2] = (other[0, 2] + 1) % 27
    with torch.inference_mode():
        same = (model(idx)[0] == model(other)[0]).all(dim=-1)[0].tolist()
    assert same == [True, True, False, False, False, True, True, True, True]


def test_what_is_recorded_has_a_row_for_each_place() -> None:
    model = lively_model("mlp")
    with torch.inference_mode(), trace(model) as t:
        model(some_ids(2, 9, 27))
    assert set(t) == {"preactivation", "hidden"}
    assert all(tensor.shape == (2, 9, 64) for tensor in t.values())


def test_dropout_acts_in_training_only() -> None:
    model = lively_model("mlp", dropout=0.5)
    idx = some_ids(1, 10, 27)
    assert torch.equal(model(idx)[0], model(idx)[0])
    model.train()
    assert not torch.equal(model(idx)[0], model(idx)[0])
