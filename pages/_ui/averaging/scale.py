"""Step 3: why scores are divided by sqrt(D), and what a sharp softmax does."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.averaging import numbers
from pages._ui.averaging.drawn import idea
from pages._ui.shared.show import show_chart, show_source

if TYPE_CHECKING:
    from lm_core.inspection.score_spread import Spread

SIZES = (1, 4, 16, 64, 256)
SCORES = (0.1, -0.2, 0.3, -0.2, 0.5)
SIZE, TIMES, DRAWN = "averaging-size", "averaging-times", "averaging-sample"


@st.cache_data(max_entries=64, show_spinner="Sampling queries and keys …")
def spreads(seed: int) -> "list[Spread]":
    """One of each size."""
    from lm_core.inspection.score_spread import score_spread

    return [score_spread(D, seed=seed) for D in SIZES]


def step(number: int) -> None:
    """Variance on the left, the softmax on the right."""
    numbers.stay()
    idea(
        "A score is a sum of D products, and the more of them, the wider it spreads. A softmax of "
        "wide scores gives nearly all to one token, and then nothing is learned from the others. "
        "Divided by the root of D, scores spread alike in a head of any size.",
        r"\begin{gathered} \text{var}(q \cdot k) = D, \quad "
        r"\text{var}\left(\tfrac{q \cdot k}{\sqrt{D}}\right) = 1 \\ "
        r"\text{for } q, k \text{ of variance } 1 \end{gathered}",
    )
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True, height="stretch"):
        _variance()
    with right, st.container(border=True, height="stretch"):
        _sharpened()


def _variance() -> None:
    from lm_core.charts.score_spread import variances
    from lm_core.charts.words import percent
    from lm_core.inspection.score_spread import ROWS, SEEN, score_spread

    places = st.columns(2)
    with places[0]:
        D = st.selectbox("D, numbers of a head", SIZES, 2, key=SIZE, bind="query-params")
    seed = places[1].number_input(
        "Seed of the sample", 0, 2**31 - 1, 0, key=DRAWN, bind="query-params"
    )
    found = spreads(int(seed))
    raw, scaled = ([getattr(one, what) for one in found] for what in ("raw", "scaled"))
    show_chart(variances(SIZES, raw, scaled, chosen=D), key="averaging-variances")
    one = found[SIZES.index(D)]
    st.markdown(
        f"**What to notice:** of {ROWS:,} queries with {SEEN} keys each, all of {D} sampled "
        f"numbers, the scores have the variance {one.raw:.2f}; divided by √{D} it is "
        f"{one.scaled:.2f}. The largest of {SEEN} weights is {percent(one.most_raw)} on average "
        f"without the division, and {percent(one.most_scaled)} with it."
    )
    show_source(score_spread, "The code: the sample")


def _sharpened() -> None:
    import pandas as pd

    from lm_core.charts.score_spread import softmax_bars
    from lm_core.charts.words import percent
    from lm_core.inspection.one_head import read_matrix
    from lm_core.inspection.score_spread import sharpened
    from lm_core.models import attention

    names = [str(i + 1) for i in range(len(SCORES))]
    st.markdown("**Five scores**, each to be changed")
    table = st.data_editor(
        pd.DataFrame([SCORES], columns=names),
        hide_index=True,
        column_config={name: st.column_config.NumberColumn(width=CELL) for name in names},
        width=CELL * len(names) + 4,
        key="averaging-five",
        alt="Five scores. Each can be changed.",
    )
    times = st.slider(
        "Multiplied by",
        0.0,
        16.0,
        8.0,
        0.5,
        key=TIMES,
        bind="query-params",
        help="The reverse of a temperature: twice the scores is half the temperature. Without the "
        "division they are √D times as large.",
    )
    scores = read_matrix(table.to_numpy().tolist(), "The scores")[0]
    shares, plain_shares = sharpened(scores, times), sharpened(scores, 1.0)
    chart = softmax_bars(names, scores.tolist(), shares.tolist(), times)
    show_chart(chart, key="averaging-sharp")
    most = int(shares.argmax())
    st.markdown(
        f"**What to notice:** number {most + 1} gets {percent(float(shares[most]))}; as the scores "
        f"stand it gets {percent(float(plain_shares[most]))}. Times 0, each gets "
        f"{percent(1 / len(names))}: the mean of step 1. Times 8 or 16, one gets nearly all."
    )
    show_source(attention.attend, "The code: scores, scaled, to weights")


CELL = 58  # pixels of a score
