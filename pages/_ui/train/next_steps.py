"""Where to go after a run: let its model write, see its attention, examine its settings."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared import models
from pages._ui.shared.open_run import OF
from pages._ui.write import name_lists

if TYPE_CHECKING:
    from lm_core.runs.store import Run

BESIDE = 3  # models of the same list, to compare names with


def next_steps(run: "Run") -> None:
    """Links to the screens that can use this run's model, which is chosen there, and to the one
    that examines its settings, with or without a model."""
    st.markdown("## Next")
    with st.container(horizontal=True):
        _with_model(run)
        query = {OF: run.id}
        st.page_link("pages/doctor.py", label="Examine these settings →", query_params=query)


def _with_model(run: "Run") -> None:
    of_items, own = models.of_lists(), models.of_text()
    choices = of_items if any(_is(run, choice) for choice in of_items) else own
    here = next((i for i, choice in enumerate(choices) if _is(run, choice)), None)
    if here is None:
        return
    if choices is of_items:
        corpus = choices[here].corpus
        named = name_lists.beside(corpus, choices)
        mine = next(label for label, choice in named.items() if _is(run, choice))
        others = [label for label in named if label != mine]
        chosen = [("text", corpus)]
        chosen += [("generate_names-models", label) for label in [mine, *others[:BESIDE]]]
        page = "pages/generate_names.py"
    else:
        chosen = [("generate_text-model", models.labels(choices)[here])]
        page = "pages/generate_text.py"
    st.page_link(page, label="Let it write →", query_params=chosen)
    if label := models.on_attention(choices[here]):
        query = {"attention-model": label}
        st.page_link("pages/attention.py", label="See its attention →", query_params=query)


def _is(run: "Run", choice: models.Choice) -> bool:
    return choice.folder.parent.name == run.id
