"""Which budget fits among others, by the rules of sharing."""

import pytest

from lm_core.runs.crowd import fitting, is_slowed
from lm_core.runs.queue import done_by_all

OFFERED = {"10 s": 10.0, "1 min": 60.0, "5 min": 300.0}


@pytest.mark.parametrize(
    ("others", "seconds", "places", "fits"),
    [
        (0, 60, 1, "1 min"),  # alone: five minutes are too long for a lesson's wait
        (2, 60, 1, "1 min"),  # three minutes to the second
        (3, 60, 1, "10 s"),
        (12, 60, 1, "10 s"),
        (5, 60, 2, "1 min"),
        (29, 10, 1, "10 s"),  # none is in time: the smallest
        (12, None, 1, "10 s"),  # of those who take any time
    ],
)
def test_the_largest_budget_that_is_done_in_time(others, seconds, places, fits) -> None:
    assert fitting(OFFERED, lambda s: done_by_all([seconds] * others, s, places=places)) == fits


def test_others_are_noticed_where_they_hold_a_run_up() -> None:
    def slowed(others: int, places: int) -> bool:
        return is_slowed(60, done_by_all([60.0] * others, 60, places=places))

    assert not slowed(0, 1)
    assert not slowed(1, 2)  # each has a place of its own
    assert slowed(1, 1)
    assert slowed(2, 2)
    assert not is_slowed(60, done_by_all([5.0], 60, places=1))  # soon gone
