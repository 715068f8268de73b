"""Which parts of a Transformer moved the logit of a token: the bars, and what they say."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart

if TYPE_CHECKING:
    from lm_core.inspection.contributions import Contributions

SAYS = (
    "The logit is a sum once the scale of the last norm is kept at the value it has here: what the "
    "embedding, each head and each MLP wrote into the stream, times the row of the output matrix "
    "for this token. It counts the direct way alone: what a head wrote for a later part to read "
    "counts for that part."
)


def show(found: "Contributions", token: int, name: str, *, key: str) -> str | None:
    """Draw them. Returns the head that adds most; None of a model without heads."""
    from lm_core.charts.contributions import contribution_bars, signed

    values = found.to(token).tolist()
    called = [part.called for part in found.parts]
    show_chart(contribution_bars(called, values, token=name), key=key)
    heads = [i for i, part in enumerate(found.parts) if part.head is not None]
    own, total = float(found.logits[token]), sum(values)
    best = max(heads, key=values.__getitem__, default=None)
    said = f"The bars sum to {total:.3f}; the model's own logit is {own:.3f}. {SAYS}"
    if best is not None:
        said += f" Of the heads {called[best]} adds most ({signed(values[best])})."
    st.caption(plain(said))
    return None if best is None else called[best]
