"""What moves an answer: by answers that are known."""

import numpy as np
import pytest

from lm_core.pictures.sensitivity import CHANGES, along, changed, hidden, shaded


def corner(pixels: np.ndarray) -> np.ndarray:
    """An answer that looks at the upper left square of four pixels a side alone."""
    return pixels[:, :4, :4].mean((1, 2, 3)) * 100


def picture() -> np.ndarray:
    pixels = np.full((10, 12, 3), 0.2, dtype=np.float32)
    pixels[:4, :4] = 0.8
    return pixels


def test_only_the_square_that_is_looked_at_moves_the_answer() -> None:
    pixels = picture()
    change = hidden(corner, pixels, 4)
    assert change.shape == (3, 3)  # the last row and none of the columns are cut
    assert change[0, 0] == pytest.approx(100 * (pixels.mean() - 0.8), abs=1e-3)
    assert np.count_nonzero(abs(change) > 1e-4) == 1
    seen = shaded(pixels, change, 4)
    assert seen.shape == (10, 12, 3)
    assert seen[0, 0, 2] > seen[0, 0, 0]  # blue: less
    assert (seen[8, 8] == 51).all()


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_nothing_changes_nothing_and_all_are_in_order(change: str) -> None:
    amounts, moved = along(corner, picture(), change)
    assert amounts == sorted(amounts)
    assert moved[amounts.index(0.0)] == 0
    assert max(map(abs, moved)) > 0.1


def test_light_moves_a_mean_by_as_much() -> None:
    amounts, moved = along(corner, picture(), "light")
    assert dict(zip(amounts, moved, strict=True))[0.1] == pytest.approx(10, abs=1e-3)
    assert changed(picture(), "light", 0.4).max() == 1  # no more than white
    assert changed(picture(), "turn", 30.0).shape == (10, 12, 3)
