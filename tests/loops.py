"""What is awaited in tests."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def awaited(what: Coroutine[Any, Any, T]) -> T:
    """What it gives. In a thread of its own: this one may have an event loop that goes on, where a
    test with a browser ran before."""
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(asyncio.run, what).result()
