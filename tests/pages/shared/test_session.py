"""Who is looking, and what there is once for the whole server."""

import re
import secrets
import threading
from pathlib import Path
from types import SimpleNamespace

import pyarrow
import pytest
import streamlit as st
from streamlit import runtime
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.util import patch_config_options

from lm_core.errors import StoreUnavailable
from lm_core.runs.owners import COOKIE, is_owner, new_owner
from pages._ui.shared import session
from pages._ui.shared.cookie import VisitorCookie
from pages._ui.shared.once import once
from tests.loops import awaited
from tests.marks import most_slow
from tests.pages.stored import forget, stored_run
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[3]


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
        assert run in manager._turns.going
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


# The cookie ---------------------------------------------------------------------------------------


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> str:
    """The id that the browser sends."""
    owner = new_owner()
    monkeypatch.setattr(session, "_sent", lambda: owner)
    return owner


def a_page(**address: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    at.query_params.update(address)
    at.switch_page("pages/train.py").run()
    assert not at.exception
    assert not at.error
    return at


def test_a_visitor_is_who_the_browser_says(browser: str) -> None:
    assert a_page().session_state["visitor"] == a_page().session_state["visitor"] == browser


@pytest.mark.parametrize(
    "sent",
    most_slow(
        [None, "", "awvDga_xxlxZU35e", "../../etc", "x" * 41, "é" * 22], quick=[None, "../../etc"]
    ),
)
def test_without_a_cookie_each_session_is_a_visitor_of_its_own(
    sent: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "_sent", lambda: sent)
    one, two = a_page(), a_page()
    assert one.session_state["visitor"] != two.session_state["visitor"]
    assert one.session_state["visitor"] == one.run().session_state["visitor"]
    assert any("sent no cookie" in caption.value for caption in one.caption)


def test_an_id_in_the_address_is_nobody(browser: str) -> None:
    at = a_page(visitor=new_owner(), text="names")
    assert at.session_state["visitor"] == browser
    assert dict(at.query_params) == {"text": "names"}
    assert not any("sent no cookie" in caption.value for caption in at.caption)


def test_an_old_address_is_claimed_by_the_first_browser_that_comes_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old, runs = secrets.token_urlsafe(12), session._manager()
    run = stored_run(old, title="Long ago")
    try:
        monkeypatch.setattr(session, "_sent", lambda: None)
        at = a_page(visitor=old)
        assert runs.store.get(run).owner == old  # it would be lost again at the next load
        assert at.query_params["visitor"] == old
        owners = [new_owner() for _ in range(7)]
        for owner in owners:
            monkeypatch.setattr(session, "_sent", lambda owner=owner: owner)
            at = a_page(visitor=old)
            assert "visitor" not in at.query_params
            assert len(at.toast) == (owner == owners[0])
        assert runs.store.get(run).owner == owners[0]
    finally:
        forget(runs.store, run)


def test_a_session_that_was_emptied_is_still_the_browsers(browser: str) -> None:
    at = a_page()
    del at.session_state["visitor"]
    assert at.run().session_state["visitor"] == browser
    assert not at.exception


# As the server sends it


async def answer(path: str = "/train", *, scheme: str = "http", **headers: str) -> dict[str, str]:
    """Headers of the answer to a request; Streamlit behind it answers with a page."""

    async def page(scope, receive, send) -> None:
        kept = [(b"content-type", b"text/html"), (b"cache-control", b"no-cache")]
        await send({"type": "http.response.start", "status": 200, "headers": kept})
        await send({"type": "http.response.body", "body": b""})

    said: dict[str, str] = {}

    async def send(message) -> None:
        said.update((k.decode(), v.decode()) for k, v in message.get("headers", []))

    sent = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "scheme": scheme, "headers": sent}
    await VisitorCookie(page)(scope, None, send)
    return said


HTML = "text/html,application/xhtml+xml,*/*;q=0.8"


def test_a_page_brings_the_cookie_and_what_belongs_to_it_does_not() -> None:
    kept = awaited(answer(accept=HTML))["set-cookie"]
    assert re.fullmatch(
        rf"{COOKIE}=[\w-]{{24}}; Path=/; Max-Age=34560000; HttpOnly; SameSite=Lax", kept
    )
    assert awaited(answer(accept=HTML))["set-cookie"] != kept
    assert "set-cookie" not in awaited(answer("/_stcore/health", accept="*/*"))
    assert "set-cookie" not in awaited(answer("/media/x.csv"))


def test_a_browser_keeps_its_id_and_no_proxy_does(browser: str) -> None:
    said = awaited(answer(accept=HTML, cookie=f"a=b; {COOKIE}={browser}"))
    assert said["set-cookie"].startswith(f"{COOKIE}={browser}; ")
    assert "private" in said["cache-control"]
    for wrong in ("awvDga_xxlxZU35e", "", "x; y", '"quoted"'):
        said = awaited(answer(accept=HTML, cookie=f"{COOKIE}={wrong}"))
        assert is_owner(re.match(rf"{COOKIE}=([^;]*);", said["set-cookie"])[1])


def test_the_cookie_is_for_safe_lines_where_the_page_is_and_for_frames_where_asked() -> None:
    kept = awaited(answer(accept=HTML, scheme="https"))["set-cookie"]
    assert kept.endswith("HttpOnly; SameSite=Lax; Secure")
    with patch_config_options({"server.xsrfCookieSameSite": "none"}):
        kept = awaited(answer(accept=HTML))["set-cookie"]
    assert kept.endswith("HttpOnly; SameSite=None; Secure; Partitioned")


class Warming:
    """The thread that warms up a server: it is there until somebody has waited for it."""

    def __init__(self) -> None:
        self.waited = 0

    def is_alive(self) -> bool:
        return not self.waited

    def join(self) -> None:
        self.waited += 1


def half_made() -> None:
    """A screen that meets a half-made module until the server is warm, or always."""
    import streamlit as st

    from pages._ui.shared import session

    with session.importing():
        if session.warm_up.made.is_alive() or "always" in st.query_params:
            raise ImportError("cannot import name 'BUDGETS'")
        st.write("There it is.")


def test_a_module_that_another_thread_still_imports_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    warming = Warming()
    monkeypatch.setattr(session, "warm_up", SimpleNamespace(made=warming))
    at = AppTest.from_function(half_made).run()
    assert not at.exception
    assert [one.value for one in at.markdown] == ["There it is."]
    assert warming.waited == 1


def test_a_module_that_is_not_there_is_a_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "warm_up", SimpleNamespace(made=Warming()))
    at = AppTest.from_function(half_made)
    at.query_params["always"] = "1"
    assert len(at.run().exception) == 1


def test_a_table_on_a_page_starts_no_threads() -> None:
    before = pyarrow.cpu_count()
    try:
        pyarrow.set_cpu_count(4)
        session._import()
        assert pyarrow.cpu_count() == 1
    finally:
        pyarrow.set_cpu_count(before)
