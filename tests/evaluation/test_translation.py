import json
import math
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.errors import BadSettings, BadText
from lm_core.evaluation.translation import bleu, by_length, even_edges, scores, sentence_bleu

KNIGHT = (
    "He thought it right and necessary to become a knight-errant, roaming the world in armor, "
    "seeking adventures and practicing the deeds he had read about in chivalric tales."
)
KNIGHT_REFERENCE = (
    "He believed it was proper and essential to transform into a knight-errant, traveling the "
    "world in armor, pursuing adventures, and enacting the heroic deeds he had encountered in "
    "tales of chivalry."
)
# Lines as a class writes them: capitals, marks, tokens apart, nothing, another script.
ANSWERS = [
    KNIGHT,
    "Le chat est assis sur le tapis .",
    "un   chien & deux chats",
    "",
    "Straße, 1,5 €",
]
REFERENCES = [
    KNIGHT_REFERENCE,
    "le chat est assis sur le tapis.",
    "Un chien et deux chats",
    "rien du tout",
    "STRASSE, 1,5 €",
]
LOWER_CASE = ["--lowercase", "--chrf-lowercase"]
# Few different words, so that runs of them are often found again.
SENTENCE = st.lists(st.sampled_from("abc"), min_size=1, max_size=12).map(" ".join)
CORPUS = st.lists(st.tuples(SENTENCE, SENTENCE), min_size=1, max_size=4)


# As published -------------------------------------------------------------------------------------


@pytest.mark.parametrize("lower_case", [False, True])
def test_figures_are_those_of_sacrebleus_own_command(tmp_path: Path, lower_case: bool) -> None:
    said, real = tmp_path / "answers.txt", tmp_path / "references.txt"
    for path, lines in ((said, ANSWERS), (real, REFERENCES)):
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    command = [sys.executable, "-m", "sacrebleu", str(real), "-i", str(said)]
    command += ["-m", "bleu", "chrf", "-w", "10", "-f", "json", *(LOWER_CASE if lower_case else [])]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    by_words, by_letters = json.loads(done.stdout)
    ours = scores(ANSWERS, REFERENCES, lower_case=lower_case)
    assert ours.bleu == pytest.approx(by_words["score"], abs=1e-9)
    assert ours.bleu_signature == by_words["signature"]
    assert ours.chrf == pytest.approx(by_letters["score"], abs=1e-9)
    assert ours.chrf_signature == by_letters["signature"]
    assert ("case:lc" in ours.bleu_signature) is lower_case
    assert "tok:13a" in ours.bleu_signature
    assert ours.count == 5


def test_the_knight_errant() -> None:
    """The course's example, week 9."""
    result = bleu([KNIGHT], [KNIGHT_REFERENCE])
    assert result.score == pytest.approx(19.088841781992524, abs=1e-12)
    assert (result.answer_length, result.reference_length) == (31, 35)
    assert result.brevity_penalty == pytest.approx(math.exp(1 - 35 / 31))
    assert (result.matches, result.runs) == ((21, 8, 5, 2), (31, 30, 29, 28))
    assert result.precisions == pytest.approx((2100 / 31, 800 / 30, 500 / 29, 200 / 28))


def test_a_word_counts_as_often_as_one_reference_holds_it() -> None:
    """The course's example, week 9: 2/7 and not 7/7."""
    the, one, other = "the " * 7, "the cat is on the mat", "there is a cat on the mat"
    for references, right in (([one], 2), ([other], 1), ([one, other], 2)):
        result = bleu([the], *([reference] for reference in references))
        assert (result.matches[0], result.runs[0]) == (right, 7)


def test_words_in_the_wrong_order_share_no_run_of_four() -> None:
    """The course writes 0/5; a sentence of five words has two runs of four."""
    said, real = ["years six thirty have I"], ["I am thirty six years old"]
    result = bleu(said, real, smoothing="none")
    assert (result.matches[0], result.runs[0]) == (4, 5)
    assert (result.matches[3], result.runs[3]) == (0, 2)
    assert result.score == scores(said, real).bleu_torchtext == 0
    assert bleu(said, real).score > 0  # smoothed, as is usual


def test_an_answer_that_is_one_of_the_references() -> None:
    """The course prints reference length 14, the shorter reference's; the paper takes the closest,
    which is the answer itself. The score is 100 either way."""
    short = (
        "Latest research findings in Antarctica show significant ice loss due to climate change."
    )
    long = (
        "Latest research findings in Antarctica show that the ice sheet is melting faster than "
        "previously thought."
    )
    result = bleu([long], [short], [long])
    assert (result.score, result.brevity_penalty) == (100, 1)
    assert (result.answer_length, result.reference_length) == (17, 17)


# By hand ------------------------------------------------------------------------------------------


@given(corpus=CORPUS)
def test_torchtext_beside_it_is_bleu_without_smoothing(corpus: list) -> None:
    """Of words that no rule takes apart, where the two only differ in smoothing."""
    said, real = zip(*corpus, strict=True)
    expected = bleu(said, real, smoothing="none").score
    assert scores(said, real).bleu_torchtext == pytest.approx(expected, abs=1e-3)


def test_a_corpus_is_divided_once() -> None:
    result = bleu(["a b c d", "a x y z"], ["a b c d", "a b c d"])
    assert (result.matches, result.runs) == ((5, 3, 2, 1), (8, 6, 4, 2))
    product = 5 / 8 * 3 / 6 * 2 / 4 * 1 / 2
    assert result.score == pytest.approx(100 * product**0.25)


