from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nltk.stem.porter import PorterStemmer
from nltk.translate.meteor_score import single_meteor_score

from lm_core.evaluation.meteor import meteor
from lm_core.evaluation.words import words_13a

SAID = words_13a(
    "he thought it right and necessary to become a knight-errant, roaming the world in armor, "
    "seeking adventures and practicing the deeds he had read about in chivalric tales."
)
REAL = words_13a(
    "he believed it was proper and essential to transform into a knight-errant, traveling the "
    "world in armor, pursuing adventures, and enacting the heroic deeds he had encountered in "
    "tales of chivalry."
)
# What has a synonym is its own stem, because NLTK looks synonyms up by stem.
SYNONYMS = {"cat": {"pet"}, "run": {"trot", "jog"}}
WORDS = st.lists(
    st.sampled_from(words_13a("cat pet run trot jog walk walks walking the a")), max_size=14
)


class Dictionary:
    """What NLTK asks of WordNet, from SYNONYMS."""

    def synsets(self, word: str) -> list[SimpleNamespace]:
        same = {*SYNONYMS.get(word, ()), *(w for w, others in SYNONYMS.items() if word in others)}
        lemmas = [SimpleNamespace(name=lambda w=w: w) for w in same]
        return [SimpleNamespace(lemmas=lambda: lemmas)]


# The course's example, week 9 ---------------------------------------------------------------------


def test_the_knight_errant_as_published() -> None:
    """NLTK with WordNet 3.0 finds one synonym in this pair, right and proper."""
    result = meteor(SAID, REAL, synonyms={"right": {"proper"}})
    assert result.score == pytest.approx(0.5350702240481536, abs=1e-15)
    assert (len(result.matches), result.chunks) == (22, 15)
    assert (result.precision, result.recall) == (22 / 31, 22 / 35)


def test_the_knight_errant_with_every_synonym_of_wordnet() -> None:
    """WordNet 3.0 has necessary and essential in one set too. NLTK misses them, because it looks
    them up by their stems "necessari" and "essenti", which are no words."""
    synonyms = {"right": {"proper"}, "necessary": {"essential"}}
    assert meteor(SAID, REAL, synonyms=synonyms).score == pytest.approx(0.5897811335598849)


def test_the_knight_errant_without_a_dictionary() -> None:
    result = meteor(SAID, REAL)
    by_nltk = single_meteor_score(REAL, SAID, wordnet=SimpleNamespace(synsets=lambda word: []))
    assert result.score == pytest.approx(by_nltk, abs=1e-15)
    assert result.score == pytest.approx(0.49634304588887584, abs=1e-15)


# Against NLTK -------------------------------------------------------------------------------------


@given(said=WORDS, real=WORDS)
def test_scores_are_those_of_nltk(said: list[str], real: list[str]) -> None:
    stemmer = PorterStemmer(PorterStemmer.MARTIN_EXTENSIONS)
    expected = single_meteor_score(real, said, stemmer=stemmer, wordnet=Dictionary())
    assert meteor(said, real, synonyms=SYNONYMS).score == pytest.approx(expected, abs=1e-12)


# What it is ---------------------------------------------------------------------------------------


def test_the_same_words_in_another_order_make_more_chunks() -> None:
    real = words_13a("the cat sat on a mat")
    assert meteor(real, real).chunks == 1
    assert meteor(real, real).score == pytest.approx(1 - 0.5 / 6**3)
    moved = meteor(words_13a("on a mat sat the cat"), real)
    assert moved.chunks == 3
    assert moved.score == pytest.approx(1 - 0.5 * (3 / 6) ** 3)


def test_stages_go_from_the_same_word_to_the_same_stem_to_a_synonym() -> None:
    assert meteor(["cats"], ["cat", "cats"]).matches == ((0, 1),)
    assert meteor(["cats"], ["cat"]).matches == ((0, 0),)
    assert meteor(["pet"], ["cat"]).matches == ()
    for synonyms in ({"pet": ["cat"]}, {"cat": ["pet"]}):
        assert meteor(["pet"], ["cat"], synonyms=synonyms).matches == ((0, 0),)


def test_recall_counts_nine_times_as_much() -> None:
    result = meteor(["a"], ["a", "b"])
    assert (result.precision, result.recall) == (1, 0.5)
    assert result.score == pytest.approx(10 * 0.5 / (0.5 + 9) * (1 - 0.5))


def test_no_common_word_is_nothing() -> None:
    assert meteor(["a"], ["b"]).score == meteor([], []).score == 0
