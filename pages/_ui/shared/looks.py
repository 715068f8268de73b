"""A part of a page that looks again by itself is drawn only where there is something new.

Streamlit draws such a part whenever the browser asks, which takes tens of milliseconds of the
server's time; a run that shares its machine with thirty moves at one look of four. Here a question
comes first: what the part is drawn from is read, by one thread for all pages, and as long as that
is what it was, the browser's request is not followed. What somebody clicks is always drawn.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState

from lm_core.errors import LabError
from pages._ui.shared.alone import alone
from pages._ui.shared.once import once

if TYPE_CHECKING:
    from streamlit.proto.ClientState_pb2 import ClientState
    from streamlit.runtime.fragment import FragmentStorage

News = Callable[[], object]
_looks: "WeakKeyDictionary[FragmentStorage, dict[str, Look]]" = WeakKeyDictionary()


class Look:
    """Of a part of one page: what it is drawn from, and what that was when it was drawn last.

    Args:
        news: what it is drawn from. Called in another thread, without a session.
    """

    def __init__(self, news: News) -> None:
        self._news, self._seen, self.asked = news, object(), False
        self._found: list[object] = []  # at the last look, until it is drawn

    def draws(self) -> None:
        """It is drawn now. Asked before anything is read: what comes meanwhile is new."""
        self._seen = self._found.pop() if self._found else self._now()

    def is_new(self) -> bool:
        self._found = [self._now()]
        return self._found[0] != self._seen

    def _now(self) -> object:
        try:
            return self._news()
        except LabError:
            return object()  # whatever it is, the part says it


def looking(part: Callable[..., None], every: float | None, news: News) -> Callable[..., None]:
    """`alone(part, run_every=every)`, which is drawn again by itself only where `news()` is
    another than when it was drawn last."""
    look = Look(news)

    def drawn(*args: Any) -> None:
        here = _looks.setdefault(get_script_run_ctx().fragment_storage, {})
        here[ThreadState.get().fragment_id] = look
        look.draws()
        part(*args)

    drawn.__module__, drawn.__qualname__ = part.__module__, part.__qualname__  # its name for all
    return alone(drawn, run_every=every)


def install() -> None:
    """For all sessions of this process; once."""
    follow = AppSession.request_rerun
    if hasattr(follow, "looks"):
        return

    def request(self: AppSession, asked: "ClientState | None") -> None:
        look = _of(self, asked)
        if look is None:
            follow(self, asked)
        elif not look.asked:  # or the answer to an earlier look is still awaited
            look.asked = True

            def answer(found: "Future[bool]") -> None:
                look.asked = False
                if found.exception() or found.result():
                    self._event_loop.call_soon_threadsafe(follow, self, asked)

            _eyes().submit(look.is_new).add_done_callback(answer)

    request.looks = True
    AppSession.request_rerun = request


@once
def _eyes() -> ThreadPoolExecutor:
    """One thread: it keeps its connection to the run store."""
    return ThreadPoolExecutor(1, "looks")


def _of(session: AppSession, asked: "ClientState | None") -> Look | None:
    """What is asked for again by itself; None of all else."""
    if asked is None or not asked.is_auto_rerun:
        return None
    before, now = session._client_state.context_info, asked.context_info
    if before.color_scheme != now.color_scheme:  # charts are drawn in other inks
        return None
    return _looks.get(session._fragment_storage, {}).get(asked.fragment_id)
