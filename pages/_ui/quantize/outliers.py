"""Outliers: activations in int8, one channel that is far larger, and clipping."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.quantize import texts
from pages._ui.shared import models
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.steps import stage
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.quantize.ruin import Lost

TOKENS = 1_500
FACTOR, CLIP = "quantize-factor", "quantize-clip"
FACTORS, USUAL = [1, 16, 64, 256, 1024, 4096], 1024


def outliers(choice: models.Choice) -> None:
    """How far the channel is scaled, its ranges, and what each way of rounding loses."""
    from lm_core.quantize.outliers import attentions, with_outliers
    from lm_core.quantize.ruin import losses

    st.write(
        "Int8 can be used for what flows through the model too, its activations. Their range comes "
        "with the text, and one far number makes the steps of all others wide. Large models grow "
        "such channels by themselves. Here one is made in a copy of your model: one value channel "
        "of each attention layer times f, and the column that reads it divided by f. With f a "
        "power of two not one logit of the float32 model changes, to the last bit."
    )
    st.latex(r"o_j \to f\,o_j, \qquad W_{:,j} \to W_{:,j} / f, \qquad W o \text{ stays}")
    model = models.load(choice).model
    if not attentions(model):
        st.info("This model has no attention layers: choose a Transformer.")
        return
    left, right = st.columns(2)
    factor = left.select_slider(
        "f, how much larger",
        FACTORS,
        USUAL,
        key=FACTOR,
        bind="query-params",
    )
    clip = right.select_slider(
        "Clip activations at the percentile",
        [99.0, 99.5, 99.8, 99.9, 99.95],
        99.8,
        key=CLIP,
        bind="query-params",
        help="The range leaves out what lies beyond, on both sides.",
    )
    _ranges(choice, int(factor))
    stage(
        "quantize-outliers",
        of=(str(choice.folder), models.stamp(choice), factor, clip),
        label="Measure what each loses",
        begin=lambda: (losses(model, texts.kept_from(choice, TOKENS), int(factor), float(clip)), 6),
        show=lambda rows, whole: _show(rows, whole, int(factor), float(clip)),
    )
    show_source(with_outliers, "The code: the channel")


def _ranges(choice: models.Choice, factor: int) -> None:
    """How far each channel goes that the first attention layer mixes."""
    from lm_core.charts.quantized import channel_ranges

    found, step = _looked(str(choice.folder), models.stamp(choice), factor, choice)
    title = "What the first attention layer mixes, channel by channel"
    show_chart(channel_ranges(found, step=step, title=title), key="quantize-ranges")


@st.cache_data(max_entries=32, show_spinner=False)
def _looked(
    folder: str, stamp: float, factor: int, _choice: models.Choice
) -> tuple[list[float], float]:
    from lm_core.quantize.ruin import ranges

    return ranges(models.load(_choice).model, texts.kept_from(_choice, 300), factor)


def _show(rows: "list[Lost]", whole: bool, factor: int, clip: float) -> None:
    import pandas as pd

    from lm_core.charts.quantized import nats_lost

    chart = nats_lost([one.what for one in rows], [one.nats for one in rows])
    show_chart(chart, key="quantize-lost", table=False)
    table = pd.DataFrame({"what": [o.what for o in rows], "nats more": [o.nats for o in rows]})
    show_table(table, key="quantize-lost-rows", places=4)
    if not whole:
        return
    by = {one.name: one.nats for one in rows}
    mended = by["clipped"] < by["minmax"]
    st.markdown(
        f"**What to notice.** With a channel {factor:,} times as large the float32 model is the "
        f"same ({'every logit equal' if rows[0].equal else 'logits differ by rounding'}). int8 "
        f"weights with a scale a channel cost {by['weights']:+.4f} nats: the large row has a scale "
        f"of its own. With one range for all activations it is {by['minmax']:+.4f} nats, as most "
        f"channels fall between two levels. Clipping at {clip:g} % "
        f"{'mends most of it' if mended else 'does not help here'}: {by['clipped']:+.4f} nats. "
        "It has a price of its own, as it also cuts numbers that matter: with f = 1 it only costs. "
        "A range for each token, or a scale for each channel, is what engines use."
    )
