"""Who is looking, and what all visitors share: the run store and the workers.

A visitor is an unguessable id in a cookie (`cookie.py`), so a refresh or a bookmark finds its runs
again, nobody else's page can, and an address can be given to others. A browser that sends no cookie
is another visitor each time it loads a page. Nothing that belongs to a visitor is global.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from threading import Thread
from typing import TYPE_CHECKING

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from lm_core.errors import LabError, StoreUnavailable
from pages._ui.shared import address, class_board, lesson_record
from pages._ui.shared.front_door import ENTERED
from pages._ui.shared.in_turn import DOOR
from pages._ui.shared.once import once
from pages._ui.shared.plain import plain
from pages._ui.shared.told import Told

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from lm_core.runs.manager import RunManager

ADDRESS_KEY = "visitor"  # where the id once stood
MOST = 2000  # sessions that are remembered
_visitors: dict[str, str] = {}  # session -> whose it is


def begin() -> None:
    """Called on every page before anything else: note whose session this is, and see that worker
    processes are being warmed up."""
    st.session_state[ENTERED] = True
    _note()
    warm_up()
    _claim()


def visitor() -> str:
    """The visitor's id: of the browser, or of this session alone where that sends none."""
    from lm_core.runs.owners import is_owner, new_owner

    if "visitor" not in st.session_state:
        st.session_state["visitor"] = _sent() if is_owner(_sent()) else new_owner()
    return st.session_state["visitor"]


def is_known() -> bool:
    """Whether the browser will say again who it is when it loads a page the next time."""
    return _sent() == visitor()


def _sent() -> str | None:
    from lm_core.runs.owners import COOKIE

    return st.context.cookies.get(COOKIE)


def _claim() -> None:
    """An address from when it carried the id: the runs of that id become those of the first
    browser that comes with it, and the address says nothing any more. Without a cookie it stays as
    it is, so that it can be claimed when the page is loaded anew."""
    from lm_core.runs.owners import is_old_owner

    old = address.get(ADDRESS_KEY)
    if old is None or not is_known():
        return
    if is_old_owner(old):
        try:
            claimed = manager().adopt(old, visitor())
        except StoreUnavailable:
            return
        if claimed:
            st.toast("The runs of this old address are kept for this browser now.", duration="long")
    del st.query_params[ADDRESS_KEY]


@contextmanager
def mending() -> Iterator[None]:
    """Show what a person can mend as one sentence, unless it was told beside its control; a defect
    of ours surfaces. Parts of a screen that look again by themselves do all they do in it: in
    turn with what else is drawn."""
    try:
        with DOOR.turn(short=True):
            yield
    except Told:
        pass
    except LabError as error:
        st.error(plain(error))


def present(owner: str) -> bool:
    """Whether a page of this visitor is open now: connected, though nobody touches it."""
    if not runtime.exists():
        return False
    connected = runtime.get_instance().is_active_session
    return any(connected(session) for session, who in _visitors.copy().items() if who == owner)


def open_pages() -> dict[str, int]:
    """How many pages each visitor has open now, of those who have any."""
    found: dict[str, int] = {}
    if runtime.exists():
        connected = runtime.get_instance().is_active_session
        for session, who in _visitors.copy().items():
            if connected(session):
                found[who] = found.get(who, 0) + 1
    return found


def _note() -> None:
    """Whose session this is, the latest last."""
    session = get_script_run_ctx().session_id
    _visitors.pop(session, None)
    _visitors[session] = visitor()
    while len(_visitors) > MOST:
        _visitors.pop(next(iter(_visitors)), None)


@once
def _backend() -> "Executor":
    from lm_core.runs.cluster import processes

    return processes()


@once
def _manager() -> "RunManager":
    from lm_core.runs.manager import RunManager
    from lm_core.runs.store import RunStore

    return RunManager(RunStore(), _backend(), present=present, tidied=_tidied)


def _tidied() -> None:
    class_board.board().tidy()
    lesson_record.record().tidy()


@once
def warm_up() -> Thread:
    """Start the worker processes, so that torch is imported there before the first click on Start,
    and import it here behind the first page's back, in the thread that comes back: first what
    draws, which most pages need before they need torch."""
    _backend()
    thread = Thread(target=_import, daemon=True)
    thread.start()
    return thread


def _import() -> None:
    import_module("pyarrow").set_cpu_count(1)  # or each table that a page shows starts threads
    import_module("lm_core.charts.bars")  # with pandas and plotly
    import_module("lm_core.checkpoints")  # with torch


@contextmanager
def importing() -> Iterator[None]:
    """Where two threads wait for what the other imports, Python hands out half-made modules. A page
    that meets one while the server still warms up waits for the end of that, and is drawn anew."""
    warming = warm_up.made
    warm = warming is None or not warming.is_alive()
    try:
        yield
    except ImportError:
        if warm:
            raise
        warming.join()
        st.rerun()


def manager() -> "RunManager":
    """The server's one RunManager.

    Raises:
        StoreUnavailable: the lab's home folder cannot be written.
    """
    return _manager()


def close() -> None:
    """The server ends: runs that go on are saved, and can be resumed."""
    ends = _manager.made.close if _manager.made else getattr(_backend.made, "shutdown", None)
    if ends:
        ends()


def looked_at() -> tuple[list[str], int | None]:
    """For whoever only looks, and starts nothing: how each run stands that has not ended, and how
    many worker processes there are, None where their backend does not say.

    Raises:
        StoreUnavailable: the record cannot be read.
    """
    manager, backend = _manager.made, _backend.made
    going = []
    if manager is not None:
        from lm_core.runs.store import ACTIVE, WAITING

        going = [run.status for run in manager.store.runs_with(WAITING + ACTIVE)]
    return going, 0 if backend is None else getattr(backend, "alive", None)
