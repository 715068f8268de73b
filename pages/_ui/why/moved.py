"""Of a Transformer: the heads and layers that moved the logit of a token."""

import streamlit as st

from pages._ui.shared import contributed, models
from pages._ui.why.asked import Asked


def moved(asked: Asked) -> None:
    """The bars, and the way to the switch of the head that adds most; nothing of a model of another
    kind."""
    import torch

    from lm_core.inspection.contributions import can_contribute, contributions

    model = asked.checkpoint.model
    if not can_contribute(model):
        return
    found = contributions(model, torch.tensor(asked.seen))
    best = contributed.show(found, asked.id, asked.name, key=f"{asked.key}-moved")
    label = models.on_attention(asked.choice)
    if best is None or label is None:
        return
    query = asked.link("attention", label)
    query |= {"attention-further": "Switch off", "attention-off": best}
    st.page_link("pages/attention.py", label=f"Switch off {best} →", query_params=query)
