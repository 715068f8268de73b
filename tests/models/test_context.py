"""The windows a model with a fixed context sees, and the state that carries them on."""

import pytest
import torch

from lm_core.models.context import last, windows, with_past
from tests.tiny import some_ids

LETTERS = ".abcdefghijklmnopqrstuvwxyz"
NOTHING = len(LETTERS)  # stands before the beginning, where the course writes "." too


def test_the_five_contexts_of_emma() -> None:
    idx = torch.tensor([[0, 5, 13, 13, 1]])  # . e m m a
    targets = [5, 13, 13, 1, 0]  # e m m a .
    seen = windows(with_past(idx, None, 3, NOTHING), 3)
    assert seen.shape == (1, 5, 3)
    shown = ["".join((LETTERS + ".")[i] for i in row) for row in seen[0]]
    pairs = list(zip(shown, (LETTERS[i] for i in targets), strict=True))
    assert pairs == [("...", "e"), ("..e", "m"), (".em", "m"), ("emm", "a"), ("mma", ".")]
    assert (seen == NOTHING).sum() == 2 + 1  # nothing, nothing, boundary; nothing, boundary, e


@pytest.mark.parametrize("n", [1, 2, 3, 8])
def test_a_window_is_the_token_and_those_before_it(n: int) -> None:
    idx = some_ids(2, 6, 27)
    seen = windows(with_past(idx, None, n, 27), n)
    for b in range(2):
        for t in range(6):
            before = idx[b, max(0, t - n + 1) : t + 1].tolist()
            assert seen[b, t].tolist() == [27] * (n - len(before)) + before


@pytest.mark.parametrize("n", [1, 2, 3, 8])
@pytest.mark.parametrize("cut", [1, 2, 5])
def test_windows_of_pieces_are_those_of_the_whole(n: int, cut: int) -> None:
    idx = some_ids(2, 6, 27)
    whole = windows(with_past(idx, None, n, 27), n)
    first = with_past(idx[:, :cut], None, n, 27)
    state = last(first, n)
    assert state.shape == (2, n - 1)
    second = with_past(idx[:, cut:], state, n, 27)
    assert torch.equal(torch.cat([windows(first, n), windows(second, n)], dim=1), whole)
    assert torch.equal(last(second, n), last(with_past(idx, None, n, 27), n))
