"""A series, a table or pictures of one's own, made again from what was stored of it.

series  {"begin": ISO 8601, "minutes": 15.0, "unit": "kW", "values": [...]}
table   {"heading": [...], "rows": [[cell, ...], ...], "target": name, "unit": ""}
pictures  {"side": 40, "pixels": base64, "ages": [31, ...], "group": ["gender 0", ...]}
"""

import base64
from datetime import datetime, timedelta
from typing import Any

from lm_core.codec import Bare
from lm_core.corpora.corpus import CorpusInfo, Numbers


def numbers_of(info: CorpusInfo, given: dict[str, Any]) -> Numbers:
    """The corpus; `info.kind` says what it is."""
    if info.kind == "picture values":
        return _pictures(info, given)
    made = _series(info, given) if info.kind == "series" else _table(info, given)
    return Numbers(info, made.splits, made.codec, given)


def rows_of(given: dict[str, Any]) -> list[list[Any]]:
    """What was given as rows for a CSV, a heading first."""
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


def _pictures(info: CorpusInfo, given: dict[str, Any]) -> Numbers:
    import numpy as np
    import pandas as pd
    import torch

    from lm_core.pictures.splits import PicturesWithValue
    from lm_core.pictures.stratified import split

    ages, side = [int(age) for age in given["ages"]], int(given["side"])
    raw = np.frombuffer(base64.b64decode(given["pixels"], validate=True), dtype=np.uint8)
    pixels = torch.from_numpy(raw.reshape(len(ages), side, side, 3).copy()).float() / 255
    pixels = pixels.permute(0, 3, 1, 2).contiguous()  # (N, 3, side, side)
    said = [str(one) for one in given["group"]] or ["all"] * len(ages)
    names = sorted(set(said))
    values = torch.tensor(ages, dtype=torch.float32)
    groups = torch.tensor([names.index(one) for one in said])
    splits = {
        name: PicturesWithValue(pixels[at], values[at], groups[at], names)
        for name, part in split(pd.DataFrame({"age": ages})).items()
        for at in [torch.from_numpy(part.index.to_numpy().copy())]
    }
    train = splits["train"].values
    sizes = {"channels": 3, "height": side, "width": side}
    sizes |= {"centre": max(1, round(train.mean().item()))}
    sizes |= {"spread": max(1, round(train.std().item()))}
    return Numbers(info, splits, Bare(["years"], **sizes), given)
