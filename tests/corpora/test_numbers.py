"""Series and tables that ship in packages: they are those of the package, split without leaks."""

from datetime import datetime

import numpy as np
import pytest
import torch

from lm_core.corpora import load_corpus


def test_the_temperatures_are_those_of_the_file_an_hour_each() -> None:
    corpus = load_corpus("temperatures")
    values = torch.cat([part.values for part in corpus.splits.values()])
    train, _, test = corpus.splits.values()
    assert (len(values), train.minutes, train.unit) == (8760, 60.0, "°C")
    assert values[0].item() == pytest.approx((39.4 - 32) * 5 / 9, abs=1e-5)
    assert datetime.fromisoformat(train.begin) == datetime(2010, 1, 1)
    assert datetime.fromisoformat(test.begin).month == 11


def test_the_waves_are_what_their_rule_says() -> None:
    corpus = load_corpus("waves")
    values = torch.cat([part.values for part in corpus.splits.values()]).numpy()
    t = np.arange(len(values))
    clean = 20 + 5 * np.sin(2 * np.pi * t / 24) + 3 * np.sin(2 * np.pi * t / 57) + t / 1000
    assert np.std(values - clean) == pytest.approx(0.7, abs=0.02)


@pytest.mark.parametrize("name", ["wine", "breast-cancer"])
def test_a_table_of_classes_is_that_of_scikit_learn(name: str) -> None:
    from sklearn import datasets

    theirs = getattr(datasets, f"load_{name.replace('-', '_')}")()
    corpus = load_corpus(name)
    train = corpus.splits["train"]
    means, stds = (np.array(one) for one in (train.means, train.stds))
    rows = torch.cat([part.features for part in corpus.splits.values()]).numpy() * stds + means
    labels = torch.cat([part.labels for part in corpus.splits.values()]).numpy()
    ours = sorted(map(tuple, np.column_stack([rows, labels])))
    expected = sorted(map(tuple, np.column_stack([theirs.data, theirs.target])))
    np.testing.assert_allclose(ours, expected, rtol=1e-3, atol=1e-4)
    assert len(train.columns) == theirs.data.shape[1]
    if name == "breast-cancer":
        assert corpus.codec.names == [*theirs.target_names]


def test_the_diabetes_table_is_that_of_scikit_learn() -> None:
    from sklearn.datasets import load_diabetes

    theirs = load_diabetes(scaled=False)
    corpus = load_corpus("diabetes")
    train = corpus.splits["train"]
    values = torch.cat([part.values for part in corpus.splits.values()])
    assert sorted((values * train.spread + train.centre).round().tolist()) == sorted(theirs.target)
    assert sum(len(part.values) for part in corpus.splits.values()) == 442


@pytest.mark.parametrize("name", ["wine", "breast-cancer", "diabetes"])
def test_it_is_standardised_by_the_training_part_alone(name: str) -> None:
    train = load_corpus(name).splits["train"].features
    D = train.shape[1]
    torch.testing.assert_close(train.mean(0), torch.zeros(D), atol=1e-5, rtol=0)
    torch.testing.assert_close(train.std(0, correction=0), torch.ones(D), atol=1e-5, rtol=0)
