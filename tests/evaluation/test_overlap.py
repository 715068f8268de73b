import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.evaluation.overlap import PRF, prf, share


@given(common=st.integers(0, 9), more_said=st.integers(0, 9), more_real=st.integers(0, 9))
def test_f1_is_the_harmonic_mean(common: int, more_said: int, more_real: int) -> None:
    shares = prf(common, common + more_said, common + more_real)
    if common:
        mean = 2 / (1 / shares.precision + 1 / shares.recall)
        assert shares.f1 == pytest.approx(mean)
        assert shares.f1 == pytest.approx(2 * common / (2 * common + more_said + more_real))
    else:
        assert shares == PRF(0, 0, 0)


def test_a_share_of_nothing_is_nothing() -> None:
    assert share(0, 0) == 0
