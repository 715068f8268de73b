"""A part that looks again by itself is drawn only where there is something new."""

import asyncio
import threading
from types import SimpleNamespace

import pytest
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.fragment import MemoryFragmentStorage
from streamlit.testing.v1 import AppTest

from lm_core.errors import RunNotFound
from pages._ui.shared import looks
from pages._ui.shared.looks import Look, News
from tests.loops import awaited


def asked(*, by_itself: bool = True, fragment: str = "part", scheme: str = "") -> ClientState:
    state = ClientState(fragment_id=fragment, is_auto_rerun=by_itself)
    if scheme:
        state.context_info.color_scheme = scheme
    return state


class Page:
    """A session of one page, whose part is drawn from `news`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.news, self.drawn = 0, []
        self.look = Look(lambda: self.news)
        monkeypatch.setattr(AppSession, "request_rerun", lambda _, state: self.draw(state))
        looks.install()
        self.storage = MemoryFragmentStorage()
        looks._looks[self.storage] = {"part": self.look}
        self.look.draws()

    def draw(self, state: ClientState | None) -> None:
        self.drawn.append(state)

    def ask(self, *states: ClientState | None) -> int:
        """How often it was drawn for these, each answered before the next."""
        before = len(self.drawn)

        async def all_of_them() -> None:
            session = SimpleNamespace(
                _event_loop=asyncio.get_running_loop(),
                _fragment_storage=self.storage,
                _client_state=ClientState(),
            )
            for state in states:
                AppSession.request_rerun(session, state)
                eyes = looks._eyes()
                await asyncio.wrap_future(eyes.submit(lambda: None))
                await asyncio.sleep(0)

        awaited(all_of_them())
        return len(self.drawn) - before


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Page:
    return Page(monkeypatch)


def test_looks_at_what_has_not_changed_draw_nothing(page: Page) -> None:
    assert page.ask(*[asked()] * 20) == 0
    page.news += 1
    assert page.ask(asked()) == 1
    page.look.draws()
    assert page.ask(*[asked()] * 20) == 0


def test_what_comes_between_a_look_and_its_drawing_is_new(page: Page) -> None:
    page.news = 1
    assert page.ask(asked()) == 1
    page.news = 2
    page.look.draws()
    assert page.ask(asked()) == 1
    page.look.draws()
    assert page.ask(asked()) == 0


def test_what_somebody_does_is_always_drawn(page: Page) -> None:
    assert page.ask(asked(by_itself=False), None, asked(fragment="another")) == 3
    assert page.ask(asked(scheme="dark")) == 1  # charts are drawn in other inks


def test_what_cannot_be_read_is_drawn_and_says_so(page: Page) -> None:
    def gone() -> object:
        raise RunNotFound("There is no such run.")

    page.look._news = gone
    page.look.draws()
    assert page.ask(asked(), asked()) == 2


def test_a_defect_of_the_question_surfaces_where_the_part_is_drawn(page: Page) -> None:
    page.look._news = lambda: {}["none"]
    assert page.ask(asked()) == 1
    with pytest.raises(KeyError):
        page.look.draws()


def test_a_look_that_waits_for_its_answer_is_not_asked_again(page: Page) -> None:
    there = threading.Event()
    looks._eyes().submit(there.wait)
    page.news += 1

    async def three() -> None:
        session = SimpleNamespace(
            _event_loop=asyncio.get_running_loop(),
            _fragment_storage=page.storage,
            _client_state=ClientState(),
        )
        for _ in range(3):
            AppSession.request_rerun(session, asked())
        there.set()
        await asyncio.wrap_future(looks._eyes().submit(lambda: None))
        await asyncio.sleep(0)

    awaited(three())
    assert len(page.drawn) == 1


def test_of_parts_inside_only_those_are_drawn_that_have_something_new(page: Page) -> None:
    """And the whole, with all that is inside it, alone where it is new itself."""
    page.news = News("whole", {"curve": 1, "words": 1, "verdicts": 1})
    page.look._inside = {"curve": "c", "words": "w", "verdicts": "v"}
    page.look.draws()
    assert page.ask(*[asked()] * 3) == 0
    page.news = News("whole", {"curve": 2, "words": 2, "verdicts": 1})
    assert page.look.new() == ["c", "w"]
    assert page.ask(asked()) == 2
    page.look.draws("curve")
    assert page.look.new() == ["w"]
    page.news = News("another", {"curve": 3, "words": 2, "verdicts": 1})
    assert page.look.new() == [""]
    page.look.draws()
    assert page.look.new() == []


class Room:
    """Pages that watch, each of which would be drawn at every look of a clock that is turned."""

    def __init__(self, pages: int, seconds: float) -> None:
        self.now, self.work, self.seconds = 100.0, 0.0, seconds
        self.crowd = looks.Crowd(lambda: self.now, lambda: self.work)
        self.pages = [Look(lambda: None) for _ in range(pages)]

    def looks(self, seconds: float, every: float = 0.5) -> list[list[float]]:
        """When each page was drawn, looking so often for so long."""
        drawn: list[list[float]] = [[] for _ in self.pages]
        for _ in range(round(seconds / every)):
            for look, times in zip(self.pages, drawn, strict=True):
                if self.crowd.lets(look):
                    self.crowd.follows(look)
                    with self.crowd.drawing():
                        self.work += self.seconds
                    times.append(self.now)
            self.now += every
        return drawn


def test_one_who_watches_alone_is_drawn_at_every_look() -> None:
    (drawn,) = Room(1, seconds=0.02).looks(20)
    assert len(drawn) == 40


@pytest.mark.parametrize(("pages", "seconds"), [(30, 0.02), (60, 0.01), (10, 0.1), (30, 0.001)])
def test_a_crowd_takes_its_share_of_a_core_and_everybody_as_much(
    pages: int, seconds: float
) -> None:
    room = Room(pages, seconds)
    room.looks(10)  # as long as it takes to know them
    drawn = [len(times) for times in room.looks(40)]
    assert pages * seconds * sum(drawn) / pages / 40 <= looks.SHARE * 1.5
    assert max(drawn) - min(drawn) <= 1
    assert min(drawn) >= 40 / looks.LONGEST - 1


def test_when_the_others_have_gone_each_look_is_drawn_again() -> None:
    room = Room(30, seconds=0.02)
    room.looks(20)
    room.pages = room.pages[:1]
    room.looks(looks.RECENT + 1)
    (drawn,) = room.looks(10)
    assert len(drawn) == 20


def screen() -> None:
    import streamlit as st

    from pages._ui.shared.looks import looking

    def part(word: str) -> None:
        st.write(word)

    looking(part, 2.0, lambda: 1)("drawn")


def test_it_is_drawn_with_its_page() -> None:
    app = AppTest.from_function(screen).run()
    assert not app.exception
    assert [one.value for one in app.markdown] == ["drawn"]
