"""A series, a table or pictures of one's own, made again from what was stored of it.

series  {"begin": ISO 8601, "minutes": 15.0, "unit": "kW", "values": [...]}
table   {"heading": [...], "rows": [[cell, ...], ...], "target": name, "unit": ""}
pictures  {"side": 40, "pixels": base64, "ages": [31, ...], "group": ["gender 0", ...]}
"""

from datetime import datetime, timedelta
from typing import Any

from lm_core.codec import Bare
from lm_core.corpora.corpus import CorpusInfo, Numbers


def numbers_of(info: CorpusInfo, given: dict[str, Any]) -> Numbers:
    """The corpus; `info.kind` says what it is."""
    if info.kind == "picture values":
        from lm_core.corpora.own_pictures import numbers_of_pictures

        return numbers_of_pictures(info, given)
    made = _series(info, given) if info.kind == "series" else _table(info, given)
    return Numbers(info, made.splits, made.codec, given)


def rows_of(given: dict[str, Any]) -> list[list[Any]]:
    """The same as rows for a CSV, a heading first."""
    if "rows" in given:
        return [given["heading"], *given["rows"]]
    if "ages" in given:
        groups = given["group"] or [""] * len(given["ages"])
        pairs = zip(given["ages"], groups, strict=True)
        return [["picture", "age", "group"], *([n, *pair] for n, pair in enumerate(pairs))]
    begin, step = datetime.fromisoformat(given["begin"]), timedelta(minutes=given["minutes"])
    rows = [
        [(begin + k * step).isoformat(sep=" "), value] for k, value in enumerate(given["values"])
    ]
    return [["time", given["unit"] or "value"], *rows]


def _series(info: CorpusInfo, given: dict[str, Any]) -> Numbers:
    from lm_core.corpora.series.parts import series_corpus
    from lm_core.series.mending import Regular

    begin = datetime.fromisoformat(given["begin"])
    series = Regular(begin, float(given["minutes"]), [float(v) for v in given["values"]], "")
    return series_corpus(info, series, unit=given["unit"])


def _table(info: CorpusInfo, given: dict[str, Any]) -> Numbers:
    from lm_core.tables.columns import features, number
    from lm_core.tables.splits import with_class, with_value

    heading, rows = list(given["heading"]), [list(row) for row in given["rows"]]
    at = heading.index(given["target"])
    answers = [row.pop(at) for row in rows]
    heading.pop(at)
    X, columns, _ = features(heading, rows)
    if info.kind == "table values":
        splits = with_value(X, [number(one) for one in answers], columns, unit=given["unit"])
        return Numbers(info, splits, Bare([given["target"]], n_features=X.shape[1], n_outputs=1))
    names = sorted(set(answers), key=_in_order)
    labels = [names.index(one) for one in answers]
    codec = Bare(names, n_features=X.shape[1], n_outputs=len(names))
    return Numbers(info, with_class(X, labels, columns), codec)


def _in_order(name: str) -> tuple[float, str]:
    """Names that are numbers in their order, others by letters behind them."""
    from lm_core.tables.columns import number

    value = number(name)
    return (float("inf") if value is None else value, name)
