import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.errors import BadText
from lm_core.evaluation.overlap import PRF
from lm_core.evaluation.summaries import ROUGES, meteor, read_synonyms, rouge

SAID = (
    "as we learn more about the frequency and size distribution of exoplanets, we are discovering "
    "that terrestrial planets are exceedingly common."
)
REAL = (
    "The more we learn about the frequency and size distribution of exoplanets, the more confident "
    "we are that they are exceedingly common."
)
KNIGHT = (
    "He thought it right and necessary to become a knight-errant, roaming the world in armor, "
    "seeking adventures and practicing the deeds he had read about in chivalric tales."
)
KNIGHT_REFERENCE = (
    "He believed it was proper and essential to transform into a knight-errant, traveling the "
    "world in armor, pursuing adventures, and enacting the heroic deeds he had encountered in "
    "tales of chivalry."
)
WORDS = st.lists(st.sampled_from("abcd"), min_size=1, max_size=12).map(" ".join)


# ROUGE --------------------------------------------------------------------------------------------


def test_the_exoplanets() -> None:
    """The course's example, week 9."""
    figures = rouge([SAID], [REAL])
    assert tuple(figures) == ROUGES
    assert figures["rouge1"].f1 == pytest.approx(0.7906976744186046, abs=1e-15)
    assert figures["rouge2"].f1 == pytest.approx(0.5365853658536585, abs=1e-15)
    assert figures["rougeL"] == pytest.approx(PRF(16 / 21, 16 / 22, 32 / 43))
    assert figures["rougeLsum"] == figures["rougeL"]  # one line


def test_order_matters_to_l_alone() -> None:
    figures = rouge(["c b a"], ["a b c"])
    assert figures["rouge1"] == (1, 1, 1)
    assert figures["rouge2"] == (0, 0, 0)
    assert figures["rougeL"] == pytest.approx((1 / 3, 1 / 3, 1 / 3))


def test_lines_may_change_places_for_lsum() -> None:
    figures = rouge(["c d\na b"], ["a b\nc d"])
    assert figures["rougeL"].f1 == 0.5
    assert figures["rougeLsum"].f1 == 1


def test_stems_are_matched_when_asked_for() -> None:
    assert rouge(["planets"], ["planet"])["rouge1"].f1 == 0
    assert rouge(["planets"], ["planet"], stemmed=True)["rouge1"].f1 == 1


@given(pairs=st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=3))
def test_figures_of_many_texts_are_means(pairs: list) -> None:
    said, real = zip(*pairs, strict=True)
    whole, each = rouge(said, real), [rouge([a], [b]) for a, b in pairs]
    for name in ROUGES:
        for i in range(3):
            mean = sum(one[name][i] for one in each) / len(each)
            assert whole[name][i] == pytest.approx(mean)


# METEOR -------------------------------------------------------------------------------------------


def test_the_knight_errant_as_published() -> None:
    """nltk with WordNet 3.0 finds one synonym in this pair, right and proper."""
    score = meteor([KNIGHT], [KNIGHT_REFERENCE], synonyms={"right": {"proper"}})
    assert score == pytest.approx(0.5350702240481536, abs=1e-15)


def test_the_knight_errant_with_every_synonym_of_wordnet() -> None:
    """WordNet 3.0 has necessary and essential in one set too; nltk asks it for "necessari"."""
    synonyms = {"proper": {"right"}, "necessary": {"essential"}}
    score = meteor([KNIGHT], [KNIGHT_REFERENCE], synonyms=synonyms)
    assert score == pytest.approx(0.5897811335598849)


def test_the_knight_errant_without_a_dictionary() -> None:
    assert meteor([KNIGHT], [KNIGHT_REFERENCE]) == pytest.approx(0.49634304588887584, abs=1e-15)


def test_the_same_words_in_another_order_make_more_chunks() -> None:
    real = "the cat sat on a mat"
    assert meteor([real], [real]) == pytest.approx(1 - 0.5 / 6**3)
    assert meteor(["on a mat sat the cat"], [real]) == pytest.approx(1 - 0.5 * (3 / 6) ** 3)


def test_the_same_word_the_same_stem_or_a_synonym() -> None:
    one_of_one = 1 - 0.5
    assert meteor(["cats"], ["cat"]) == one_of_one
    assert meteor(["pet"], ["cat"]) == 0
    for synonyms in ({"pet": ["cat"]}, {"cat": ["pet"]}):
        assert meteor(["pet"], ["cat"], synonyms=synonyms) == one_of_one


def test_recall_counts_nine_times_as_much() -> None:
    assert meteor(["a"], ["a b"]) == pytest.approx(10 * 0.5 / (0.5 + 9) * (1 - 0.5))


def test_meteor_of_many_texts_is_their_mean() -> None:
    assert meteor(["cat", "pet"], ["cat", "cat"]) == 0.25
    assert meteor([""], [""]) == 0


def test_synonyms_as_they_are_typed() -> None:
    assert read_synonyms(" Right = proper, big=large,big = huge ,") == {
        "right": {"proper"},
        "big": {"large", "huge"},
    }
    assert read_synonyms("") == {}
    for text in ("right", "a = b = c", "right =", "to go = walk"):
        with pytest.raises(BadText, match="is no pair of words"):
            read_synonyms(text)


@pytest.mark.parametrize(("said", "real"), [([], []), (["a"], []), (["a", "b"], ["a"])])
@pytest.mark.parametrize("figure", [rouge, meteor])
def test_one_reference_for_each_summary(figure, said: list, real: list) -> None:
    with pytest.raises(BadText, match="one reference for each"):
        figure(said, real)
