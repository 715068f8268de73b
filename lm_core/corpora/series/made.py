"""A series made by rule: two waves, a trend and noise, so that one knows what there is to find.

    x_t = 20 + 5 sin(2 pi t / 24) + 3 sin(2 pi t / 57) + t / 1000 + e_t,   e_t ~ N(0, 0.7)

No forecast can have a smaller error than the noise: 0.49 in squares.
"""

from datetime import datetime

import numpy as np

from lm_core.corpora.corpus import CorpusInfo, Numbers, Progress, register
from lm_core.series.mending import RULE, Regular

LENGTH, NOISE, SEED = 5000, 0.7, 0
PERIODS = (24, 57)  # steps of the two waves

INFO = CorpusInfo(
    name="waves",
    title="Two waves with noise",
    licence="None: made by rule.",
    may_be_passed_on=True,
    source="Made by rule: two waves of 24 and 57 hours, a slow rise, and noise.",
    kind="series",
    size="5,000 values",
    split_rule=RULE,
)


@register(
    INFO,
    idea="Two waves, a trend and noise, made by rule: what there is to find is known.",
    order=601,
    sources=lambda: [],
)
def load_waves(progress: Progress | None = None) -> Numbers:
    from lm_core.corpora.series.parts import series_corpus

    return series_corpus(
        INFO, Regular(datetime(2020, 1, 1), 60.0, waves().tolist(), ""), unit="units"
    )


def waves() -> np.ndarray:
    """(LENGTH,) float64, noise and all."""
    t = np.arange(LENGTH)
    fast, slow = (np.sin(2 * np.pi * t / period) for period in PERIODS)
    noise = np.random.default_rng(SEED).normal(0.0, NOISE, LENGTH)
    return 20 + 5 * fast + 3 * slow + t / 1000 + noise
