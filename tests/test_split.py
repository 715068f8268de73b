from dataclasses import dataclass

import pytest
import torch
from torch import Tensor

from lm_core.split import Split, packed, unpacked


@dataclass(frozen=True)
class Rows(Split):
    ids: Tensor
    weights: Tensor
    title: str = "x"


def test_tensors_and_facts_are_told_apart_and_put_together_again() -> None:
    rows = Rows(torch.tensor([1, 2, 3]), torch.tensor([0.5]), "mine")
    assert set(rows.tensors) == {"ids", "weights"}
    assert rows.facts == {"title": "mine"}
    again = Rows(**rows.tensors, **rows.facts)
    assert again.title == "mine"
    assert torch.equal(again.ids, rows.ids)
    assert rows.counts() == {"examples": 3}


def test_all_of_it_moves() -> None:
    moved = Rows(torch.tensor([1]), torch.tensor([0.5])).to(torch.device("meta"))
    assert {tensor.device.type for tensor in moved.tensors.values()} == {"meta"}


@pytest.mark.parametrize(
    "tensor",
    [
        torch.tensor([0, 5, 2**31 - 1]),
        torch.tensor([2**31]),
        torch.tensor([-1, 3]),
        torch.tensor([], dtype=torch.int64),
        torch.tensor([0.5, 1.5]),
        torch.tensor([[1, 2], [3, 4]]),
    ],
)
def test_a_kept_tensor_comes_back(tensor: Tensor) -> None:
    kept = packed(tensor)
    small = tensor.dtype == torch.int64 and tensor.tolist() != [2**31]
    assert kept.dtype == (torch.int32 if small else tensor.dtype)
    assert torch.equal(unpacked(kept), tensor)
    assert unpacked(kept).dtype == tensor.dtype
