"""Waiting for what another thread, process or page does, however slow the machine is.

No test judges speed: an event that comes ends the wait at once, and PATIENCE only ends a test that
would wait for good.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

PATIENCE = 300.0  # seconds
T = TypeVar("T")


def until(what: Callable[[], T], *, look: float = 0.02) -> T:
    """Ask `what` every `look` seconds until it holds; its answer."""
    end = time.monotonic() + PATIENCE
    while not (answer := what()):
        assert time.monotonic() < end, f"it did not happen within {PATIENCE:.0f} s"
        time.sleep(look)
    return answer


def rerun_until(app: "AppTest", what: Callable[[], T], *, look: float = 0.3) -> T:
    """The same of a page, which looks only when it is run again; one that breaks ends the wait."""

    def again() -> T:
        app.run()
        assert not app.exception, app.exception
        return what()

    return until(lambda: what() or again(), look=look)
