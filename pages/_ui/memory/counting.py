"""Units that count: the unit of a layer that goes along most with each thing a person can name."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui.memory.reading import CALLED, kept_from
from pages._ui.shared import models
from pages._ui.shared.begun import begun
from pages._ui.shared.numbered import choose
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.checkpoints import Checkpoint
    from lm_core.inspection.units import Found

TOKENS, SHOWN = 3_000, 80
LAYER, STATE, FEATURE = (f"memory-count-{what}" for what in ("layer", "state", "feature"))
BIND = "query-params"


def counting(choice: models.Choice, checkpoint: "Checkpoint") -> None:
    """What was found over a text that the model has not learned, and one unit along it."""
    from lm_core.inspection.units import FEATURES

    model = checkpoint.model
    st.write(
        "Nobody told a unit what to keep. Here every unit is laid beside things that a person can "
        "name about each place of a text, and of each thing the unit that goes along with it most "
        "is shown: the one with the highest |r|, Pearson's correlation, from 0 (not at all) to 1."
    )
    left, right = st.columns(2)
    with left:
        layers = [str(i + 1) for i in range(model.settings.n_layer)]
        layer = choose("Layer", layers, key=LAYER)
    kept = list(model.kept)
    if st.session_state.get(STATE) not in (None, *kept):
        del st.session_state[STATE]
    begin = begun(STATE, index=len(kept) - 1)  # an LSTM's memory
    state = right.selectbox(
        "State", kept, **begin, format_func=lambda name: CALLED[name][0], key=STATE, bind=BIND
    )
    measured = _measured(str(choice.folder), models.stamp(choice), layer, state, choice)
    found, pieces, values = measured
    if not found:
        st.info("Nothing that is looked for changes along this text: choose another model.")
        return
    C = values.shape[1]
    st.caption(
        f"Over {len(pieces):,} tokens of text that was kept from it, {C:,} units, "
        f"{len(found)} of {len(FEATURES)} things (the others never change in this text). With so "
        "many units one goes along with anything a little: look at those near 1."
    )
    show_table(_table(found), key="memory-units", height="content")
    names = [one.feature for one in found]
    if st.session_state.get(FEATURE) not in (None, *names):
        del st.session_state[FEATURE]
    chosen = st.selectbox(
        "Along the text",
        names,
        format_func=lambda name: FEATURES[name].title,
        key=FEATURE,
        bind=BIND,
    )
    one = next(one for one in found if one.feature == chosen)
    _along(one, pieces[:SHOWN], values[:SHOWN])
    best = found[0]
    st.markdown(
        f"**What to notice:** unit {best.unit} follows “{FEATURES[best.feature].title}” most "
        f"closely (r = {best.r:.2f}); a minus means that it falls where the other rises. That a "
        "unit goes along with something does not show that the model uses it so: the same is "
        "spread over many units."
    )


@st.cache_data(max_entries=16, show_spinner="Reading what was kept from it …")
def _measured(
    folder: str, stamp: float, layer: int, state: str, _choice: models.Choice
) -> "tuple[list[Found], list[str], Any]":
    """What was found, the texts of the tokens, and the state after each (N, C)."""
    from lm_core.inspection.units import counting_units, states

    saved = models.load(_choice)
    texts = kept_from(_choice, TOKENS)
    if _choice.items:  # the next begins where it ends: one line end between them, not two
        texts = [text[:-1] for text in texts]
    pieces = [saved.tokenizer.decode([int(id)]) for text in texts for id in text]
    values = states(saved.model, texts, layer, state).numpy()
    return counting_units(values, pieces), pieces, values


def _table(found: "list[Found]") -> Any:
    import pandas as pd

    from lm_core.inspection.units import FEATURES

    rows = [
        {"what goes along": FEATURES[one.feature].title, "unit": one.unit, "r": round(one.r, 4)}
        for one in found
    ]
    return pd.DataFrame(rows)


def _along(one: "Found", pieces: list[str], values: Any) -> None:
    from lm_core.charts.gates import unit_lines
    from lm_core.inspection.units import FEATURES

    feature = FEATURES[one.feature]
    beside = feature.of(pieces)
    most = max(map(abs, beside)) or 1.0
    title = f"{feature.title}, as a share of {most:g}" if most != 1 else feature.title
    series = {f"unit {one.unit}": values[:, one.unit].tolist(), title: [x / most for x in beside]}
    chart = unit_lines(series, pieces, unit=one.unit)
    show_chart(chart, key="memory-along")
    st.caption(plain(chart.alt))
