"""Changed copies of a picture whose value stays."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lm_core.pictures.relighting import KINDS, lit, relit


@given(st.sampled_from(KINDS), st.integers(0, 99))
def test_copies_are_pictures_and_the_same_for_one_seed(kind: str, seed: int) -> None:
    pixels = torch.rand(3, 3, 8, 8, generator=torch.Generator().manual_seed(seed))
    one, again = (relit(pixels, kind, torch.Generator().manual_seed(seed)) for _ in range(2))
    assert torch.equal(one, again)
    assert one.shape == pixels.shape
    assert one.min() >= 0
    assert one.max() <= 1
    assert torch.equal(relit(pixels, "none"), pixels)
    if kind == "flip":
        for a, b in zip(one, pixels, strict=True):
            assert torch.equal(a, b) or torch.equal(a, b.flip(2))


def test_light_and_contrast_by_hand() -> None:
    pixels = torch.tensor([0.4, 0.6]).view(1, 1, 1, 2)
    found = lit(pixels, torch.tensor([2.0]), torch.tensor([0.1]))
    assert found.flatten().tolist() == pytest.approx([0.4, 0.8])
