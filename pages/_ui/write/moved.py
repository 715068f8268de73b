"""Why this token, of a Transformer: the heads and layers that moved its logit."""

import streamlit as st

from lm_core.visible import visible
from pages._ui.shared import contributed, models
from pages._ui.write import writing

LOOKED_AT = 300  # characters of the text that the link to Attention takes along


def panel(choice: models.Choice, draft: writing.Draft, at: int) -> None:
    """Under why the written token number `at` was likely; nothing of a model of another kind."""
    import torch

    from lm_core.inspection.contributions import can_contribute, contributions

    model, writer = draft.checkpoint.model, draft.writer
    if not can_contribute(model):
        return
    id = writer.written[at]
    found = contributions(model, torch.tensor(writer.seen_at(at)))
    name = visible(draft.checkpoint.tokenizer.token_text(id))
    best = contributed.show(found, id, name, key="generate_text-moved")
    label = models.on_attention(choice)
    if best is None or label is None:
        return
    text = draft.prompt + "".join(draft.pieces[:at])
    if len(text) > LOOKED_AT:  # from a word on
        text = text[-LOOKED_AT:].partition(" ")[2]
    query = {
        "attention-model": label,
        "attention-text": text,
        "attention-further": "Switch off",
        "attention-off": best,
    }
    st.page_link("pages/attention.py", label=f"Switch off {best} →", query_params=query)
