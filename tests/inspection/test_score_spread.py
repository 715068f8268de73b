"""The spread of scores before and after sqrt(D), and a softmax that is sharpened."""

import pytest
import torch

from lm_core.inspection.score_spread import score_spread, sharpened


@pytest.mark.parametrize("D", [1, 16, 64])
def test_the_variance_is_that_of_a_sum_of_products(D: int) -> None:
    found = score_spread(D, seed=3)
    assert found.raw == pytest.approx(D, rel=0.1)
    assert found.scaled == pytest.approx(1, rel=0.1)
    assert found == score_spread(D, seed=3)
    assert found != score_spread(D, seed=4)


def test_without_the_division_a_softmax_grows_sharp() -> None:
    small, large = score_spread(4, seed=0), score_spread(256, seed=0)
    assert large.most_raw > 0.9 > small.most_raw
    assert large.most_scaled == pytest.approx(small.most_scaled, abs=0.05)


def test_the_softmax_of_the_course() -> None:
    scores = torch.tensor([0.1, -0.2, 0.3, -0.2, 0.5])
    usual, sharp = (sharpened(scores, times).tolist() for times in (1, 8))
    assert [round(share, 4) for share in usual] == [0.1925, 0.1426, 0.2351, 0.1426, 0.2872]
    assert [round(share, 4) for share in sharp] == [0.0326, 0.0030, 0.1615, 0.0030, 0.8000]
    assert sharpened(scores, 0).tolist() == pytest.approx([0.2] * 5)
