"""How a diabetes goes on within a year, from the package scikit-learn, which is not imported: two
files, of measurements and of what came."""

import gzip
from pathlib import Path

import numpy as np

from lm_core.codec import Bare
from lm_core.corpora.corpus import CorpusInfo, Numbers, Progress, register
from lm_core.corpora.packages import PackageFile
from lm_core.tables.columns import RULE

FILE = PackageFile("sklearn", ("datasets", "data", "diabetes_data_raw.csv.gz"))
CAME = PackageFile("sklearn", ("datasets", "data", "diabetes_target.csv.gz"))
COLUMNS = (
    "age",
    "sex",
    "body mass index",
    "blood pressure",
    "total cholesterol",
    "LDL",
    "HDL",
    "cholesterol / HDL",
    "log triglycerides",
    "glucose",
)

INFO = CorpusInfo(
    name="diabetes",
    title="Diabetes after a year",
    licence="Published with Efron and others 2004; the package scikit-learn is under BSD-3.",
    source="Package scikit-learn: 442 patients, 10 measurements each.",
    kind="table values",
    size="442 rows, 10 columns",
    split_rule=RULE,
    about="The number is a measure of progression without a unit; a teaching example, no advice.",
)


@register(
    INFO,
    idea="How far a diabetes has gone after a year, by ten measurements at its beginning.",
    order=702,
    sources=lambda: [FILE, CAME],
)
def load_diabetes(progress: Progress | None = None) -> Numbers:
    """Raises CorpusUnavailable when scikit-learn is not installed."""
    from lm_core.tables.splits import with_value

    X, y = numbers(FILE.path()), numbers(CAME.path())[:, 0]
    splits = with_value(X, y, COLUMNS, unit="points")
    return Numbers(INFO, splits, Bare(["progression"], n_features=len(COLUMNS), n_outputs=1))


def numbers(path: Path) -> np.ndarray:
    """(N, D) float64: a row a line."""
    with gzip.open(path, "rt", encoding="ascii") as file:
        return np.loadtxt(file, ndmin=2)
