"""The real app, started once, and pages of a real Chromium that look at it.

A test takes `page` (pytest-playwright's) or `new_context` for further windows; `page.goto("/")`
opens the lab. After each test it must hold, without the test asking, that no page called another
machine, that no console showed an error, and that the server logged no traceback and no warning.
"""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from lm_core.runs.store import RunStore
from tests.waiting import PATIENCE, until
from tools.chromium import FLAGS, MISSING, find_chromium, required
from tools.lab_server import LabServer

IDLE = (
    "[data-testid=stApp][data-test-script-state=notRunning][data-test-connection-state=CONNECTED]"
)
LOOKS = 5  # in a row that must agree before something counts as settled
expect.set_options(timeout=1000 * PATIENCE)  # no test judges speed
STILL = """new MutationObserver((_, observer) => {
  if (!document.head) return
  observer.disconnect()
  const style = document.createElement("style")
  const still = "{animation: none !important; transition: none !important}"
  // What fades when half a second has gone would now be pale at once
  const read = '[data-stale="true"] {opacity: 1 !important}'
  style.textContent = "*, *::before, *::after " + still + read
  document.head.append(style)
}).observe(document, {childList: true, subtree: true})"""
# A traceback of Python, the stack that Streamlit shows with a warning, a level that a logger names.
TROUBLE = re.compile(r"Traceback|Stack \(most recent|\b(WARNING|ERROR|\w+Warning)\b")

# Opened at a screen's own address, Streamlit asks below it first and then finds the server above.
PROBES = re.compile(r"/\w+/_stcore/(health|host-config)$")


# Of its own accord and so before Playwright starts, which may be what is missing.
@pytest.fixture(scope="session", autouse=True)
def chromium() -> str:
    """Path of the browser. Without one the tests are skipped, in CI they fail."""
    path = find_chromium()
    if path is None and required():
        pytest.fail(MISSING, pytrace=False)
    if path is None:
        pytest.skip(MISSING)
    return path


@pytest.fixture(scope="session")
def lab(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """The running lab: `lab.url`, `lab.log`."""
    # Two runs at once, on a thread each, which leaves the browser a core.
    environment = {"LM_LAB_WORKERS": "2"}
    home = tmp_path_factory.mktemp("lab")
    with LabServer(home, environment=environment, seconds=PATIENCE) as server:
        yield server


@pytest.fixture
def store(lab: LabServer) -> RunStore:
    """What the lab has kept of its runs."""
    return RunStore(lab.home)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict, chromium: str) -> dict:
    return {**browser_type_launch_args, "executable_path": chromium, "args": list(FLAGS)}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict, lab: LabServer) -> dict:
    size = {"width": 1280, "height": 860}
    return {**browser_context_args, "base_url": lab.url, "viewport": size}


@pytest.fixture
def new_context(new_context: Callable[..., BrowserContext]) -> Callable[..., BrowserContext]:
    """Windows in which nothing is animated: without a graphics card each picture of a shimmer costs
    as much as the page, and with two windows a page takes four times as long to open."""

    def still(**given: object) -> BrowserContext:
        context = new_context(**given)
        context.add_init_script(STILL)
        return context

    return still


def settled(what: Callable[[], object], *, every: float = 0.4) -> object:
    """Look until several looks in a row agree; what they agree on."""
    seen: list[object] = []

    def agreed() -> bool:
        seen.append(what())
        return len(seen) >= LOOKS and all(one == seen[-1] for one in seen[-LOOKS:])

    until(agreed, look=every)
    return seen[-1]


def at_rest(page: Page) -> None:
    """Wait until the page is drawn, its script has ended and does not begin again at once."""
    expect(page.locator("h1").first).to_be_visible()
    settled(lambda: page.locator(IDLE).count() or object())


class Watch:
    """What went wrong in any window of one test; a test that means to may clear `errors`."""

    def __init__(self) -> None:
        self.errors: list[str] = []

    def follow(self, context: BrowserContext) -> None:
        context.set_default_timeout(1000 * PATIENCE)
        context.on("request", lambda request: self._called(request.url))
        context.on("page", self._opened)
        context.on("console", self._said)
        context.on("weberror", lambda error: self.errors.append(f"script error: {error.error}"))

    def _opened(self, page: Page) -> None:
        page.on("websocket", lambda channel: self._called(channel.url))
        page.on("crash", lambda: self.errors.append("the page crashed"))

    def _called(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "localhost":
            self.errors.append(f"called another machine: {url}")

    def _said(self, message: ConsoleMessage) -> None:
        where = (message.location or {}).get("url", "")
        if message.type == "error" and not PROBES.search(where):
            self.errors.append(f"console: {message.text} {where}".rstrip())


@pytest.fixture(autouse=True)
def watch(browser: Browser, lab: LabServer) -> Iterator[Watch]:
    """Fail the test afterwards for what a person at the screen would not see."""
    watched, said = Watch(), len(lab.log)
    browser.on("context", watched.follow)
    yield watched
    browser.remove_listener("context", watched.follow)
    if TROUBLE.search(lab.log[said:]):
        watched.errors.append(f"the server's log: {lab.log[said:]}")
    if watched.errors:
        pytest.fail("\n".join(watched.errors), pytrace=False)
