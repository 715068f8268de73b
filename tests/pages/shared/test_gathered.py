"""What pages send wakes the thread of the connections once a moment, not once an element."""

import asyncio
import threading
from types import SimpleNamespace

import pytest
from streamlit.runtime.app_session import AppSession

from pages._ui.shared import gathered
from pages._ui.shared.gathered import Gathered
from tests.loops import awaited

CALLS = 500


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What an event loop was woken for."""
    found: list[object] = []
    wake = asyncio.BaseEventLoop.call_soon_threadsafe

    def noted(self, function, *args, **options):  # type: ignore[no-untyped-def]
        if args and getattr(args[-1], "__name__", "") == "_make":
            found.append(function)
        return wake(self, function, *args, **options)

    monkeypatch.setattr(asyncio.BaseEventLoop, "call_soon_threadsafe", noted)
    return found


async def sent(call, seen: list[int], calls: int = CALLS) -> None:  # type: ignore[no-untyped-def]
    """A page of so many elements, drawn in a thread of its own."""
    there = asyncio.Event()

    def element(number: int) -> None:
        seen.append(number)
        if number == calls - 1:
            there.set()

    def page() -> None:
        for number in range(calls):
            call(lambda number=number: element(number))

    # All before the loop has a turn: as a page that is drawn in one go.
    thread = threading.Thread(target=page)
    thread.start()
    thread.join()
    await there.wait()


def test_all_elements_of_a_moment_arrive_in_order_by_one_wake(woken: list[object]) -> None:
    seen: list[int] = []

    async def one_page() -> None:
        await sent(Gathered(asyncio.get_running_loop()).call, seen)

    awaited(one_page())
    assert seen == list(range(CALLS))
    assert len(woken) == 1


def test_one_that_fails_holds_up_no_other() -> None:
    seen: list[str] = []

    async def two() -> None:
        loop, there = asyncio.get_running_loop(), asyncio.Event()
        loop.set_exception_handler(lambda *_: seen.append("told"))
        gathers = Gathered(loop)
        gathers.call(lambda: 1 / 0)
        gathers.call(there.set)
        await there.wait()

    awaited(two())
    assert seen == ["told"]


def test_a_loop_that_is_closed_says_so_and_keeps_nothing() -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    gathers = Gathered(loop)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            gathers.call(print)
    assert gathers._calls == []


def test_sessions_of_the_lab_gather(woken: list[object]) -> None:
    """By the name that Streamlit calls itself: where that is another, a page would be as slow as
    before, and nothing else would show it."""
    gathered.install()
    gathered.install()  # once
    seen: list[int] = []

    async def one_page() -> None:
        session = SimpleNamespace(_event_loop=asyncio.get_running_loop())
        session._call_soon_on_event_loop = AppSession._call_soon_on_event_loop.__get__(session)
        session._handle_scriptrunner_event_on_event_loop = lambda number, *_: seen.append(number)

        def event(number_at) -> None:  # type: ignore[no-untyped-def]
            AppSession._on_scriptrunner_event(session, len(before), None)
            before.append(0)
            session._call_soon_on_event_loop(number_at)

        before: list[int] = []
        await sent(event, [], calls=50)

    awaited(one_page())
    assert seen == list(range(50))
    assert len(woken) == 1
