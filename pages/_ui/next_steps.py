"""Where to go with a model that has just learned: let it write, see its attention."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui import looking, models, naming, writing

if TYPE_CHECKING:
    from lm_core.runs.store import Run

BESIDE = 3  # models that ship, to compare names with


def next_steps(run: "Run") -> None:
    """Links to the screens that can use this run's model, which is chosen there. Nothing while it
    has none."""
    of_items, own = naming.name_models(), writing.text_models()
    choices = of_items if any(_is(run, choice) for choice in of_items) else own
    here = next((i for i, choice in enumerate(choices) if _is(run, choice)), None)
    if here is None:
        return
    st.markdown("**Next**")
    with st.container(horizontal=True):
        if choices is of_items:
            shown = naming.labels(choices)
            shipped = [
                label
                for label, choice in zip(shown, choices, strict=True)
                if choice.folder.parent == models.SHIPPED
            ]
            chosen = [("generate_names-models", s) for s in [shown[here], *shipped[:BESIDE]]]
            page = "pages/generate_names.py"
        else:
            chosen = [("generate_text-model", writing.labels(choices)[here])]
            page = "pages/generate_text.py"
        st.page_link(page, label="Let it write →", query_params=chosen)
        looks = looking.choices()
        at = next((i for i, choice in enumerate(looks) if _is(run, choice)), None)
        if at is not None:
            label = writing.labels(looks)[at]
            query = {"attention-model": label}
            st.page_link("pages/attention.py", label="See its attention →", query_params=query)


def _is(run: "Run", choice: models.Choice) -> bool:
    return choice.folder.parent.name == run.id
