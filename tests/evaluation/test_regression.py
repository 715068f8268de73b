import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.errors import BadText
from lm_core.evaluation.regression import regression

YEARS = st.lists(
    st.tuples(st.integers(1790, 2026), st.integers(1700, 2100)), min_size=1, max_size=20
)


def test_three_years_by_hand() -> None:
    """Off by 10, 0 and 20; the years spread by 10, 0 and 10 around their mean."""
    result = regression([1900, 1910, 1920], [1910, 1910, 1900])
    assert result.mean_absolute_error == 10
    assert result.rmse == pytest.approx(math.sqrt(500 / 3))
    assert result.r2 == pytest.approx(1 - 500 / 200)
    assert result.count == 3


def test_all_right_and_always_the_mean() -> None:
    real = [1.0, 2.0, 6.0]
    right = regression(real, real)
    assert (right.mean_absolute_error, right.rmse, right.r2) == (0, 0, 1)
    assert regression(real, [3.0] * 3).r2 == pytest.approx(0)


@pytest.mark.parametrize("real", [[0.1] * 3, [1e-300, 2e-300]])
def test_without_spread_there_is_none_to_tell(real: list[float]) -> None:
    assert regression(real, [1.0] * len(real)).r2 is None


@given(cases=YEARS, unit=st.sampled_from([1, 10, 100]), shift=st.integers(-50, 50))
def test_errors_have_the_unit_and_r2_has_none(cases: list, unit: int, shift: int) -> None:
    real, said = zip(*cases, strict=True)
    one = regression(real, said)
    moved = ([unit * (x + shift) for x in xs] for xs in (real, said))
    other = regression(*moved)
    assert other.mean_absolute_error == pytest.approx(unit * one.mean_absolute_error)
    assert other.rmse == pytest.approx(unit * one.rmse)
    assert other.r2 == (None if one.r2 is None else pytest.approx(one.r2))
    assert one.mean_absolute_error <= one.rmse + 1e-9
    assert one.rmse <= max(abs(a - b) for a, b in cases) + 1e-9


@pytest.mark.parametrize("wild", [math.nan, math.inf, 1e200])
def test_what_no_float_holds_is_no_error(wild: float) -> None:
    result = regression([1.0, 2.0], [1.0, wild])
    assert not math.isfinite(result.rmse)


@pytest.mark.parametrize(("real", "said"), [([], []), ([1.0], []), ([1.0, 2.0], [1.0])])
def test_one_number_for_each(real: list[float], said: list[float]) -> None:
    with pytest.raises(BadText, match="one for each"):
        regression(real, said)
