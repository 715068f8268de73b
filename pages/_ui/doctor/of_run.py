"""The run whose settings the Doctor is asked about, by the address."""

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared import address, session
from pages._ui.shared.corpus_choice import take_corpus
from pages._ui.shared.open_run import EXAMINED, OF
from pages._ui.shared.plain import plain

if TYPE_CHECKING:
    from lm_core.runs.spec import RunSpec

TAKEN = "doctor-taken"  # in the session: the run that was put into the line of choices


def take(*, model: str, view: tuple[str, str]) -> None:
    """Before the widgets: the text and the family of the run that the address names, once; an
    examination that was shown before is shown no more.

    Args:
        model: key of the widget for the family.
        view: key of the one for what is looked at, and what it is set to.
    """
    run_id = address.get(OF)
    if run_id in (None, st.session_state.get(TAKEN)):
        return
    with session.mending():
        spec = _spec_of(run_id)
        take_corpus(spec.data.name, spec.data.text)
        st.session_state[model] = spec.model_name
        st.session_state[view[0]] = view[1]
        st.session_state.pop(EXAMINED.key, None)  # one in the address stays: it was asked for
    st.session_state[TAKEN] = run_id


def settings(usual: "RunSpec") -> "RunSpec":
    """The run's, where the line of choices still says its text and family; else the usual ones."""
    run_id = address.get(OF)
    if run_id is None:
        return usual
    with session.mending():
        run = session.manager().store.get(run_id, session.visitor())
        spec = _spec_of(run_id)
        if (spec.data, spec.model_name) == (usual.data, usual.model_name):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.caption(
                    f"Examined with the settings and the seed of your run {plain(run.title)}.",
                    width="content",
                )
                st.button("Use the usual ones", type="tertiary", key="doctor-usual", on_click=leave)
            return spec
    leave()
    return usual


def leave() -> None:
    """No run is asked about any more."""
    st.query_params.pop(OF, None)
    st.session_state.pop(TAKEN, None)


def _spec_of(run_id: str) -> "RunSpec":
    """As it trained, but that what is examined begins with nothing."""
    from lm_core.runs.spec import RunSpec, StartSpec

    spec = RunSpec.from_dict(session.manager().store.get(run_id, session.visitor()).spec)
    return replace(spec, start=StartSpec())
