"""Digits torn in two: the upper half and the lower half of each, the digit, and its kind.

The kinds stand for the alphabets of Omniglot (Lake and others 2015), of which a digit has none: a
class with few members that takes in those of the other.
"""

from lm_core.codec import Bare
from lm_core.corpora.corpus import CorpusInfo, Numbers, Progress, register
from lm_core.corpora.pictures.digits import FILE, SIDE, load_digits

KINDS = {"loops": (0, 6, 8, 9), "bows": (2, 3, 5), "strokes": (1, 4, 7)}
HALF = SIDE * SIDE // 2  # pixels

INFO = CorpusInfo(
    name="digit-halves",
    title="Digits in two halves",
    licence="CC BY 4.0 (UCI, Alpaydin and Kaynak 1998); the package scikit-learn is under BSD-3.",
    may_be_passed_on=True,
    source="The digits of 8 × 8 pixels of the package scikit-learn, each cut across its middle.",
    kind="picture pairs",
    size="1,797 pairs of 4 × 8 pixels",
    split_rule="As the digits: doubles removed, shuffled once; 300 validate and 300 test.",
)


@register(
    INFO,
    idea="The upper and the lower half of a digit: which digit is it, and of which kind?",
    order=502,
    sources=lambda: [FILE],
)
def load_halves(progress: Progress | None = None) -> Numbers:
    """Raises CorpusUnavailable when scikit-learn is not installed."""
    import torch

    from lm_core.pictures.splits import TwoPicturesTwoClasses

    kind_of = torch.tensor(
        [next(k for k, few in enumerate(KINDS.values()) if digit in few) for digit in range(10)]
    )
    splits = {}
    for name, part in load_digits(progress).splits.items():
        upper, lower = part.pixels.chunk(2, dim=2)  # (N, 1, 4, 8) each
        splits[name] = TwoPicturesTwoClasses(
            upper.contiguous(), lower.contiguous(), kind_of[part.labels], part.labels
        )
    names = [*KINDS, *map(str, range(10))]
    return Numbers(
        INFO, splits, Bare(names, first=HALF, second=HALF, n_groups=len(KINDS), n_classes=10)
    )
