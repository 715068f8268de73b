import math
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sacrebleu.metrics import BLEU
from torchtext.data.metrics import bleu_score

from lm_core.errors import BadText
from lm_core.evaluation.bleu import bleu, clipped_matches, sentence_bleu
from lm_core.evaluation.words import words_13a

KNIGHT = (
    "He thought it right and necessary to become a knight-errant, roaming the world in armor, "
    "seeking adventures and practicing the deeds he had read about in chivalric tales."
)
KNIGHT_REFERENCE = (
    "He believed it was proper and essential to transform into a knight-errant, traveling the "
    "world in armor, pursuing adventures, and enacting the heroic deeds he had encountered in "
    "tales of chivalry."
)
# Few different words, so that runs of them are often found again.
SENTENCE = st.lists(st.sampled_from("abc"), min_size=1, max_size=12)
REFERENCES = st.lists(SENTENCE, min_size=1, max_size=3)
CORPUS = st.lists(st.tuples(SENTENCE, REFERENCES), min_size=1, max_size=4)


# The course's examples, week 9 --------------------------------------------------------------------


def test_a_word_counts_as_often_as_one_reference_holds_it() -> None:
    references = [words_13a("the cat is on the mat"), words_13a("there is a cat on the mat")]
    assert clipped_matches(["the"] * 7, references, 1) == (2, 7)
    assert clipped_matches(["the"] * 7, references[1:], 1) == (1, 7)


def test_words_in_the_wrong_order_share_no_run_of_four() -> None:
    """The course writes 0/5; a sentence of five words has two runs of four."""
    said, real = words_13a("years six thirty have I"), words_13a("I am thirty six years old")
    assert clipped_matches(said, [real], 1) == (4, 5)
    assert clipped_matches(said, [real], 4) == (0, 2)
    assert sentence_bleu(said, [real], smooth=0).score == 0


def test_the_knight_errant() -> None:
    result = bleu([words_13a(KNIGHT)], [[words_13a(KNIGHT_REFERENCE)]])
    assert result.score == pytest.approx(0.19088841781992524, abs=1e-15)
    assert 100 * result.score == pytest.approx(
        BLEU().corpus_score([KNIGHT], [[KNIGHT_REFERENCE]]).score, abs=1e-10
    )
    assert (result.candidate_length, result.reference_length) == (31, 35)
    assert result.brevity_penalty == pytest.approx(math.exp(1 - 35 / 31))
    assert result.precisions == (21 / 31, 8 / 30, 5 / 29, 2 / 28)


def test_a_candidate_that_is_one_of_the_references() -> None:
    """The course prints reference length 14, the shorter reference's; the paper takes the closest,
    which is the candidate itself. The score is 1 either way."""
    short = (
        "Latest research findings in Antarctica show significant ice loss due to climate change."
    )
    long = (
        "Latest research findings in Antarctica show that the ice sheet is melting faster than "
        "previously thought."
    )
    result = bleu([words_13a(long)], [[words_13a(short), words_13a(long)]])
    assert (result.score, result.brevity_penalty, result.precisions) == (1, 1, (1, 1, 1, 1))
    assert (result.candidate_length, result.reference_length) == (17, 17)
    assert len(words_13a(short)) == 14


# Against others -----------------------------------------------------------------------------------


def by_sacrebleu(pairs: list[tuple[list[str], list[list[str]]]], **options) -> float:
    most = max(len(references) for _, references in pairs)
    columns = [
        [" ".join(references[min(i, len(references) - 1)]) for _, references in pairs]
        for i in range(most)
    ]
    metric = BLEU(tokenize="none", **options)
    return metric.corpus_score([" ".join(said) for said, _ in pairs], columns).score / 100


@given(corpus=CORPUS)
def test_a_corpus_scores_as_with_sacrebleu(corpus: list) -> None:
    said, real = zip(*corpus, strict=True)
    expected = by_sacrebleu(corpus, smooth_method="none")
    assert bleu(said, real).score == pytest.approx(expected, abs=1e-9)


@given(corpus=CORPUS, max_n=st.integers(1, 4))
def test_a_corpus_scores_as_with_torchtext(corpus: list, max_n: int) -> None:
    said, real = zip(*corpus, strict=True)
    for candidate, references in corpus:  # of two equally close it takes the first, not the shorter
        gaps = sorted({(abs(len(r) - len(candidate)), len(r)) for r in references})
        assume(all(one[0] != other[0] for one, other in pairwise(gaps)))
    expected = bleu_score(said, real, max_n=max_n, weights=[1 / max_n] * max_n)
    assert bleu(said, real, max_n=max_n).score == pytest.approx(expected, abs=1e-6)


@given(said=st.lists(st.sampled_from("abc"), min_size=4, max_size=12), real=REFERENCES)
def test_a_smoothed_sentence_scores_as_with_sacrebleu(said: list[str], real: list) -> None:
    expected = by_sacrebleu([(said, real)], smooth_method="add-k", smooth_value=1)
    assert sentence_bleu(said, real).score == pytest.approx(expected, abs=1e-9)


# What it is ---------------------------------------------------------------------------------------


def test_of_two_equally_close_references_the_shorter_counts() -> None:
    assert bleu([["a"] * 4], [[["a"] * 5, ["a"] * 3]]).reference_length == 3


def test_a_corpus_is_divided_once() -> None:
    one, other = ["a", "b", "c", "d"], ["a", "x", "y", "z"]
    whole = bleu([one, other], [[one], [one]], max_n=1)
    assert whole.precisions == (5 / 8,)


def test_smoothing_gives_a_sentence_without_a_run_of_four_its_due() -> None:
    said, real = list("abcx"), [list("abcd")]
    assert sentence_bleu(said, real, smooth=0).score == 0
    assert 0 < sentence_bleu(said, real).score < 1
    assert sentence_bleu(said, real).precisions == (3 / 4, 3 / 4, 2 / 3, 1 / 2)


def test_who_says_nothing_gets_nothing() -> None:
    result = bleu([[]], [[["a", "b"]]])
    assert (result.score, result.brevity_penalty) == (0, 0)


@pytest.mark.parametrize(("said", "real"), [([], []), ([["a"]], []), ([["a"]], [[]])])
def test_without_a_reference_there_is_no_score(said: list, real: list) -> None:
    with pytest.raises(BadText, match="references for each candidate"):
        bleu(said, real)
