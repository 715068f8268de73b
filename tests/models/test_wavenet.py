"""A level at a time against each place's own tree, and what a place can see."""

import pytest
import torch

from lm_core.models.context import windows, with_past
from lm_core.models.contract import IGNORED
from lm_core.models.tracing import trace
from lm_core.models.wavenet import WaveNetSettings
from tests.tiny import lively_model, some_ids

CLOSE = {"atol": 1e-5, "rtol": 1e-5}


@pytest.mark.parametrize("n_layer", [1, 2, 3, 4])
@pytest.mark.parametrize("options", [{}, {"n_embd": 64}])
@pytest.mark.parametrize("carried", [False, True])
def test_a_level_at_a_time_is_a_tree_at_a_time(n_layer: int, options: dict, carried: bool) -> None:
    """Roots, and the gradient of every weight; with equal widths the first level adds as well."""
    model = lively_model("wavenet", n_layer=n_layer, **options)
    n = 2**n_layer
    idx, state = some_ids(2, 9, 27), some_ids(2, n - 1, 28, seed=1) if carried else None
    results = []
    for run in (
        lambda: model.hidden(idx, state)[0],
        lambda: model.tree(with_past(idx, state, n, 27)),
    ):
        model.zero_grad()
        roots = run()
        assert roots.shape == (2, 9, 64)
        roots.square().mean().backward()
        weights = [*model.embedding.parameters(), *model.levels.parameters()]
        results.append([roots.detach(), *(p.grad.clone() for p in weights)])
    for fast, plain in zip(*results, strict=True):
        torch.testing.assert_close(plain, fast, **CLOSE)
        assert fast.any()


@pytest.mark.parametrize("carried", [False, True])
def test_padding_is_left_out_and_changes_nothing(carried: bool) -> None:
    """Targets that are not asked for stand at the end of a row, or at its beginning."""
    model = lively_model("wavenet", n_layer=3)
    idx, targets = some_ids(4, 12, 27), some_ids(4, 12, 27, seed=1)
    targets[0, 5:] = targets[1, 1:] = targets[2] = targets[3, :4] = IGNORED
    state = some_ids(4, 7, 28, seed=1) if carried else None
    results = []
    for run in (model.nats, super(type(model), model).nats):
        model.zero_grad()
        nats, after = run(idx, targets, state)
        nats.sum().backward()
        results.append([nats.detach(), after, *(p.grad.clone() for p in model.parameters())])
    for short, whole in zip(*results, strict=True):
        torch.testing.assert_close(short, whole, **CLOSE)
    assert not results[0][0][targets == IGNORED].any()
    assert model.nats(idx[:1], targets[2:3])[0].sum() == 0  # a row with nothing to guess


def test_a_tree_is_what_fusing_by_hand_gives() -> None:
    """One place of a tree of 4 leaves, with plain products."""
    model = lively_model("wavenet", n_layer=2)
    ids = some_ids(1, 4, 27)
    first, second = (level.pair for level in model.levels)
    with torch.inference_mode():
        a, b, c, d = model.embedding.weight[ids[0]]
        left = torch.tanh(first.weight @ torch.cat([a, b]) + first.bias)
        right = torch.tanh(first.weight @ torch.cat([c, d]) + first.bias)
        root = right + torch.tanh(second.weight @ torch.cat([left, right]) + second.bias)
        logits = model.head.weight @ root + model.head.bias
        torch.testing.assert_close(model(ids)[0][0, -1], logits, **CLOSE)


@pytest.mark.parametrize("n_layer", [1, 2, 3])
def test_each_level_doubles_what_a_place_sees(n_layer: int) -> None:
    model = lively_model("wavenet", n_layer=n_layer)
    idx = some_ids(1, 12, 27)
    other = idx.clone()
    other[0, 2] = (other[0, 2] + 1) % 27
    with torch.inference_mode():
        same = (model(idx)[0] == model(other)[0]).all(dim=-1)[0].tolist()
    assert same == [not 2 <= t < 2 + 2**n_layer for t in range(12)]


def test_a_recorded_pass_holds_every_node() -> None:
    model = lively_model("wavenet", n_layer=3)
    with torch.inference_mode(), trace(model) as t:
        model(some_ids(2, 9, 27))
    shapes = {name: tuple(tensor.shape) for name, tensor in t.items()}
    sizes = [("levels.0", 4), ("levels.1", 2), ("levels.2", 1)]
    assert shapes == {
        f"{level}.{what}": (2, 9, n, 64) for level, n in sizes for what in ("hidden", "nodes")
    }
    # The newest node of a level is the older neighbour's newest, one place of that level later.
    newest, older = t["levels.0.nodes"][:, 2:, -2], t["levels.0.nodes"][:, :-2, -1]
    torch.testing.assert_close(newest, older, **CLOSE)


def test_the_first_place_reads_nothing_but_its_token() -> None:
    model = lively_model("wavenet", n_layer=3)
    ids = with_past(some_ids(2, 1, 27), None, model.context, 27)
    assert windows(ids, model.context).tolist() == [[[27] * 7 + [int(row[-1])]] for row in ids]


def test_dropout_acts_in_training_only() -> None:
    model = lively_model("wavenet", dropout=0.5)
    idx = some_ids(1, 10, 27)
    assert torch.equal(model(idx)[0], model(idx)[0])
    model.train()
    assert not torch.equal(model(idx)[0], model(idx)[0])


def test_by_default_it_sees_more_than_a_name() -> None:
    assert 2 ** WaveNetSettings().n_layer == 16
