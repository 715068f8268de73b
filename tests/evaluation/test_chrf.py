import pytest
from hypothesis import given
from hypothesis import strategies as st
from sacrebleu.metrics import CHRF

from lm_core.evaluation.chrf import chrf

TEXT = st.text("ab é.", max_size=15)


@given(said=TEXT, real=TEXT, max_n=st.integers(1, 6), beta=st.integers(1, 3))
def test_scores_are_those_of_sacrebleu(said: str, real: str, max_n: int, beta: int) -> None:
    expected = CHRF(char_order=max_n, beta=beta).sentence_score(said, [real]).score / 100
    assert chrf(said, real, max_n=max_n, beta=beta) == pytest.approx(expected, abs=1e-9)


def test_a_word_with_another_ending_is_half_right() -> None:
    assert chrf("the deeds", "the deed") > chrf("the acts", "the deed") > 0
    assert chrf("same", "s a m e") == 1


def test_nothing_shares_nothing() -> None:
    assert chrf("", "") == chrf("a", "") == chrf("a", "b") == 0
