import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.errors import BadText
from lm_core.evaluation.classification import exact_match
from lm_core.evaluation.side_by_side import side_by_side
from lm_core.evaluation.summaries import meteor, rouge
from lm_core.evaluation.translation import bleu, chrf

SENTENCE = st.lists(st.sampled_from("abc"), min_size=1, max_size=8).map(" ".join)


@given(answer=SENTENCE, reference=SENTENCE)
def test_one_reference_gives_what_each_metric_gives(answer: str, reference: str) -> None:
    found = side_by_side(answer, reference)
    assert found.bleu == bleu([answer], [reference])
    assert found.chrf == chrf([answer], [reference])[0]
    assert found.rouge == rouge([answer], [reference])
    assert found.meteor == meteor([answer], [reference])
    assert found.exact_match == exact_match([answer], [reference])
    assert all(0 <= value <= 1 for value in found.shares.values())


def test_of_several_references_the_best_counts() -> None:
    both = side_by_side("a b c d", "x y", "a b c d")
    assert both.shares == side_by_side("a b c d", "a b c d").shares
    assert both.exact_match == 1


def test_capitals_and_synonyms() -> None:
    assert side_by_side("A cat", "a cat").exact_match == 0
    assert side_by_side("A cat", "a cat", lower_case=True).exact_match == 1
    assert side_by_side("pet", "cat", synonyms={"pet": ["cat"]}).meteor == 0.5
    with pytest.raises(BadText, match="give a reference"):
        side_by_side("a")
