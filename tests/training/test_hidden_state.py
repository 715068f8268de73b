import pytest
import torch

from lm_core.training.hidden_state import join, split

H = torch.arange(24.0).view(2, 6, 2)  # (layers, B, width)


def equal(a, b) -> bool:
    if isinstance(a, tuple):
        return all(equal(x, y) for x, y in zip(a, b, strict=True))
    return torch.equal(a, b)


@pytest.mark.parametrize("state", [H, (H, -H), ((H, 2 * H), -H)])
def test_cut_and_joined_it_is_the_same(state) -> None:
    parts = split(state, [1, 3, 2])
    assert len(parts) == 3
    assert equal(join(parts), state)
    (whole,) = split(state, [6])
    assert whole is state


@pytest.mark.parametrize("state", [None, H, (H, -H)])
def test_rows_that_do_not_add_up_leave_the_empty_state(state) -> None:
    assert split(state, [2, 2]) == [None, None]
    assert join([None, None]) is None
