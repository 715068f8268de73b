"""Lines, items or texts that stand in a text more than once."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from lm_core.corpora.splitting import same

if TYPE_CHECKING:
    import pandas as pd


def repeated(texts: Iterable[str]) -> "tuple[pd.DataFrame, int, int]":
    """Those that come twice or more but for capitals and blanks, the most frequent first; how many
    texts are copies of an earlier one, and how many there are. Empty ones do not count.

    Returns:
        columns `text` (as it first stood), `times`.
    """
    import pandas as pd

    first: dict[str, str] = {}
    times: Counter[str] = Counter()
    for text in texts:
        if key := same(text):
            first.setdefault(key, text)
            times[key] += 1
    rows = [(first[key], n) for key, n in times.most_common() if n > 1]
    return pd.DataFrame(rows, columns=["text", "times"]), times.total() - len(times), times.total()
