import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.training.schedules import SCHEDULES, lr_factor

SHARE = st.floats(0, 1)


@pytest.mark.parametrize(("name", "half"), [("cosine", 0.525), ("linear", 0.525), ("constant", 1)])
def test_where_a_schedule_starts_stands_half_way_and_ends(name: str, half: float) -> None:
    schedule = SCHEDULES[name]
    assert schedule(0.0) == 1
    assert schedule(0.5) == pytest.approx(half)
    end = 1 if name == "constant" else 0.05
    assert schedule(1.0) == pytest.approx(end)
    assert schedule(1.5) == pytest.approx(end)  # a budget in seconds may be overrun


@given(name=st.sampled_from(sorted(SCHEDULES)), a=SHARE, b=SHARE)
def test_no_schedule_ever_rises(name: str, a: float, b: float) -> None:
    assert SCHEDULES[name](min(a, b)) >= SCHEDULES[name](max(a, b))


@given(name=st.sampled_from(sorted(SCHEDULES)), warmup=SHARE, progress=SHARE)
def test_the_factor_lies_between_zero_and_one(name: str, warmup: float, progress: float) -> None:
    assert 0 < lr_factor(name, warmup, progress) <= 1


def test_the_warm_up_rises_in_a_straight_line_to_the_full_rate() -> None:
    factors = [lr_factor("cosine", 0.1, step / 1000) for step in range(101)]
    assert factors[0] == pytest.approx(0.01)  # the very first step already moves a little
    assert factors[50] == pytest.approx(0.5)
    assert factors[100] == 1
    assert factors == sorted(factors)


def test_without_a_warm_up_the_first_step_is_a_full_one() -> None:
    assert lr_factor("cosine", 0.0, 0.0) == 1


@pytest.mark.parametrize("progress", [0.1, 0.5, 0.999])
def test_a_warm_up_as_long_as_the_budget_rises_to_its_end(progress: float) -> None:
    assert lr_factor("cosine", 1.0, progress) == pytest.approx(progress)
