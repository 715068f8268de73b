import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.optim.lr_scheduler import OneCycleLR, StepLR

from lm_core.training.schedules import DROPS, RISE, SCHEDULES, lr_factor, one_cycle, ramped, wsd

SHARE = st.floats(0, 1)


@pytest.mark.parametrize(("name", "half"), [("cosine", 0.525), ("linear", 0.525), ("constant", 1)])
def test_where_a_schedule_starts_stands_half_way_and_ends(name: str, half: float) -> None:
    schedule = SCHEDULES[name]
    assert schedule(0.0) == 1
    assert schedule(0.5) == pytest.approx(half)
    end = 1 if name == "constant" else 0.05
    assert schedule(1.0) == pytest.approx(end)
    assert schedule(1.5) == pytest.approx(end)  # a budget in seconds may be overrun


@given(name=st.sampled_from(sorted({*SCHEDULES} - {"one-cycle"})), a=SHARE, b=SHARE)
def test_no_schedule_but_one_cycle_ever_rises(name: str, a: float, b: float) -> None:
    assert SCHEDULES[name](min(a, b)) >= SCHEDULES[name](max(a, b))


@given(name=st.sampled_from(sorted(SCHEDULES)), warmup=SHARE, progress=SHARE)
def test_the_factor_lies_between_zero_and_one(name: str, warmup: float, progress: float) -> None:
    factor = lr_factor(name, warmup, progress)
    assert 0 <= factor <= 1
    assert factor > 0 or (name == "wsd" and progress == 1)


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


@pytest.mark.parametrize("total", [11, 200])
def test_one_cycle_is_that_of_torch(total: int) -> None:
    """torch counts its rise in steps from 0 to `pct_start * total - 1`."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    rise = (RISE * (total - 1) + 1) / total
    theirs = OneCycleLR(optimizer, max_lr=2.0, total_steps=total, pct_start=rise)
    for step in range(total):
        assert 2 * one_cycle(step / (total - 1)) == pytest.approx(theirs.get_last_lr()[0], abs=1e-9)
        optimizer.step()
        if step < total - 1:
            theirs.step()


def test_one_cycle_has_no_other_warm_up() -> None:
    assert lr_factor("one-cycle", 0.5, 0.0) == pytest.approx(1 / 25)
    assert lr_factor("one-cycle", 0.5, 0.3) == pytest.approx(1)
    assert one_cycle(1.5) == pytest.approx(4e-6)


@pytest.mark.parametrize("third", [1, 7, 100, 333])
def test_step_is_that_of_torch(third: int) -> None:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    theirs, total = StepLR(optimizer, step_size=third), (DROPS + 1) * third
    for step in range(total):
        assert lr_factor("step", 0.0, step / total) == pytest.approx(theirs.get_last_lr()[0])
        optimizer.step()
        theirs.step()
    assert lr_factor("step", 0.0, 1.0) == lr_factor("step", 0.0, 1.5) == pytest.approx(0.01)
    assert lr_factor("step", 0.1, 0.05) == pytest.approx(0.5)  # after a warm-up


def test_wsd_is_stable_until_its_last_fifth() -> None:
    assert {wsd(k / 100) for k in range(80)} == {1}
    assert wsd(0.9) == pytest.approx(0.5)
    assert wsd(1.0) == wsd(1.5) == 0
    # After a warm-up of half, the last fifth of the other half.
    assert lr_factor("wsd", 0.5, 0.9) == pytest.approx(1)
    assert lr_factor("wsd", 0.5, 0.95) == pytest.approx(0.5)


def test_a_ramp_grows_from_a_quarter_in_four_stages() -> None:
    rows = [ramped(64, 0.6, k / 100) for k in range(100)]
    assert sorted(set(rows)) == [16, 32, 48, 64]
    assert rows == sorted(rows)
    assert [rows.index(n) for n in (32, 48, 64)] == [20, 40, 60]
    assert [ramped(64, 0.0, p) for p in (0.0, 0.5)] == [64, 64]


@given(size=st.integers(1, 100), ramp=SHARE, progress=SHARE)
def test_a_ramp_always_leaves_a_row(size: int, ramp: float, progress: float) -> None:
    assert 1 <= ramped(size, ramp, progress) <= size
