"""The lab on a home of its own, and a page of a real Chromium that looks at it, for the parts of
the bench that measure what a visitor waits for.

Needs a checkout and its development tools (`make test` installs them); without them there is
nothing to measure with.
"""

import importlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lm_core.runs.owners import COOKIE

PATIENCE = 300  # seconds for what is not measured, on a machine that has other work, too


@dataclass(frozen=True)
class Visit:
    """A running lab and a page, on which nothing is open yet."""

    page: Any  # of playwright, 1280 pixels wide
    url: str
    home: Path
    process: int  # of the server

    @property
    def visitor(self) -> str:
        """Who the page is, once it has opened a screen."""
        cookies = self.page.context.cookies()
        return next(cookie["value"] for cookie in cookies if cookie["name"] == COOKIE)

    def timed(self, look: str, on: Any, press: Callable[[], None]) -> Any:
        """What `look` answers, a function of JavaScript that is given `on` and waits for the next
        key or click, which `press` makes: milliseconds, by the page's own clock."""
        run = "([look, on]) => ({time: eval(look)(on)})"
        measured = self.page.evaluate_handle(run, [look, on])
        press()
        return measured.evaluate("async (it) => await it.time")


@contextmanager
def visit() -> Iterator[Visit | None]:
    """One, which ends with its server; None where the tools or Chromium are missing."""
    try:
        server = importlib.import_module("tools.lab_server")
        chromium = importlib.import_module("tools.chromium")
        play = importlib.import_module("playwright.sync_api")
    except ImportError:
        yield None
        return
    path = chromium.find_chromium()
    if path is None:
        yield None
        return
    with (
        tempfile.TemporaryDirectory(prefix="lm-bench-") as home,
        server.LabServer(Path(home)) as lab,
        play.sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=path, args=list(chromium.FLAGS))
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.set_default_timeout(1000 * PATIENCE)
        try:
            yield Visit(page, lab.url, Path(home), lab.process)
        finally:
            browser.close()
