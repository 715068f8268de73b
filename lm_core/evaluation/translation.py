"""How good are translations: BLEU and chrF by sacrebleu, and the share that is right to the letter.

    BLEU = BP * (p_1 p_2 p_3 p_4)^(1/4)     BP = min(1, e^(1 - r/c))
    chrF = 5 P R / (4 P + R)

p_n is the share of the answers' runs of n tokens that a reference holds, each counted at most as
often as there ("clipped"); BP is for answers that are too short: c tokens where r were asked for.
chrF has P and R of runs of 1 to 6 characters and needs no rule for words. Both count a corpus as a
whole and divide once; they are no mean over sentences.

A BLEU means nothing without the rule that cut the tokens and the smoothing of a p_n of 0: its
`signature` names them, and another program that shows the same one gives the same number. The
course's figures are of torchtext's `bleu_score`, on words between spaces and not smoothed: it
stands beside.
Papers: Papineni et al. 2002, "BLEU: a Method for Automatic Evaluation of Machine Translation";
Popović 2015, "chrF: character n-gram F-score for automatic MT evaluation"; for the signature Post
2018, "A Call for Clarity in Reporting BLEU Scores".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from lm_core.errors import BadSettings, BadText
from lm_core.evaluation.classification import exact_match

LONGEST_RUN = 4  # tokens: BLEU of shorter references alone is 0


@dataclass(frozen=True)
class Bleu:
    """`score` from 0 to 100 and what it is made of; lengths in tokens."""

    score: float
    precisions: tuple[float, ...]  # p_1 .. p_4 in percent, smoothed
    matches: tuple[int, ...]  # runs of 1 .. 4 tokens that count as right,
    runs: tuple[int, ...]  # of so many
    brevity_penalty: float  # 0 to 1
    answer_length: int
    reference_length: int
    possible: bool  # False: no reference has 4 tokens, so it is 0 whatever was answered
    signature: str


@dataclass(frozen=True)
class TranslationScores:
    """Of a whole corpus."""

    bleu: float  # 0 to 100
    bleu_signature: str
    bleu_possible: bool  # as in `Bleu`; where it is not, the exact match says something
    bleu_torchtext: float  # 0 to 100
    chrf: float  # 0 to 100
    chrf_signature: str
    exact_match: float  # share from 0 to 1
    count: int  # sentences


class LengthRow(NamedTuple):
    """Of the sentences of `shortest` to `longest` words."""

    shortest: int
    longest: int | None  # None: without end
    count: int  # sentences
    bleu: float | None  # 0 to 100; None where it is not possible, as in `Bleu`
    chrf: float  # 0 to 100
    exact_match: float  # share from 0 to 1


def scores(
    answers: Sequence[str], references: Sequence[str], *, lower_case: bool = False
) -> TranslationScores:
    """All figures of answers, one reference for each.

    Args:
        lower_case: capitals do not count, in any of the figures; the signatures say so.

    Raises:
        BadText: no answer, or not one reference for each.
    """
    from torchtext.data.metrics import bleu_score

    by_words = bleu(answers, references, lower_case=lower_case)
    by_letters, chrf_signature = chrf(answers, references, lower_case=lower_case)
    said, real = _cased(answers, lower_case), _cased(references, lower_case)
    beside = bleu_score([text.split() for text in said], [[text.split()] for text in real])
    return TranslationScores(
        bleu=by_words.score,
        bleu_signature=by_words.signature,
        bleu_possible=by_words.possible,
        bleu_torchtext=_percent(100 * beside),
        chrf=by_letters,
        chrf_signature=chrf_signature,
        exact_match=exact_match(said, real),
        count=len(answers),
    )


def bleu(
    answers: Sequence[str],
    *references: Sequence[str],
    lower_case: bool = False,
    smoothing: str = "exp",
) -> Bleu:
    """BLEU of a corpus as sacrebleu's command line gives it, tokens by the rule 13a.

    Args:
        references: one for each answer; several of them, where an answer has several.
        smoothing: what becomes of a p_n of 0: exp, floor, add-k or none, as sacrebleu has them.

    Raises:
        BadText: no answer, or not one reference for each.
    """
    return _bleu(answers, references, lowercase=lower_case, smooth_method=smoothing)


def sentence_bleu(answer: str, *references: str, lower_case: bool = False) -> Bleu:
    """BLEU of one sentence; runs longer than the answer are left out (`eff:yes`).

    Raises:
        BadText: no reference.
    """
    columns = [[reference] for reference in references]
    return _bleu([answer], columns, lowercase=lower_case, effective_order=True)


def chrf(
    answers: Sequence[str], references: Sequence[str], *, lower_case: bool = False
) -> tuple[float, str]:
    """chrF of a corpus, 0 to 100, and its signature.

    Raises:
        BadText: no answer, or not one reference for each.
    """
    from sacrebleu.metrics import CHRF

    _check(answers, references)
    metric = CHRF(lowercase=lower_case)
    score = metric.corpus_score(answers, [references]).score
    return _percent(score), str(metric.get_signature())


def by_length(
    answers: Sequence[str],
    references: Sequence[str],
    edges: Sequence[int],
    *,
    lengths: Sequence[int] | None = None,
    lower_case: bool = False,
) -> list[LengthRow]:
    """BLEU, chrF and exact match by length; rows without a sentence are left out.

    Args:
        edges: the greatest length of each row, in words, but for the last, which has all that are
            longer: (5, 10) gives three rows.
        lengths: of each sentence, in words: of the sources, say. None takes the references'.

    Raises:
        BadText: no answer, or not one reference and one length for each.
        BadSettings: the edges do not rise.
    """
    _check(answers, references)
    if lengths is not None and len(lengths) != len(answers):
        raise BadText(f"{len(lengths)} lengths for {len(answers)} answers: give one for each.")
    if any(low >= high for low, high in pairwise([-1, *edges])):
        raise BadSettings("These lengths do not rise: name each once, the shortest first.")
    said, real = _cased(answers, lower_case), _cased(references, lower_case)
    if lengths is None:
        lengths = [len(text.split()) for text in real]
    rows = []
    for low, high in pairwise([-1, *edges, None]):
        inside = [i for i, n in enumerate(lengths) if n > low and (high is None or n <= high)]
        if inside:
            mine, theirs = [said[i] for i in inside], [real[i] for i in inside]
            score, (by_letters, _) = bleu(mine, theirs), chrf(mine, theirs)
            shown = score.score if score.possible else None
            match = exact_match(mine, theirs)
            rows.append(LengthRow(low + 1, high, len(inside), shown, by_letters, match))
    return rows


def even_edges(lengths: Sequence[int], rows: int) -> list[int]:
    """Edges for `by_length`: a row for each length where there are no more than `rows` of them,
    else about as many sentences in each of `rows` rows, or of fewer where many have one length."""
    ranked, different = sorted(lengths), sorted(set(lengths))
    if len(different) <= rows:
        return different[:-1]
    edges = {ranked[k * len(ranked) // rows - 1] for k in range(1, rows)}
    return sorted(edges - {ranked[-1]})


def _bleu(answers: Sequence[str], references: Sequence[Sequence[str]], **options: object) -> Bleu:
    from sacrebleu.metrics import BLEU

    for column in references or ((),):
        _check(answers, column)
    metric = BLEU(force=True, **options)  # `force`: texts with spaces before full stops are meant
    made = metric.corpus_score(answers, references)
    lengths = (len(metric.tokenizer(text).split()) for column in references for text in column)
    return Bleu(
        score=_percent(made.score),
        precisions=tuple(made.precisions),
        matches=tuple(made.counts),
        runs=tuple(made.totals),
        brevity_penalty=made.bp,
        answer_length=made.sys_len,
        reference_length=made.ref_len,
        possible=metric.effective_order or any(n >= LONGEST_RUN for n in lengths),
        signature=str(metric.get_signature()),
    )


def _cased(texts: Sequence[str], lower_case: bool) -> list[str]:
    return [text.lower() if lower_case else text for text in texts]


def _percent(score: float) -> float:
    return min(100.0, score)  # what is all right comes out as 100.00000000000004


def _check(answers: Sequence[str], references: Sequence[str]) -> None:
    if not answers or len(answers) != len(references):
        raise BadText(
            f"{len(answers)} answers cannot be compared with {len(references)} references: "
            "give one or more answers, and one reference for each."
        )
