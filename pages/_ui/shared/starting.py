"""How a screen beside Train starts an ordinary run, or leads to the Train form filled in."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared import session
from pages._ui.shared.filling import fill, go
from pages._ui.shared.open_run import TRAINED

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from lm_core.runs.spec import RunSpec


def train_or_fill(
    train: "DeltaGenerator",
    form: "DeltaGenerator",
    spec: "Callable[[], RunSpec]",
    *,
    title: str,
    of: str,
    key: str,
) -> None:
    """Two buttons: one starts the run and opens it on Train, the other opens the form there.

    Args:
        train, form: where they stand.
        title: of the run.
        of: whose settings the form says that it holds.
        key: their keys begin with it.
    """
    filled = f"{key}-filled"
    if train.button("Train", type="primary", width="stretch", key=f"{key}-train"):
        TRAINED.go(session.manager().start(spec(), session.visitor(), title=title))

    def fill_in() -> None:
        fill(spec(), of=of)
        st.session_state[filled] = True

    form.button("Fill in the Train form →", width="stretch", key=f"{key}-form", on_click=fill_in)
    if st.session_state.pop(filled, False):
        go()


def form_link(spec: "RunSpec", text: str) -> None:
    """A link to the Train form with these settings, of the corpus called `text`."""
    st.page_link(
        "pages/train.py",
        label="Open the filled-in form on Train",
        query_params={"spec": spec.to_address(), "text": text},
    )
