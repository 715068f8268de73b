import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.evaluation.overlap import PRF, f_score, ngrams, prf, share


def test_ngrams_are_counted() -> None:
    words = ["the", "cat", "the", "cat", "the"]
    assert ngrams(words, 1) == {("the",): 3, ("cat",): 2}
    assert ngrams(words, 2) == {("the", "cat"): 2, ("cat", "the"): 2}
    assert ngrams("aab", 2) == {("a", "a"): 1, ("a", "b"): 1}
    assert not ngrams(words, 6)


@given(tokens=st.text("abc", max_size=12), n=st.integers(1, 5))
def test_a_text_has_as_many_ngrams_as_places(tokens: str, n: int) -> None:
    assert ngrams(tokens, n).total() == max(0, len(tokens) - n + 1)


@given(common=st.integers(0, 9), more_said=st.integers(0, 9), more_real=st.integers(0, 9))
def test_f1_is_the_harmonic_mean(common: int, more_said: int, more_real: int) -> None:
    shares = prf(common, common + more_said, common + more_real)
    if common:
        mean = 2 / (1 / shares.precision + 1 / shares.recall)
        assert shares.f1 == pytest.approx(mean)
        assert shares.f1 == pytest.approx(2 * common / (2 * common + more_said + more_real))
    else:
        assert shares == PRF(0, 0, 0)


def test_beta_says_how_much_recall_counts() -> None:
    assert f_score(0.2, 0.8) == pytest.approx(0.32)
    assert f_score(0.2, 0.8, beta=2) == pytest.approx(0.5)  # 5 * .16 / (4 * .2 + .8)
    assert f_score(0.2, 0.8, beta=1e6) == pytest.approx(0.8)
    assert f_score(0.2, 0.8, beta=1e-6) == pytest.approx(0.2)


def test_a_share_of_nothing_is_nothing() -> None:
    assert share(0, 0) == 0
    assert f_score(0, 0) == 0
