"""The life of the server: what is done when it has its port, and when it is asked to end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.concurrency import run_in_threadpool

from pages._ui.shared import metrics, session
from pages._ui.shared.class_address import announced


@asynccontextmanager
async def served(app: Any) -> AsyncIterator[None]:
    """Around all of it. Asked to end, it waits until runs that go on are saved: a container, or
    systemd, ends the workers with it."""
    metrics.provide()
    async with announced(app):
        yield
    await run_in_threadpool(session.close)
