"""A part of a page that looks again by itself is drawn only where there is something new.

Streamlit draws such a part whenever the browser asks, which takes tens of milliseconds of the
server's time; a run that shares its machine with thirty moves at one look of four. Here a question
comes first: what the part is drawn from is read, by one thread for all pages, and as long as that
is what it was, the browser's request is not followed. And where many watch what does move, each
page is drawn less often, so that drawing for all leaves time for what somebody clicks, which is
always drawn.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
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

Asked = Callable[[], object]
SHARE = 0.2  # of a core, for drawing again by itself; sending what was drawn takes as much again
RECENT = 5.0  # seconds of which it is counted how many are drawn, and what that takes
LONGEST = 4.0  # seconds that a look waits at most
_looks: "WeakKeyDictionary[FragmentStorage, dict[str, Look]]" = WeakKeyDictionary()


class News(dict[str, object]):
    """What a part is drawn from, under "", and by their names what the parts inside it are.

    Args:
        read: all that it was told from, so that whoever draws need not read it again.
    """

    def __init__(self, whole: object, parts: Mapping[str, object] | None = None, read: Any = None):
        super().__init__({"": whole} | dict(parts or {}))
        self.read = read


class Crowd:
    """All that are drawn again by themselves. N of them that take s seconds to draw, each after so
    many seconds, take N s / seconds of a core: each waits until that is SHARE.

    Args:
        clock: seconds, of any origin.
        worked: processor seconds of the thread that asks.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        worked: Callable[[], float] = time.thread_time,
    ) -> None:
        self._clock, self._worked, self._lock = clock, worked, threading.Lock()
        self._last: WeakKeyDictionary[Look, float] = WeakKeyDictionary()  # when it was followed
        self._followed: deque[float] = deque()  # when any was, lately
        self._drawn: deque[tuple[float, float]] = deque()  # when something was, and its seconds

    def lets(self, look: "Look") -> bool:
        """Whether a look may be followed again already."""
        with self._lock:
            return self._clock() - self._last.get(look, -LONGEST) >= self._wait()

    def follows(self, look: "Look") -> None:
        """It is drawn now."""
        with self._lock:
            self._last[look] = self._clock()
            self._followed.append(self._last[look])

    @contextmanager
    def drawing(self) -> Iterator[None]:
        """Around what is drawn of one."""
        began = self._worked()
        try:
            yield
        finally:
            with self._lock:
                self._drawn.append((self._clock(), self._worked() - began))

    def _wait(self) -> float:
        since = self._clock() - RECENT
        while self._followed and self._followed[0] < since:
            self._followed.popleft()
        while self._drawn and self._drawn[0][0] < since:
            self._drawn.popleft()
        here = sum(at >= since for at in self._last.values())
        each = sum(seconds for _, seconds in self._drawn) / max(1, len(self._followed))
        return min(LONGEST, here * each / SHARE)


crowd = Crowd()


class Look:
    """Of a part of one page, and of those inside it: what it is drawn from, and what that was when
    it was drawn last.

    Args:
        news: what it is drawn from; as `News` where there are parts inside it. Called in another
            thread, without a session.
    """

    def __init__(self, news: Asked) -> None:
        self._news, self.asked = news, False
        self._seen: dict[str, object] = {}
        self._found: dict[str, object] = {}  # at the last look, until it is drawn
        self._latest: News | LabError | None = None
        self._inside: dict[str, str] = {}  # name of a part -> its fragment

    @property
    def read(self) -> Any:
        """What the latest news were told from.

        Raises:
            LabError: it cannot be read.
        """
        if isinstance(self._latest, LabError):
            raise self._latest
        return self._latest and self._latest.read

    def draws(self, name: str = "") -> None:
        """It is drawn now, or the part of this name inside it alone. Asked before anything is read:
        what comes meanwhile is new."""
        found = self._found if name in self._found else self._now()
        if name:
            self._seen[name] = found.pop(name, None)
        else:
            self._seen, self._found = found, {}

    def new(self) -> list[str]:
        """The fragments inside it that are to be drawn; "" is the whole, with all of them."""
        found = self._now()
        if found[""] != self._seen.get("", self):
            self._found = found
            return [""]
        names = [name for name in self._inside if found[name] != self._seen.get(name, self)]
        self._found = {name: found[name] for name in names}
        return [self._inside[name] for name in names]

    def inside(self, name: str, part: Callable[..., None]) -> Callable[..., None]:
        """`alone(part)`, inside the part that looks: drawn again by itself where what stands under
        this name is another."""

        def drawn(*args: Any) -> None:
            own = ThreadState.get().fragment_id
            self._inside[name] = own
            if not _by_itself(own):
                part(*args)
                return
            self.draws(name)
            with crowd.drawing():
                part(*args)

        drawn.__module__, drawn.__qualname__ = part.__module__, part.__qualname__
        return alone(drawn)

    def _now(self) -> dict[str, object]:
        try:
            found = self._news()
        except LabError as error:
            self._latest = error
            return {"": object()} | {name: object() for name in self._inside}  # the part says it
        self._latest = found if isinstance(found, News) else News(found)
        return dict(self._latest)


def looking(part: Callable[..., None], every: float | None, news: Asked | Look) -> Callable:
    """`alone(part, run_every=every)`, which is drawn again by itself only where `news()` is
    another than when it was drawn last, and where that is so of parts inside alone, only they."""
    look = news if isinstance(news, Look) else Look(news)

    def drawn(*args: Any) -> None:
        here = _looks.setdefault(get_script_run_ctx().fragment_storage, {})
        own = ThreadState.get().fragment_id
        here[own] = look
        look.draws()
        with crowd.drawing() if _by_itself(own) else nullcontext():
            part(*args)

    drawn.__module__, drawn.__qualname__ = part.__module__, part.__qualname__  # its name for all
    return alone(drawn, run_every=every)


def _by_itself(fragment: str) -> bool:
    """Whether a part is what this run draws, and not the page around it."""
    return fragment in (get_script_run_ctx().fragment_ids_this_run or ())


def install() -> None:
    """For all sessions of this process; once."""
    follow = AppSession.request_rerun
    if hasattr(follow, "looks"):
        return

    def request(self: AppSession, asked: "ClientState | None") -> None:
        look = _of(self, asked)
        if look is None:
            follow(self, asked)
        elif not look.asked and crowd.lets(look):  # or an earlier look's answer is still awaited
            look.asked = True

            def answer(found: "Future[list[str]]") -> None:
                look.asked = False
                new = [""] if found.exception() else found.result()
                if new:
                    self._event_loop.call_soon_threadsafe(draw, new)

            def draw(new: list[str]) -> None:  # at once: one run draws them all
                crowd.follows(look)
                for fragment in new:
                    if fragment:
                        asked.fragment_id = fragment
                    follow(self, asked)

            _eyes().submit(look.new).add_done_callback(answer)

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
