"""Tumours by the look of their cells, from the package scikit-learn, which is not imported."""

from lm_core.corpora.corpus import CorpusInfo, Numbers, Progress, register
from lm_core.corpora.packages import PackageFile
from lm_core.corpora.tables.scikit_files import class_table
from lm_core.tables.columns import RULE

FILE = PackageFile("sklearn", ("datasets", "data", "breast_cancer.csv"))
MEASURED = (
    "radius",
    "texture",
    "perimeter",
    "area",
    "smoothness",
    "compactness",
    "concavity",
    "concave points",
    "symmetry",
    "fractal dimension",
)
COLUMNS = tuple(f"{how} {one}" for how in ("mean", "error of", "worst") for one in MEASURED)
CLASSES = ("malignant", "benign")

INFO = CorpusInfo(
    name="breast-cancer",
    title="Breast cancer, Wisconsin",
    licence="CC BY 4.0 (UCI, Wolberg and others 1993); the package scikit-learn is under BSD-3.",
    may_be_passed_on=True,
    source="Package scikit-learn: 569 tumours, 30 measurements of their cells each.",
    kind="table classes",
    size="569 rows, 30 columns",
    split_rule=RULE,
    about="A teaching example of 1993, no medical advice.",
)


@register(
    INFO,
    idea="Whether a tumour is malignant, by thirty measurements of its cells.",
    order=701,
    sources=lambda: [FILE],
)
def load_breast_cancer(progress: Progress | None = None) -> Numbers:
    """Raises CorpusUnavailable when scikit-learn is not installed."""
    return class_table(INFO, FILE.path(), COLUMNS, CLASSES)
