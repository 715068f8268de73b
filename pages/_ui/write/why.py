"""Why this token: of a written one that was pressed, or of one that could come next."""

import streamlit as st

from pages._ui.shared import models
from pages._ui.shared.plain import plain
from pages._ui.why import panel as reasons
from pages._ui.why.asked import Asked
from pages._ui.write import picked, writing

PICKED, AT = "generate_text-why", "generate_text-why-at"
TOKENS = 8  # to choose from


def panel(choice: models.Choice, draft: writing.Draft, at: int | None) -> None:
    """While nothing is being written: of the written token number `at` why it was likely or not,
    of whatever family the model is; with None, of one that counts, why a next token would be."""
    model = draft.checkpoint.model
    if draft.left or not (at is not None or hasattr(model, "explain")):
        return
    with st.container(border=True):
        if at is None:
            st.markdown("**Why this token?** It counted. Choose one of those that could come next.")
            reasons.panel(asked(choice, draft, len(draft.pieces), _pick(draft)))
        else:
            st.markdown(f"**Why this token?** {plain(picked.says(draft, at))}")
            reasons.panel(asked(choice, draft, at, draft.writer.written[at]))


def asked(choice: models.Choice, draft: writing.Draft, at: int, id: int) -> Asked:
    """Token `id` as the written token number `at`, or in its place."""
    before = draft.prompt + "".join(draft.pieces[:at])
    here = "".join(draft.pieces[at : at + 1])
    seen = draft.writer.seen_at(at)
    return Asked(choice, draft.checkpoint, seen, id, before, here, "generate_text")


def _pick(draft: writing.Draft) -> int:
    """One of the likeliest next tokens; the likeliest again after each step."""
    from lm_core.charts.words import unique_labels
    from lm_core.generation import SamplerSettings

    ids = [candidate.id for candidate in draft.expected(SamplerSettings(), TOKENS)]
    token_text = draft.checkpoint.tokenizer.token_text
    labels = dict(zip(ids, unique_labels([token_text(id) for id in ids]), strict=True))
    now = (draft.begun, len(draft.writer.written))
    if st.session_state.get(AT) != now or st.session_state.get(PICKED) not in ids:
        st.session_state[AT], st.session_state[PICKED] = now, ids[0]
    return st.pills(
        "Next token",
        ids,
        format_func=lambda id: plain(labels.get(id, "")),
        required=True,
        key=PICKED,
        label_visibility="collapsed",
        wrap=True,
    )
