"""Who is looking, in a real Chromium: a run goes on while any page is open, and what a stranger
sends costs nobody anything."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from lm_core.runs.store import RunStore
from tests.browser.test_training import start
from tests.waiting import PATIENCE, until
from tools.lab_server import LabServer

pytestmark = pytest.mark.browser
GRACE = 10


@pytest.fixture(scope="module")
def hasty(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A lab that soon gives up a run whose page was closed."""
    environment = {"LM_LAB_WORKERS": "1", "LM_LAB_GRACE": str(GRACE)}
    with LabServer(tmp_path_factory.mktemp("hasty"), environment=environment) as server:
        yield server


def test_reading_another_screen_keeps_the_run_and_closing_the_page_ends_it(
    page: Page, hasty: LabServer
) -> None:
    page.goto(hasty.url)
    run, store = start(page, url=hasty.url), RunStore(hasty.home)
    page.get_by_role("link", name="Architectures", exact=True).click()
    expect(page.get_by_role("heading", name="Architectures", exact=True)).to_be_visible()
    page.wait_for_timeout(1000 * 2 * GRACE)  # nobody touches it
    assert store.get(run).status == "running"
    assert store.wish(run).wish == "run"
    page.close()
    until(lambda: store.get(run).status == "stopped")
    assert "its page was closed" in store.get(run).message


def test_a_message_that_empties_the_caches_starts_no_workers(page: Page, hasty: LabServer) -> None:
    page.goto(hasty.url)
    page.get_by_role("link", name="Train", exact=True).click()
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_enabled()
    servers = [path.name for path in (hasty.home / "servers").iterdir()]
    assert len(servers) == 1
    _clear_caches(hasty.url, times=3)
    page.reload()
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_enabled()
    assert [path.name for path in (hasty.home / "servers").iterdir()] == servers


def _clear_caches(url: str, *, times: int) -> None:
    """As anybody's program could: connect, and send what the menu of a developer sends."""
    stream = re.sub("^http", "ws", url) + "/_stcore/stream"
    with connect(stream, subprotocols=["streamlit"], max_size=None) as socket:
        for _ in range(times):
            run, clear = BackMsg(), BackMsg()
            run.rerun_script.page_name = "train"
            clear.clear_cache = True
            socket.send(run.SerializeToString())
            while not _is_drawn(socket.recv(timeout=PATIENCE)):
                pass
            socket.send(clear.SerializeToString())


def _is_drawn(message: bytes) -> bool:
    said = ForwardMsg()
    said.ParseFromString(message)
    return said.WhichOneof("type") == "script_finished"
