"""Pictures that ship in packages: what is in them, and that nothing of a split is in another."""

import pytest
import torch

from lm_core.corpora import load_corpus

SETS = {"digits": (1797, (1, 8, 8), 10)}


@pytest.mark.parametrize("name", SETS)
def test_every_picture_is_once_in_one_split_and_bright_from_nothing_to_one(name: str) -> None:
    n, shape, n_classes = SETS[name]
    corpus = load_corpus(name)
    pixels = torch.cat([split.pixels for split in corpus.splits.values()])
    labels = torch.cat([split.labels for split in corpus.splits.values()])
    assert (len(pixels), tuple(pixels.shape[1:])) == (n, shape)
    assert len(pixels.flatten(1).unique(dim=0)) == n
    assert (pixels.min(), pixels.max()) == (0, 1)
    assert set(labels.tolist()) == set(range(n_classes))
    assert corpus.codec.names == [str(k) for k in range(n_classes)]


def test_the_digits_are_those_of_scikit_learn() -> None:
    from sklearn.datasets import load_digits

    corpus, theirs = load_corpus("digits"), load_digits()
    ours = torch.cat([split.pixels.flatten(1) * 16 for split in corpus.splits.values()])
    assert sorted(ours.tolist()) == sorted(theirs.data.tolist())
