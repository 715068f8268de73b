"""Pictures that ship in packages: what is in them, and that nothing of a split is in another."""

import gzip
from pathlib import Path

import numpy as np
import pytest
import torch

from lm_core.corpora import load_corpus
from lm_core.corpora.pictures import fashion
from lm_core.errors import CorpusUnavailable

SETS = {"digits": (1797, (1, 8, 8), 10), "mnist-5k": (5000, (1, 28, 28), 10)}


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


def idx(table: np.ndarray, kind: int = 8) -> bytes:
    """A packed table as the files of MNIST are."""
    shape = b"".join(side.to_bytes(4, "big") for side in table.shape)
    return gzip.compress(bytes([0, 0, kind, table.ndim]) + shape + table.tobytes())


def test_a_table_of_bytes_is_read_and_what_is_none_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "t10k-labels-idx1-ubyte.gz"
    table = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    file.write_bytes(idx(table))
    np.testing.assert_array_equal(fashion.read_idx(file), table)
    for wrong in (b"", b"a text", idx(table)[:-9], idx(table, kind=9), gzip.compress(b"\0\0\x08")):
        file.write_bytes(wrong)
        with pytest.raises(CorpusUnavailable, match="replace it with the original"):
            fashion.read_idx(file)


def test_clothes_keep_the_published_test_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = {"train": 25, "t10k": 12}
    tables = []
    for n in sizes.values():
        pixels = np.random.default_rng(n).integers(0, 256, (n, 28, 28), dtype=np.uint8)
        tables += [pixels, (np.arange(n) % 10).astype(np.uint8)]
    monkeypatch.setattr(fashion, "obtain", lambda files, progress: range(4))
    monkeypatch.setattr(fashion, "read_idx", lambda k: tables[k])
    monkeypatch.setattr(fashion, "TRAIN", 20)
    monkeypatch.setattr(fashion, "VALIDATION", 5)
    corpus = fashion.load_fashion()
    assert {name: len(part.labels) for name, part in corpus.splits.items()} == {
        "train": 20,
        "validation": 5,
        "test": 12,
    }
    assert corpus.splits["test"].pixels.shape == (12, 1, 28, 28)
    assert corpus.codec.names[9] == "Ankle boot"
    assert sum(file.size for file in fashion.FILES) == pytest.approx(31e6, rel=0.01)
