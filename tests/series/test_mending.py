"""Measurements become a series by rules that are said, or a sentence says why not."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.errors import BadText
from lm_core.series.mending import regular

BEGIN = datetime(2020, 1, 1)


def hours(values: list[float | None]) -> list[tuple[datetime, float | None]]:
    return [(BEGIN + timedelta(hours=k), value) for k, value in enumerate(values)]


def test_a_series_without_fault_stays_as_it_is() -> None:
    made = regular(hours([float(k) for k in range(80)]))
    assert (made.begin, made.minutes, made.note) == (BEGIN, 60.0, "")
    assert made.values == [*map(float, range(80))]


def test_gaps_doubles_and_disorder_are_mended_and_said() -> None:
    rows = hours([float(k) for k in range(80)])
    faulty = [*rows[40:], *rows[:10], *rows[12:40], (rows[5][0], 99.0)]
    faulty[3] = (faulty[3][0], None)  # hour 43
    made = regular(faulty)
    assert made.values[10:12] == [10.0, 11.0]
    assert (made.values[5], made.values[43]) == (99.0, 43.0)
    for said in ("sorted", "1 time came again", "3 missing values filled along"):
        assert said in made.note


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (hours([1.0] * 20), "60 is the least"),
        ([*hours([1.0] * 50), *[(BEGIN + timedelta(days=9), 1.0)] * 20], "60 is the least"),
        (hours([None] * 80), "Not one value"),
        ([*hours([1.0] * 70), (BEGIN + timedelta(days=20), 1.0)], "nothing was measured"),
        ([*hours([1.0] * 70), (BEGIN + timedelta(hours=80, minutes=20), 1.0)], "between two"),
        (hours([1.0, None] * 50), "a tenth is the most"),
        ([*hours([1.0] * 70), (BEGIN + timedelta(days=99_999), 1.0)], "300,000 is the most"),
    ],
)
def test_what_cannot_be_mended_is_said_in_a_sentence(rows: list, said: str) -> None:
    with pytest.raises(BadText, match=said):
        regular(rows)


@given(st.permutations(range(64)), st.sets(st.integers(1, 62), max_size=3))
def test_the_order_of_rows_does_not_matter(order: list[int], missing: set[int]) -> None:
    rows = hours([float(k) for k in range(64)])
    made = regular([rows[k] for k in order if k not in missing])
    assert made.values == pytest.approx([*map(float, range(64))])
