"""The MLP from scratch, held to torch: gradients, steps, a training; and its data."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from lm_core.errors import BadSettings, BadText, CorpusUnavailable
from lm_core.foundations import examples as data
from lm_core.foundations.examples import EXAMPLES, examples
from lm_core.foundations.mlp_in_torch import by_torch, nudged
from lm_core.foundations.numpy_mlp import MLP, REGIMES, MLPSettings
from lm_core.foundations.preprocessing import FILLINGS, SCALINGS, prepare
from lm_core.foundations.regimes import learners, regions
from tests.marks import fewer_examples


@fewer_examples()
@given(
    layers=st.integers(0, 4),
    neurons=st.integers(1, 7),
    activation=st.sampled_from(["sigmoid", "tanh", "relu"]),
    batch=st.integers(1, 6),
    seed=st.integers(0, 1000),
)
def test_gradients_and_steps_are_torchs(layers, neurons, activation, batch, seed) -> None:
    model = MLP(MLPSettings(layers, neurons, activation, seed=seed, lr=0.5), 3, 4)
    chance = np.random.RandomState(seed)
    x, y = chance.normal(size=(batch, 3)), chance.randint(0, 4, batch)
    gradients, after = by_torch(model, x, y)
    for ours, theirs in zip(model.backward(model.forward(x), y), gradients, strict=True):
        for one, other in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(one, other, rtol=0, atol=1e-6)
    model.step(x, y)
    for W, b, (theirs_W, theirs_b) in zip(model.weights, model.biases, after, strict=True):
        np.testing.assert_allclose(W, theirs_W, rtol=0, atol=1e-6)
        np.testing.assert_allclose(b, theirs_b, rtol=0, atol=1e-6)


@pytest.mark.parametrize("regime", REGIMES)
def test_a_training_is_that_of_torch(regime: str) -> None:
    """Ten epochs, the batches in the same order."""
    chance = np.random.RandomState(0)
    x, y = chance.normal(size=(20, 2)), chance.randint(0, 3, 20)
    settings = MLPSettings(1, 5, "tanh", regime=regime, batch_size=6)
    ours, order = MLP(settings, 2, 3), MLP(settings, 2, 3)
    net = nn.Sequential(nn.Linear(2, 5), nn.Tanh(), nn.Linear(5, 3)).double()
    for layer, W, b in zip((net[0], net[2]), ours.weights, ours.biases, strict=True):
        layer.weight.data, layer.bias.data = torch.tensor(W.T), torch.tensor(b)
    optimizer = torch.optim.SGD(net.parameters(), lr=settings.lr)
    training = ours.train(x, y)
    for _ in range(10):
        steps = next(training)
        for at in order.batches(20):
            optimizer.zero_grad()
            logits = net(torch.tensor(x[at]))
            nn.functional.cross_entropy(logits, torch.tensor(y[at])).backward()
            optimizer.step()
    assert steps == {"full batch": 10, "mini-batch": 40, "single example": 200}[regime]
    np.testing.assert_allclose(ours.weights[0], net[0].weight.detach().T, rtol=0, atol=1e-6)
    theirs = nn.functional.cross_entropy(net(torch.tensor(x)), torch.tensor(y)).item()
    assert ours.loss(x, y) == pytest.approx(theirs, abs=1e-6)


def test_nudging_finds_the_gradient_and_leaves_the_model() -> None:
    model = MLP(MLPSettings(2, 4), 2, 3)
    x, y = np.ones((3, 2)), np.array([0, 1, 2])
    before = [W.copy() for W in model.weights]
    found = model.backward(model.forward(x), y)[0][0][1, 2]
    assert nudged(model, x, y, 0, 1, 2) == pytest.approx(found, abs=1e-8)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.weights, strict=True))


def test_batches_hold_each_example_once() -> None:
    for regime, sizes in (("full batch", [10]), ("mini-batch", [4, 4, 2])):
        model = MLP(MLPSettings(regime=regime, batch_size=4), 2, 2)
        batches = model.batches(10)
        assert [len(one) for one in batches] == sizes
        assert sorted(np.concatenate(batches)) == list(range(10))
    single = MLP(MLPSettings(regime="single example"), 2, 2)
    assert single.batches(10) != single.batches(10)


def test_a_rate_too_large_is_told() -> None:
    model = MLP(MLPSettings(1, 8, "relu", lr=100.0), 2, 2)
    x, y = 1e200 * np.ones((4, 2)), np.array([0, 1, 0, 0])
    training = model.train(x, y)
    with pytest.raises(BadText, match="smaller learning rate"):
        list(itertools.islice(training, 5))


def test_settings_are_checked() -> None:
    with pytest.raises(BadSettings):
        MLPSettings(layers=-1)
    assert repr(MLP(MLPSettings(2, 3), 2, 4)) == "MLP(2-3-3-4, tanh)"
    assert MLP(MLPSettings(1, 16), 9, 8).n_parameters == 9 * 16 + 16 + 16 * 8 + 8


@pytest.mark.parametrize(
    ("name", "least", "epochs"),
    [
        *(("Three spirals", 0.95, 40), ("Two moons", 0.93, 30)),
        *(("Wine, two measurements", 0.8, 20), ("Wine, all 13 measurements", 0.9, 10)),
        ("Digits, 8 x 8 pixels", 0.93, 5),
    ],
)
def test_mini_batches_learn_every_set(name: str, least: float, epochs: int) -> None:
    found = examples(name)
    full, mini, single = learners(MLPSettings(2, 16, "tanh"), prepare(found), len(found.classes))
    assert full.points[0] == mini.points[0] == single.points[0]
    for _ in range(epochs):
        mini.epoch()
    x, y = mini.data.x["test"], mini.data.y["test"]
    assert mini.model.accuracy(x, y) >= least


def test_wine_and_digits() -> None:
    wine, digits = examples("Wine, all 13 measurements"), examples("Digits, 8 x 8 pixels")
    assert np.bincount(wine.y).tolist() == [59, 71, 48]
    assert wine.x.mean(0)[[0, -1]] == pytest.approx([13.0006, 746.893], abs=5e-4)
    assert digits.x.shape == (1797, 64)
    assert (digits.x.min(), digits.x.max()) == (0, 16)
    few = examples("Wine, two measurements")
    assert few.features == ("alcohol", "flavanoids")


@pytest.mark.slow  # scikit-learn is slow to import
def test_the_files_are_scikit_learns() -> None:
    from sklearn import datasets

    for name, theirs in (
        ("Wine, all 13 measurements", datasets.load_wine()),
        ("Digits, 8 x 8 pixels", datasets.load_digits()),
    ):
        ours = examples(name)
        assert np.array_equal(ours.x, theirs.data)
        assert np.array_equal(ours.y, theirs.target)
        assert len(ours.features) == ours.x.shape[1]


def test_without_scikit_learn_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(CorpusUnavailable, match="scikit-learn"):
        examples("Digits, 8 x 8 pixels")
    assert len(examples("Two moons").x)


@pytest.mark.parametrize("filling", FILLINGS)
@pytest.mark.parametrize("scaling", SCALINGS)
def test_preparing_measures_on_the_training_part(scaling: str, filling: str) -> None:
    found = examples("Wine, all 13 measurements")
    made = prepare(found, scaling=scaling, filling=filling, missing=0.05, seed=3)
    train = made.x["train"]
    assert made.missing > 0
    assert all(np.isfinite(x).all() for x in made.x.values())
    if scaling == "standardise":
        np.testing.assert_allclose(train.mean(0), 0, atol=1e-9)
        np.testing.assert_allclose(train.std(0), 1, atol=1e-9)
    if scaling == "normalise":
        assert train.min() == 0
        assert train.max() == pytest.approx(1)
    rows = sum(map(len, made.x.values()))
    assert rows == len(found.x) - made.left_out
    assert (made.left_out > 0) == (filling == "leave the row out")
    if filling == "the median":
        np.testing.assert_allclose(made.filled, np.nanmedian(made.raw["train"], axis=0))


def test_the_parts_share_nothing() -> None:
    found = examples("Wine, all 13 measurements")
    made = prepare(found, scaling="as it is")
    rows = np.concatenate(list(made.x.values()))
    assert sorted(map(tuple, rows)) == sorted(map(tuple, found.x))
    assert [len(made.y[part]) for part in ("train", "validation", "test")] == [125, 27, 26]


def test_every_seed_makes_others() -> None:
    for name in EXAMPLES:
        same = np.array_equal(examples(name, seed=1).x, examples(name, seed=2).x)
        assert same == (not name.startswith(("Three", "Two")))


def test_trouble_ends_one_learner_and_not_the_others() -> None:
    found = examples("Wine, all 13 measurements")
    made = prepare(found, scaling="as it is")
    every = learners(MLPSettings(2, 16, "relu"), made, 3)
    every[1].model.weights[0] = every[1].model.weights[0] * np.inf
    for one in every * 2:
        one.epoch()
    assert [bool(one.trouble) for one in every] == [False, True, False]
    assert [len(one.points) for one in every] == [3, 1, 3]


def test_regions_are_what_the_model_says_of_each_place() -> None:
    model = MLP(replace(MLPSettings(1, 3), seed=4), 2, 3)
    a, b, said = regions(model, np.array([-1.0, 0.0]), np.array([1.0, 2.0]), 5)
    assert said.shape == (5, 5)
    assert said[4, 0] == model.predict(np.array([[a[0], b[4]]]))[0]
