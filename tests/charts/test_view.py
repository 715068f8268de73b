"""The view of a curve: where it ends, and what is said of the values beyond its end."""

import pytest

from lm_core.charts import view


def place(x: float) -> str:
    return f"step {x:g}"


@pytest.mark.parametrize(
    ("ends", "round_ones"),
    [
        ((2.07, 4.16), (2.0, 4.2)),
        ((0.0, 1.0), (0.0, 1.0)),
        ((0.0, 0.0213), (0.0, 0.022)),
        ((0.0, 8_700.0), (0.0, 9_000.0)),
        ((3.0, 3.0), (2.7, 3.3)),
        ((0.0, 0.0), (-1.0, 1.0)),
    ],
)
def test_an_axis_ends_at_round_numbers(ends, round_ones):
    assert view.rounded(*ends) == pytest.approx(round_ones)


def test_values_above_the_end_are_counted_and_the_highest_named():
    parts = [("a", [1, 2, 3], [4.0, 6.0, float("nan")]), ("b", [2], [6.69])]
    assert view.beyond(parts, 5.0, place) == (
        "2 values lie above the picture, up to 6.69 (b, step 2): see the arrows on top."
    )
    assert view.beyond(parts, 7.0, place) == ""
    assert view.beyond(parts, 5.0, place, (2.5, 3)) == ""
