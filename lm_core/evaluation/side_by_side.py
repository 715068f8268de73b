"""One answer under every metric of texts: what they say of it, and where they disagree.

With several references each metric takes them as it is used to: BLEU counts a run as often as one
of them holds it, chrF, ROUGE and METEOR keep the best, and an exact match is a match with any.
"""

from typing import NamedTuple

from lm_core.errors import BadText
from lm_core.evaluation.classification import exact_match
from lm_core.evaluation.overlap import PRF
from lm_core.evaluation.summaries import ROUGES, Synonyms, meteor, rouge
from lm_core.evaluation.translation import Bleu, bleu, chrf


class SideBySide(NamedTuple):
    """Everything but `bleu` and `chrf` is a share of 1."""

    bleu: Bleu  # its score is 0 to 100
    chrf: float  # 0 to 100
    rouge: dict[str, PRF]  # by the names in ROUGES
    meteor: float
    exact_match: float  # 0 or 1

    @property
    def shares(self) -> dict[str, float]:
        """All as shares of 1, by what they are called; of ROUGE the F1."""
        return {
            "BLEU": self.bleu.score / 100,
            "chrF": self.chrf / 100,
            "ROUGE-1": self.rouge["rouge1"].f1,
            "ROUGE-2": self.rouge["rouge2"].f1,
            "ROUGE-L": self.rouge["rougeL"].f1,
            "ROUGE-Lsum": self.rouge["rougeLsum"].f1,
            "METEOR": self.meteor,
            "exact match": self.exact_match,
        }


def side_by_side(
    answer: str,
    *references: str,
    lower_case: bool = False,
    smoothing: str = "exp",
    synonyms: Synonyms | None = None,
) -> SideBySide:
    """Every metric of one answer.

    Args:
        references: one or more of one answer.
        lower_case: capitals do not count; in ROUGE and METEOR they never do.
        smoothing: of BLEU, as `translation.bleu` has it.
        synonyms: of METEOR, as `summaries.meteor` has them.

    Raises:
        BadText: no reference.
    """
    if not references:
        raise BadText("There is nothing to compare with: give a reference.")
    columns = [[reference] for reference in references]
    rouges = [rouge([answer], column) for column in columns]
    said, *real = ((text.lower() if lower_case else text) for text in (answer, *references))
    return SideBySide(
        bleu([answer], *columns, lower_case=lower_case, smoothing=smoothing),
        max(chrf([answer], column, lower_case=lower_case)[0] for column in columns),
        {name: max((one[name] for one in rouges), key=lambda prf: prf.f1) for name in ROUGES},
        max(meteor([answer], column, synonyms=synonyms) for column in columns),
        max(exact_match([said], [one]) for one in real),
    )
