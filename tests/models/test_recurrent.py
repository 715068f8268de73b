"""What RNN, GRU and LSTM share: the walk through time, and what holds it back while training."""

import math
import sys

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from lm_core.errors import BadSettings
from lm_core.models import models
from lm_core.models.building import build_model
from lm_core.models.contract import detach
from lm_core.models.recurrent import Recurrent
from lm_core.models.tracing import trace
from lm_core.tasks import NextToken
from lm_core.training import Budget, Trainer, TrainSettings
from tests.marks import fewer_examples, most_slow
from tests.tiny import TEXT, encoded, lively_model, some_ids, tiny_model

FAMILIES = ["rnn", "gru", "lstm"]
DROPS = ["dropout", "locked_dropout", "embedding_dropout", "weight_drop"]
CLOSE = {"atol": 1e-5, "rtol": 1e-5}


def parts(state: Tensor | tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return (state,) if isinstance(state, Tensor) else state


def everything(
    model: Recurrent, walk: object, x: Tensor, state: tuple[Tensor, ...] | None, weigh: Tensor
) -> list[Tensor]:
    """Output, states, and the gradient of the input, the given state and every weight."""
    model.zero_grad()
    x = x.clone().requires_grad_()
    first = [] if state is None else [part.clone().requires_grad_() for part in state]
    given = None if state is None else (tuple(first) if len(first) > 1 else first[0])
    y, last = walk(x, given)
    loss = (y * weigh).mean() + sum((k + 1) * part.mean() for k, part in enumerate(parts(last)))
    loss.backward()
    weights = [p.grad.clone() for p in model.body.parameters()]
    return [y, *parts(last), x.grad, *(part.grad for part in first), *weights]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("n_layer", [1, 3])
@fewer_examples()
@given(
    B=st.integers(1, 5),
    T=st.integers(1, 20),
    E=st.integers(1, 24),
    C=st.integers(1, 48),
    carried=st.booleans(),
    seed=st.integers(0, 99),
)
def test_the_cells_and_single_layers_are_the_fused_module(
    family: str, n_layer: int, B: int, T: int, E: int, C: int, carried: bool, seed: int
) -> None:
    sizes = {"n_layer": n_layer, "n_embd": E, "n_hidden": C}
    model = build_model(family, sizes, 5, seed=seed)
    g = torch.Generator().manual_seed(seed)
    x, weigh = torch.randn(B, T, E, generator=g), torch.randn(B, T, C, generator=g)
    kept = len(model.kept)
    state = tuple(torch.randn(n_layer, B, C, generator=g) for _ in range(kept)) if carried else None
    fused = everything(model, model.body, x, state, weigh)
    layer_by_layer = everything(model, lambda *a: model.by_layer(*a, model.run), x, state, weigh)
    unrolled = everything(model, model.unrolled, x, state, weigh)
    for expected, one, other in zip(fused, layer_by_layer, unrolled, strict=True):
        torch.testing.assert_close(one, expected, **CLOSE)
        torch.testing.assert_close(other, expected, **CLOSE)


@pytest.mark.parametrize("family", FAMILIES)
def test_without_options_a_batch_is_one_fused_call(
    family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, calls = tiny_model(family, dropout=0.2, ar=1.0, tar=1.0).train(), []
    monkeypatch.setattr(Recurrent, "by_layer", None)
    model.body.register_forward_hook(lambda *_: calls.append(1))
    model.objective(some_ids(2, 9, 27), some_ids(2, 9, 27))
    assert calls == [1]


@pytest.mark.parametrize("family", FAMILIES)
def test_the_file_says_what_it_is(family: str) -> None:
    entry = models[family]
    assert "h = " in entry.equation
    assert entry.paper
    cell = sys.modules[entry.build.__module__].cell
    assert "One token." in cell.__doc__


@pytest.mark.parametrize(("family", "kept"), [("rnn", 1), ("gru", 1), ("lstm", 2)])
@pytest.mark.parametrize("traced", [False, True])
def test_the_state_is_layers_rows_and_width(family: str, kept: int, traced: bool) -> None:
    model = lively_model(family)
    with torch.inference_mode():
        if traced:
            with trace(model):
                _, state = model(some_ids(3, 7, 27))
        else:
            _, state = model(some_ids(3, 7, 27))
    assert isinstance(state, Tensor) == (kept == 1)
    assert [part.shape for part in parts(state)] == [(2, 3, 64)] * kept


@pytest.mark.parametrize("family", FAMILIES)
def test_an_error_is_traced_back_through_one_piece_only(family: str) -> None:
    """Piece one holds the tokens 0 to 4, piece two 5 to 9."""
    model = lively_model(family, 10)
    first, second = some_ids(3, 6, 5), some_ids(3, 6, 5, seed=1) + 5
    _, carried = model(first)
    reached = {}
    for cut in (False, True):
        model.zero_grad()
        state = detach(carried) if cut else carried
        model.nats(second, second, state)[0].mean().backward(retain_graph=True)
        reached[cut] = model.embedding.weight.grad[:5].abs().sum().item()
    assert reached[False] > 0
    assert reached[True] == 0
    assert not torch.equal(model(second)[0], model(second, detach(carried))[0])


@pytest.mark.parametrize("family", FAMILIES)
def test_the_trainer_carries_the_state_and_cuts_it_off(family: str) -> None:
    tokenizer, data = encoded([TEXT])
    model, how = tiny_model(family, tokenizer.vocab_size), TrainSettings(batch_size=4)
    training = Trainer(NextToken(), model, {"train": data}, settings=how, budget=Budget(steps=4))
    list(training.run())
    assert all(part.any() and part.grad_fn is None for part in parts(training.state))


@pytest.mark.parametrize("family", FAMILIES)
def test_a_shared_table_is_one_table(family: str) -> None:
    free, tied = (tiny_model(family, n_embd=64, tied=tied) for tied in (False, True))
    assert tied.head.weight is tied.embedding.weight
    assert free.n_parameters - tied.n_parameters == 27 * 64


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_read_shows_in_an_untrained_memory(family: str) -> None:
    """The traces of two tokens differ by more than a twentieth: with a table ten times smaller they
    nearly vanish beside the biases, and a run begins with hundreds of idle steps. A table that is
    the head as well begins small: its first guess is to be calm."""
    model = build_model(family, {}, 65, seed=0)
    with torch.no_grad():
        y, _ = model.recur(torch.arange(65).unsqueeze(1), None)  # (65, 1, C), a token each
    apart = y[:, 0] - y[:, 0].mean(0)
    assert float(apart.square().mean().sqrt()) > 0.05
    tied = build_model(family, {"tied": True, "n_embd": 256}, 65, seed=0)
    assert float(tied.embedding.weight.detach().std()) < 0.11


@pytest.mark.parametrize("family", FAMILIES)
def test_a_shared_table_needs_equal_widths_and_the_linear_head(family: str) -> None:
    kind = models[family].settings
    with pytest.raises(BadSettings, match=r"n_embd \(64\) equal to n_hidden \(256\)"):
        kind(tied=True)
    with pytest.raises(BadSettings, match="set head to linear"):
        kind(tied=True, n_embd=256, head="adaptive")


@pytest.mark.parametrize("family", most_slow(FAMILIES, quick=["gru"]))
def test_an_adaptive_head_learns_a_batch(family: str) -> None:
    model = tiny_model(family, 64, n_layer=1, head="adaptive").train()
    idx = some_ids(2, 12, 64)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    losses = []
    for _ in range(100):
        loss = model.objective(idx[:, :-1], idx[:, 1:])[0].mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[0] == pytest.approx(math.log(64), rel=0.02)
    assert losses[-1] < 1.0
