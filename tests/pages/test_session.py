"""Who is looking, and what there is once for the whole server."""

import threading
from pathlib import Path

import pytest
import streamlit as st
from streamlit import runtime
from streamlit.testing.v1 import AppTest

from lm_core.errors import StoreUnavailable
from pages._ui import session
from pages._ui.once import once
from tests.pages.stored import forget, stored_run
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]


def test_what_exists_once_is_made_once_whoever_asks() -> None:
    made, together = [], threading.Barrier(8)

    @once
    def thing() -> list:
        made.append(1)
        return made

    answers = []

    def ask() -> None:
        together.wait()
        answers.append(thing())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]
    assert all(answer is made for answer in answers)


def test_what_could_not_be_made_is_tried_again() -> None:
    full = [True]

    @once
    def thing() -> str:
        if full.pop():
            full.append(False)
            raise StoreUnavailable("The disk is full.")
        return "made"

    with pytest.raises(StoreUnavailable):
        thing()
    assert thing() == "made"


def test_clearing_the_caches_starts_no_second_manager_and_loses_no_run() -> None:
    """What a `clear_cache` message does: both caches and the session of who sent it."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE).run()
    manager, workers = session._manager(), session._backend()
    run = stored_run(at.session_state["visitor"], status="running")
    try:
        for _ in range(3):
            st.cache_data.clear()
            st.cache_resource.clear()
            at.switch_page("pages/train.py").run()
            assert not at.exception
        assert session._manager() is manager
        assert session._backend() is workers is manager.backend
        assert manager.store.get(run).status == "running"
        assert run in manager._running
    finally:
        forget(manager.store, run)


class Server:
    """As much of Streamlit's runtime as says which sessions are connected."""

    def __init__(self, *connected: str) -> None:
        self.connected = set(connected)

    def is_active_session(self, session: str) -> bool:
        return session in self.connected


def test_who_has_a_page_open_is_present(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server("tab 1", "tab 2")
    monkeypatch.setattr(runtime, "exists", lambda: True)
    monkeypatch.setattr(runtime, "get_instance", lambda: server)
    tabs = {"tab 1": "ada", "tab 2": "bob", "tab 3": "ada", "tab 4": "cleo"}
    monkeypatch.setattr(session, "_visitors", tabs)
    assert [session.present(who) for who in ("ada", "bob", "cleo", "dan")] == [True, True] + [
        False
    ] * 2
    server.connected = {"tab 3"}
    assert session.present("ada")
    assert not session.present("bob")
    server.connected.add("tab 2")  # a laptop opened again
    assert session.present("bob")
    monkeypatch.setattr(runtime, "exists", lambda: False)
    assert not session.present("ada")


@pytest.mark.parametrize("screen", ["dataset_explorer", "architectures", "train"])
def test_every_screen_says_whose_session_it_is(
    screen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "_visitors", seen := {})
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    at.switch_page(f"pages/{screen}.py").run()
    assert list(seen.values()) == [at.session_state["visitor"]]


def test_no_more_sessions_are_remembered_than_have_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_visitors", {str(i): "ada" for i in range(session.MOST)})
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE).run()
    assert len(session._visitors) == session.MOST
    assert "0" not in session._visitors
    assert list(session._visitors.values())[-1] == at.session_state["visitor"]


def test_the_manager_asks_who_is_present() -> None:
    AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE).run()
    assert session._manager()._present is session.present
