"""Three sorts of wine by their chemistry, from the package scikit-learn, which is not imported: its
file is a table whose first line says how many rows, columns and which classes."""

from lm_core.corpora.corpus import CorpusInfo, Numbers, Progress, register
from lm_core.corpora.packages import PackageFile
from lm_core.corpora.tables.scikit_files import class_table
from lm_core.tables.columns import RULE

FILE = PackageFile("sklearn", ("datasets", "data", "wine_data.csv"))
COLUMNS = (
    "alcohol",
    "malic acid",
    "ash",
    "alcalinity of ash",
    "magnesium",
    "total phenols",
    "flavanoids",
    "nonflavanoid phenols",
    "proanthocyanins",
    "colour intensity",
    "hue",
    "OD280/OD315 of diluted wines",
    "proline",
)
CLASSES = ("sort 0", "sort 1", "sort 2")

INFO = CorpusInfo(
    name="wine",
    title="Wine, three sorts",
    licence="CC BY 4.0 (UCI, Aeberhard and Forina 1992); the package scikit-learn is under BSD-3.",
    may_be_passed_on=True,
    source="Package scikit-learn: 178 wines of one region, 13 measurements each.",
    kind="table classes",
    size="178 rows, 13 columns",
    split_rule=RULE,
)


@register(
    INFO,
    idea="Which of three sorts a wine is, by thirteen measurements of it.",
    order=700,
    sources=lambda: [FILE],
)
def load_wine(progress: Progress | None = None) -> Numbers:
    """Raises CorpusUnavailable when scikit-learn is not installed."""
    return class_table(INFO, FILE.path(), COLUMNS, CLASSES)
