"""Who is looking, and what all visitors share: the run store and the workers.

A visitor is an unguessable id in the page's address (`?visitor=...`), so a refresh or a bookmark
finds its runs again and nobody else's page can. Nothing that belongs to a visitor is global.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from threading import Thread
from typing import TYPE_CHECKING

import streamlit as st

from lm_core.errors import LabError

if TYPE_CHECKING:
    from lm_core.runs.manager import RunManager

ADDRESS_KEY = "visitor"
SEEN_EVERY = 20.0  # seconds between two notes that this visitor's page is open


def begin() -> None:
    """Called on every page before anything else: keep the visitor's id in the address, and see
    that worker processes are being warmed up."""
    from lm_core.runs.owners import is_owner, new_owner

    given = st.query_params.get(ADDRESS_KEY, "")
    if "visitor" not in st.session_state:
        st.session_state["visitor"] = given if is_owner(given) else new_owner()
    if given != st.session_state["visitor"]:
        st.query_params[ADDRESS_KEY] = st.session_state["visitor"]
    warm_up()


def visitor() -> str:
    """The visitor's id."""
    return st.session_state["visitor"]


@contextmanager
def mending() -> Iterator[None]:
    """Show what a person can mend as one sentence; a defect of ours surfaces."""
    try:
        yield
    except LabError as error:
        st.error(str(error))


@st.cache_resource(show_spinner=False)
def _backend():
    from lm_core.runs.processes import LocalProcesses

    return LocalProcesses()


@st.cache_resource(show_spinner=False)
def _manager() -> "RunManager":
    from lm_core.runs.manager import RunManager
    from lm_core.runs.store import RunStore

    return RunManager(RunStore(), _backend())


@st.cache_resource(show_spinner=False)
def warm_up() -> bool:
    """Once for the server: start the worker processes, so that torch is imported there before the
    first click on Start, and import it here behind the first page's back."""
    _backend()
    Thread(target=import_module, args=("lm_core.checkpoints",), daemon=True).start()
    return True


def manager() -> "RunManager":
    """The server's one RunManager; notes now and then that this visitor's page is open.

    Raises:
        StoreUnavailable: the lab's home folder cannot be written.
    """
    runs = _manager()
    if time.monotonic() - st.session_state.get("visit_noted", 0.0) > SEEN_EVERY:
        runs.store.visit(visitor())
        st.session_state["visit_noted"] = time.monotonic()
    return runs
