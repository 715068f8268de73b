"""Which cases of a test run each time, and which, or how many, only with `make test-slow`."""

from collections.abc import Collection, Container
from typing import Any

import pytest
from hypothesis import settings


def most_slow(cases: Collection[Any], *, quick: Container[Any]) -> list[Any]:
    """All of the cases as parameters of a test. Only the `quick` ones run each time, the others
    under the slow mark: for what costs seconds a case and seldom differs between them."""
    marks = [() if case in quick else pytest.mark.slow for case in cases]
    several = [case if isinstance(case, tuple) else (case,) for case in cases]
    return [pytest.param(*case, marks=mark) for case, mark in zip(several, marks, strict=True)]


def fewer_examples() -> settings:
    """A third of the examples, for a property whose examples take a tenth of a second each."""
    return settings(max_examples=settings().max_examples // 3)
