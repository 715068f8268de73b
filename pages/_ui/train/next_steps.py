"""Where to go after a run: its model writes, reads or fills gaps; its attention, its settings."""

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
    mine = next((choice for choice in models.own() if _is(run, choice)), None)
    if mine is None:
        return
    if mine.writes:
        _write(run, mine)
    if mine.of_tokens:
        choices = models.that_read()
        here = next(i for i, choice in enumerate(choices) if _is(run, choice))
        query = {"reading-model": models.labels(choices)[here]}
        label = "Read a text with its eyes →" if mine.writes else "Let it fill gaps →"
        st.page_link("pages/reading.py", label=label, query_params=query)
    if label := models.on_attention(mine):
        query = {"attention-model": label}
        st.page_link("pages/attention.py", label="See its attention →", query_params=query)


def _write(run: "Run", mine: models.Choice) -> None:
    if mine.items:
        corpus = mine.corpus
        named = name_lists.beside(corpus, models.of_lists())
        label = next(label for label, choice in named.items() if _is(run, choice))
        others = [other for other in named if other != label]
        chosen = [("text", corpus)]
        chosen += [("generate_names-models", name) for name in (label, *others[:BESIDE])]
        page = "pages/generate_names.py"
    else:
        choices = models.of_text()
        here = next(i for i, choice in enumerate(choices) if _is(run, choice))
        chosen = [("generate_text-model", models.labels(choices)[here])]
        page = "pages/generate_text.py"
    st.page_link(page, label="Let it write →", query_params=chosen)


def _is(run: "Run", choice: models.Choice) -> bool:
    return choice.folder.parent.name == run.id