def test_chrf_by_hand() -> None:
    """Of "ab" and "ac" one letter of two is shared and no pair; spaces do not count."""
    assert scores(["a b"], ["ac"]).chrf == pytest.approx(100 * (1 / 2 + 0) / 2)
    assert scores(["same"], ["s a m e"]).chrf == 100


def test_what_is_right_to_the_letter() -> None:
    result = scores(["Ein Hund", "eine Katze"], ["Ein Hund", "Eine Katze"])
    assert result.exact_match == 0.5
    assert scores(["ein hund"], ["Ein Hund"], lower_case=True).exact_match == 1


@given(text=st.lists(st.text("ab .,-'", min_size=1), min_size=1, max_size=3))
def test_who_answers_the_reference_has_all_that_can_be_had(text: list[str]) -> None:
    result = scores(text, text)
    assert result.exact_match == 1
    assert result.bleu == pytest.approx(100 if result.bleu_possible else 0)


def test_who_says_nothing_gets_nothing() -> None:
    result = scores([""], ["un chat noir dort"])
    assert (result.bleu, result.bleu_torchtext, result.chrf, result.exact_match) == (0, 0, 0, 0)


def test_references_too_short_for_bleu_are_told() -> None:
    """A number in digits is one token: BLEU is 0 however right the answer is."""
    result = scores(["1947", "12"], ["1947", "12"])
    assert (result.bleu, result.bleu_possible, result.exact_match) == (0, False, 1)
    assert scores(["1947"], ["2 March 1947 ."]).bleu_possible


def test_one_sentence_is_scored_by_the_runs_it_has() -> None:
    result = sentence_bleu("le chat noir", "le chat noir")
    assert (result.score, result.possible) == (100, True)
    assert "eff:yes" in result.signature
    assert sentence_bleu("Le chat", "le chat", lower_case=True).score == 100
    assert 0 < sentence_bleu("le chat noir dort", "le chat blanc dort").score < 100
    assert sentence_bleu("", "le chat").score == 0


# By length ----------------------------------------------------------------------------------------

SAID = ["a", "a b c d e", "a b c d x", "", "a b c d e f"]
REAL = ["a", "a b c d e", "a b c d e", "a b", "A b c d e f"]


def test_rows_by_the_length_of_the_reference() -> None:
    rows = by_length(SAID, REAL, [2, 3, 5])
    assert [(row.shortest, row.longest, row.count) for row in rows] == [
        (0, 2, 2),
        (4, 5, 2),
        (6, None, 1),
    ]
    assert [row.exact_match for row in rows] == [0.5, 0.5, 0]
    assert rows[0].bleu is None  # no reference of two words can have a run of four
    assert rows[1].bleu == bleu(SAID[1:3], REAL[1:3]).score
    assert rows[1].chrf == scores(SAID[1:3], REAL[1:3]).chrf
    (last,) = by_length(SAID[4:], REAL[4:], [], lower_case=True)
    assert (last.bleu, last.exact_match, last.longest) == (100, 1, None)


def test_rows_by_other_lengths_than_the_references() -> None:
    rows = by_length(SAID, REAL, [7], lengths=[9, 2, 7, 8, 1])
    assert [(row.shortest, row.longest, row.count) for row in rows] == [(0, 7, 3), (8, None, 2)]
    assert [row.exact_match for row in rows] == [1 / 3, 1 / 2]
    with pytest.raises(BadText, match="2 lengths for 5 answers"):
        by_length(SAID, REAL, [7], lengths=[1, 2])


@pytest.mark.parametrize(
    ("lengths", "rows", "edges"),
    [
        (range(1, 11), 5, [2, 4, 6, 8]),
        ([3, 1, 2, 4], 2, [2]),
        ([6, 6, 6, 6, 6, 4, 9], 3, [4, 6]),  # a row for each
        ([1, 1, 1, 1, 2, 3], 2, [1]),
        ([1, 2, 3, 3, 3, 3], 2, []),
        ([4, 4, 4], 3, []),
        ([7], 5, []),
        ([], 5, []),
    ],
)
def test_edges_that_put_as_many_into_each_row(lengths: list, rows: int, edges: list[int]) -> None:
    assert even_edges(lengths, rows) == edges


@given(corpus=CORPUS, edges=st.lists(st.integers(0, 13), unique=True).map(sorted))
def test_every_sentence_is_in_one_row(corpus: list, edges: list[int]) -> None:
    said, real = zip(*corpus, strict=True)
    rows = by_length(said, real, edges)
    assert sum(row.count for row in rows) == len(corpus)
    right = sum(row.count * row.exact_match for row in rows)
    assert right / len(corpus) == pytest.approx(scores(said, real).exact_match)


@pytest.mark.parametrize("edges", [[3, 3], [5, 2], [-1]])
def test_lengths_that_do_not_rise(edges: list[int]) -> None:
    with pytest.raises(BadSettings, match="do not rise"):
        by_length(SAID, REAL, edges)


@pytest.mark.parametrize(("said", "real"), [([], []), (["a"], []), (["a", "b"], ["a"])])
def test_one_reference_for_each_answer(said: list[str], real: list[str]) -> None:
    for figure in (scores, bleu, lambda one, other: by_length(one, other, [5])):
        with pytest.raises(BadText, match="one reference for each"):
            figure(said, real)
    with pytest.raises(BadText, match="one reference for each"):
        sentence_bleu("a")
