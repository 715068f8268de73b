"""How much of a reference a summary holds: ROUGE by rouge-score, METEOR by nltk.

    ROUGE-N   runs of N words, each as often as both hold it
    ROUGE-L   the longest run of words that stands in both in this order, gaps allowed
    METEOR    = F (1 - 0.5 (chunks / matches)^3)     F = 10 P R / (R + 9 P)

METEOR matches words one to one: the same word, then the same stem, then a synonym; a chunk is a run
of matches that stand side by side in both, so fewer chunks mean a better order. Recall is the share
of the reference, precision that of the summary. Figures of many texts are means over texts.
Papers: Lin 2004, "ROUGE: A Package for Automatic Evaluation of Summaries"; Banerjee and Lavie 2005,
"METEOR: An Automatic Metric for MT Evaluation with Improved Correlation with Human Judgments";
Lavie and Agarwal 2007 for the form of F and its constants.
Left out on purpose: WordNet, which nltk takes synonyms from and which would have to be downloaded.
Synonyms count only where they are given.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from lm_core.errors import BadText
from lm_core.evaluation.overlap import PRF

ROUGES = ("rouge1", "rouge2", "rougeL", "rougeLsum")  # the last cuts texts at their newlines first
WITHOUT_SYNONYMS = "METEOR without synonyms: WordNet, which has them, is not part of this lab."
Synonyms = Mapping[str, Collection[str]]


def rouge(
    answers: Sequence[str], references: Sequence[str], *, stemmed: bool = False
) -> dict[str, PRF]:
    """The figures of ROUGES, of words in lower case (letters and digits of ASCII alone).

    One text takes time by its length times that of its reference.

    Args:
        stemmed: words without their endings (Porter), which suits English alone.

    Raises:
        BadText: no answer, or not one reference for each.
    """
    from rouge_score.rouge_scorer import RougeScorer

    _check(answers, references)
    scorer = RougeScorer(ROUGES, use_stemmer=stemmed)
    each = [scorer.score(real, said) for said, real in zip(answers, references, strict=True)]
    columns = {name: zip(*(one[name] for one in each), strict=True) for name in ROUGES}
    return {name: PRF(*(sum(c) / len(each) for c in three)) for name, three in columns.items()}


def meteor(
    answers: Sequence[str], references: Sequence[str], *, synonyms: Synonyms | None = None
) -> float:
    """METEOR from 0 to 1, of words by the rule 13a in lower case.

    Args:
        synonyms: word -> words that mean the same; naming a pair in one direction is enough.
            Without: WITHOUT_SYNONYMS.

    Raises:
        BadText: no answer, or not one reference for each.
    """
    from nltk.stem.porter import PorterStemmer
    from nltk.translate.meteor_score import single_meteor_score
    from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

    _check(answers, references)
    words, stemmer = Tokenizer13a(), PorterStemmer()
    given = _Synonyms(synonyms or {}, stemmer.stem)
    each = [
        single_meteor_score(words(real).split(), words(said).split(), wordnet=given)
        for said, real in zip(answers, references, strict=True)
    ]
    return sum(each) / len(each)


def read_synonyms(text: str) -> dict[str, set[str]]:
    """Pairs of words as a person types them: "right = proper, big = large".

    Raises:
        BadText: a piece is no such pair; it names the piece.
    """
    found: defaultdict[str, set[str]] = defaultdict(set)
    for piece in filter(None, (piece.strip() for piece in text.split(","))):
        words = [word.strip().lower() for word in piece.split("=")]
        if len(words) != 2 or not all(len(word.split()) == 1 for word in words):
            raise BadText(f"“{piece}” is no pair of words: write them as right = proper.")
        found[words[0]].add(words[1])
    return dict(found)


class _Synonyms:
    """What nltk asks of WordNet. It asks by stems ("necessari"), which no dictionary lists; here
    both words of a pair are kept by theirs."""

    def __init__(self, synonyms: Synonyms, stem: Callable[[str], str]) -> None:
        self._same: defaultdict[str, set[str]] = defaultdict(set)
        for word, others in synonyms.items():
            for one, other in ((stem(word), stem(other)) for other in others):
                self._same[one].add(other)
                self._same[other].add(one)

    def synsets(self, word: str) -> list[Any]:
        lemmas = [SimpleNamespace(name=lambda w=w: w) for w in self._same.get(word, ())]
        return [SimpleNamespace(lemmas=lambda: lemmas)]


def _check(answers: Sequence[str], references: Sequence[str]) -> None:
    if not answers or len(answers) != len(references):
        raise BadText(
            f"{len(answers)} summaries cannot be compared with {len(references)} references: "
            "give one or more summaries, and one reference for each."
        )
