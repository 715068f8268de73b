"""Why a token was likely or not, by what its model is: the counts of one that counts; of a network
how far back it had to look, and the places, the memory, or the heads and layers that moved it."""

import streamlit as st

from pages._ui.shared import models
from pages._ui.shared.show import show_chart
from pages._ui.why import counts, rests
from pages._ui.why.asked import Asked


def panel(asked: Asked) -> None:
    """Below a sentence that says how likely it was."""
    if hasattr(asked.checkpoint.model, "explain"):
        counts.counts(asked)
        return
    from lm_core.charts.reach import reach_bars
    from lm_core.inspection import reach

    found = reach(asked.checkpoint.model, asked.seen, asked.id)
    show_chart(reach_bars(found, asked.name), key=f"{asked.key}-reach")
    st.caption(
        "The same model, asked as if the text began later: where a longer past no longer changes "
        "the bar, the guess did not need it."
    )
    rests.rests(asked)
    label = models.on_attention(asked.choice)
    if label is not None:
        query = asked.link("attention", label, whole=True)
        st.page_link("pages/attention.py", label="What it looked at →", query_params=query)
