"""Why a token that was pressed was likely or not, told as where a text is written."""

import streamlit as st

from pages._ui.reading.eyes import Seen
from pages._ui.shared import models, session
from pages._ui.shared.plain import plain
from pages._ui.why import panel as reasons
from pages._ui.why.asked import Asked


def panel(label: str, choice: models.Choice, one: Seen, at: int, *, key: str) -> None:
    """Of token `at` under the model called `label`; of a model of both sides that it saw them."""
    with st.container(border=True, key=key), session.mending():
        st.markdown(
            f"**Why this token?** “{plain(one.name(at))}”, token {at + 1:,} of "
            f"{len(one.tokens):,}, under {plain(label)}."
        )
        if not one.causal:
            st.caption(
                "It sees both sides of a place at once: hide tokens below, and see what else it "
                "would put there."
            )
            return
        reasons.panel(asked(choice, one, at, key))


def asked(choice: models.Choice, one: Seen, at: int, key: str) -> Asked:
    """What the model saw before token `at`, and its letters; of a list those of its own item."""
    from lm_core.evaluation.reading import given, seen_before

    saved = models.load(choice)
    encoded = given(one.text, saved.tokenizer, items=choice.items).encoded
    seen = seen_before(saved.model, encoded, at)
    low, high = one.spans[at]
    before, here = one.piece((0, low)), one.piece((low, high))
    if choice.items:
        before, here = before.rpartition("\n")[2], here.rstrip("\n")
    return Asked(choice, saved, seen, int(one.reading.ids[at]), before, here, key)
