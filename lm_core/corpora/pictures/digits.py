"""Handwritten digits of 8 x 8 pixels, from the package scikit-learn, which is not imported: its
file is a table of 64 brightnesses and a class."""

from lm_core.codec import Bare
from lm_core.corpora.corpus import CorpusInfo, Numbers, Progress, register
from lm_core.corpora.packages import PackageFile
from lm_core.corpora.pictures.splitting import parse_rows, split_rows

SIDE, MOST = 8, 16  # pixels; the brightest value
HELD_OUT = 300  # pictures that validate, and as many that test
FILE = PackageFile("sklearn", ("datasets", "data", "digits.csv.gz"))
KIND = "picture classes"

INFO = CorpusInfo(
    name="digits",
    title="Digits, 8 × 8",
    licence="CC BY 4.0 (UCI, Alpaydin and Kaynak 1998); the package scikit-learn is under BSD-3.",
    may_be_passed_on=True,
    source="Package scikit-learn: 1,797 digits that 43 people wrote, as sums over 4 x 4 pixels.",
    kind=KIND,
    size="1,797 pictures, 0.1 MB",
    split_rule="Doubles removed, shuffled once; 300 pictures validate and 300 test.",
)


@register(
    INFO,
    idea="Digits written by hand, 8 × 8 pixels each: the smallest task for a network that sees.",
    order=500,
    sources=lambda: [FILE],
)
def load_digits(progress: Progress | None = None) -> Numbers:
    """Raises CorpusUnavailable when scikit-learn is not installed."""
    return Numbers(
        INFO,
        split_rows(parse_rows(FILE.path()), SIDE, MOST, HELD_OUT),
        Bare([str(k) for k in range(10)], n_classes=10, channels=1, height=SIDE, width=SIDE),
    )
