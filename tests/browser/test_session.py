"""Who is looking, in a real Chromium: a run goes on while any page is open, and what a stranger
sends costs nobody anything."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from lm_core.runs.owners import COOKIE
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec
from lm_core.runs.store import RunStore
from tests.browser.test_training import start, stop
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


@pytest.mark.slow
def test_reading_another_screen_keeps_the_run_and_closing_the_page_ends_it(
    page: Page, hasty: LabServer
) -> None:
    page.goto(hasty.url)
    run, store = start(page, url=hasty.url), RunStore(hasty.home)
    page.get_by_role("link", name="Architectures", exact=True).click()
    expect(page.get_by_role("heading", name="Architectures", exact=True)).to_be_visible()
    page.wait_for_timeout(1000 * 2 * GRACE)  # nobody touches it
    assert store.get(run).status == "running"
    assert store.requested(run).state == "run"
    page.close()
    until(lambda: store.get(run).status == "stopped")
    assert "its page was closed" in store.get(run).message


@pytest.mark.slow
def test_a_message_that_empties_the_caches_starts_no_workers(page: Page, lab: LabServer) -> None:
    page.goto("/train")
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_enabled()
    servers = [path.name for path in (lab.home / "servers").iterdir()]
    assert len(servers) == 1
    _clear_caches(lab.url, times=3)
    page.reload()
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_enabled()
    assert [path.name for path in (lab.home / "servers").iterdir()] == servers


@pytest.mark.slow
def test_two_tabs_opened_at_once_are_one_visitor_and_a_copied_address_is_nobody(
    new_context, lab: LabServer
) -> None:
    mine, other = new_context(), new_context()
    tabs = [mine.new_page() for _ in range(2)]
    for tab in tabs:
        tab.evaluate("url => void setTimeout(() => (location.href = url))", f"{lab.url}/train")
    for tab in tabs:
        expect(tab.get_by_role("button", name="Start", exact=True)).to_be_enabled()
    kept = [cookie for cookie in mine.cookies() if cookie["name"] == COOKIE]
    assert [(c["httpOnly"], c["sameSite"]) for c in kept] == [(True, "Lax")]
    run = start(tabs[0])
    assert kept[0]["value"] not in tabs[0].url
    assert RunStore(lab.home).get(run).owner == kept[0]["value"]
    tabs[1].reload()
    expect(tabs[1].get_by_test_id("stDataFrame").last).to_be_visible()  # the table of one's runs
    stranger = other.new_page()
    stranger.goto(tabs[0].url)
    expect(stranger.get_by_text("This run is not here, or belongs to another")).to_be_visible()
    expect(stranger.get_by_text("None yet. Each run you start")).to_be_visible()
    expect(stranger.get_by_role("button", name="Delete")).to_have_count(0)
    stop(tabs[0])
    expect(tabs[0].get_by_text("sent no cookie")).to_have_count(0)


@pytest.mark.slow
def test_an_old_address_brings_its_runs_to_one_browser(new_context, lab: LabServer) -> None:
    store, old = RunStore(lab.home), "abcdefgh-1234_56"
    run = store.create(old, "Long ago", default_spec(CorpusSpec(name="names"), "lstm").to_dict())
    store.update(run, status="stopped")
    one, two = new_context().new_page(), new_context().new_page()
    one.goto(f"{lab.url}/train?visitor={old}&run={run}")
    expect(one.get_by_text("Long ago").first).to_be_visible()
    expect(one).not_to_have_url(re.compile("visitor"))
    two.goto(f"{lab.url}/train?visitor={old}&run={run}")
    expect(two.get_by_text("This run is not here, or belongs to another")).to_be_visible()
    expect(two).not_to_have_url(re.compile("visitor"))
    one.reload()
    expect(one.get_by_text("Long ago").first).to_be_visible()


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
