"""The network between a browser and the lab is cut and comes back, in a real Chromium."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Page, expect

from lm_core.runs.store import RunStore
from lm_core.training.events import Step
from tests.browser.conftest import IDLE, Watch
from tests.browser.test_train_runs import chart, steps_in_view
from tests.browser.test_training import nothing_goes_on, start, step_shown, stop
from tests.waiting import until
from tools.lab_server import LabServer

__all__ = ["nothing_goes_on"]  # a fixture

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CUT = "[data-testid=stApp]:not([data-test-connection-state=CONNECTED])"
MORE = 30  # steps


class Cable:
    """A port of its own that passes all on to the lab's and back, until it is cut."""

    def __init__(self, port: int) -> None:
        self.whole, self._to = True, port
        self._ends: set[socket.socket] = set()
        self._door = socket.create_server(("localhost", 0))
        self.url = f"http://localhost:{self._door.getsockname()[1]}"
        threading.Thread(target=self._take, daemon=True).start()

    def cut(self) -> None:
        """What goes through ends, and nobody gets through."""
        self.whole = False
        for end in [*self._ends]:
            self._hang_up(end)

    def mend(self) -> None:
        self.whole = True

    def close(self) -> None:
        self.cut()
        self._hang_up(self._door)

    def _take(self) -> None:
        while True:
            try:
                here = self._door.accept()[0]
            except OSError:  # closed
                return
            if not self.whole:
                here.close()
                continue
            there = socket.create_connection(("localhost", self._to))
            self._ends |= {here, there}
            for one, other in ((here, there), (there, here)):
                threading.Thread(target=self._pass, args=(one, other), daemon=True).start()
            if not self.whole:
                self.cut()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while said := one.recv(65536):
                other.sendall(said)
        self._hang_up(one)
        self._hang_up(other)

    def _hang_up(self, end: socket.socket) -> None:
        self._ends.discard(end)
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)  # also wakes whoever waits for it
        end.close()


@pytest.fixture
def cable(lab: LabServer) -> Iterator[Cable]:
    """Asked for before the page, so that it is whole until that is closed."""
    made = Cable(lab.port)
    yield made
    made.close()


def test_a_run_goes_on_while_the_network_is_cut_and_the_page_then_shows_all_of_it(
    cable: Cable, page: Page, store: RunStore, watch: Watch
) -> None:
    run = start(page, url=cable.url)
    page.evaluate("window.opened = 'once'")
    said = page.get_by_role("dialog")
    cable.cut()
    expect(page.locator(CUT)).to_be_visible()
    page.wait_for_timeout(60_000)  # as long as a classroom may be without its Wi-Fi
    shown, drawn = step_shown(page), steps_in_view(page)[1]  # what was shown is still there
    expect(said).to_contain_text("Connection error")  # Streamlit's own words
    until(lambda: store.last(Step, run)["step"] > shown + MORE)
    assert store.get(run).status == "running"
    assert step_shown(page) == shown
    missed = store.last(Step, run)["step"]

    cable.mend()
    expect(page.locator(IDLE)).to_be_visible()
    expect(said).to_have_count(0)
    assert any("/_stcore/health" in error for error in watch.errors)  # it did knock
    watch.errors = [error for error in watch.errors if not error.startswith("console: ")]
    until(lambda: step_shown(page) > missed)
    until(lambda: steps_in_view(page)[1] > max(drawn, shown))
    assert page.evaluate("window.opened") == "once"  # nobody had to open it again
    assert f"run={run}" in page.url
    stop(page)  # and it does as it is told
    assert store.get(run).status == "stopped"
    steps = [row["step"] for row in store.since(Step, run)]
    assert steps == list(range(1, len(steps) + 1))
    expect(chart(page)).to_be_visible()
