"""A series as a corpus: its three parts, one after the other in time."""

from lm_core.codec import Bare
from lm_core.corpora.corpus import CorpusInfo, Numbers
from lm_core.series.mending import Regular
from lm_core.series.splits import Series, cut_by_time


def series_corpus(info: CorpusInfo, series: Regular, *, unit: str) -> Numbers:
    """The corpus of a series without gaps; `unit` is that of its values."""
    import torch

    values = torch.tensor(series.values, dtype=torch.float32)
    whole = Series(values, series.begin.isoformat(), series.minutes, unit)
    return Numbers(info, cut_by_time(whole), Bare([unit]))
