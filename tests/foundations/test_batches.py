"""The loader hands out what torch's does, epoch after epoch."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.data import DataLoader, TensorDataset

from lm_core.foundations.batches import Loader, Rows


@given(st.integers(1, 30), st.integers(1, 12), st.booleans(), st.booleans(), st.integers(0, 2**31))
def test_every_epoch_is_that_of_torch(
    N: int, size: int, shuffle: bool, drop_last: bool, seed: int
) -> None:
    features, target = torch.rand(N, 3), torch.arange(N).float()
    how = {"batch_size": size, "shuffle": shuffle, "drop_last": drop_last}
    generator = torch.Generator().manual_seed(seed)
    theirs = DataLoader(TensorDataset(features, target), generator=generator, **how)
    ours = Loader(Rows(features, target), how.pop("batch_size"), seed=seed, **how)
    for _ in range(3):
        for one, other in zip(ours, theirs, strict=True):
            assert all(map(torch.equal, one, other))


def test_the_batches_of_the_course() -> None:
    """Week 3: four rows at a time, each once; a row is its features and its target."""
    data = Rows(torch.arange(20).float().view(10, 2), torch.arange(10).float())
    inputs, label = data[3]
    assert (inputs.tolist(), label.item()) == ([6, 7], 3)
    loader = Loader(data, batch_size=4, shuffle=True)
    first, second = loader.places(), loader.places()
    assert [len(one) for one in first] == [4, 4, 2]
    assert sorted(torch.cat(first).tolist()) == list(range(10))
    assert torch.cat(first).tolist() != torch.cat(second).tolist()
    with pytest.raises(ValueError, match="same number of rows"):
        Rows(torch.zeros(3), torch.zeros(4))
