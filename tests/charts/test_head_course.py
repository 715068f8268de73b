import math

from lm_core.charts.head_course import head_course


def test_it_says_what_changed_most():
    shares = {"the token before": [0.1, 0.4, 0.9], "itself": [0.5, 0.3, math.nan]}
    chart = head_course([1, 10, 100], shares, at=10, title="Head")
    first, second = chart.figure.data
    assert list(first.y) == [0.1, 0.4, 0.9]
    assert list(second.y) == [0.5, 0.3, None]
    assert chart.figure.layout.shapes[0].x0 == 10
    assert len(chart.table) == 6
    assert chart.alt == (
        "Head: from step 1 to step 100 what it gives the token before changed most, from 10 % to "
        "90 %."
    )
    other = head_course([1, 2], {"vowels": [0, 1]}, at=1, title="x", changed="the share for {}")
    assert "to step 2 the share for vowels changed most, from 0 % to 100 %" in other.alt


def test_a_single_step_has_not_changed():
    assert "nothing has changed" in head_course([1], {"itself": [0.5]}, at=1, title="x").alt
    nothing = head_course([1, 2], {"itself": [math.nan, 0.5]}, at=1, title="x")
    assert "nothing that can be compared" in nothing.alt
