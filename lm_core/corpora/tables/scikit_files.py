"""The files of scikit-learn's tables: first line rows, columns, classes; then a row each, with the
number of its class at the end."""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from lm_core.codec import Bare
from lm_core.corpora.corpus import CorpusInfo, Numbers


def class_table(
    info: CorpusInfo, path: Path, columns: Sequence[str], classes: Sequence[str]
) -> Numbers:
    """The corpus of such a file, with the names of its columns and classes."""
    from lm_core.tables.splits import with_class

    with path.open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    table = np.array(rows, dtype=np.float64)
    splits = with_class(table[:, :-1], table[:, -1].astype(np.int64), columns)
    return Numbers(info, splits, Bare([*classes], n_features=len(columns), n_outputs=len(classes)))
