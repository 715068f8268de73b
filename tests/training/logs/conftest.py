from collections.abc import Sequence
from pathlib import Path

import pytest

from lm_core.training.events import Event
from lm_core.training.logs import Logs
from tests.training.logs.shown import EVENTS, SPEC


@pytest.fixture
def logged(tmp_path: Path):
    """Writes events into logs of the names; returns the folder."""

    def write(*names: str, events: Sequence[Event] = EVENTS, after: int = 0) -> Path:
        with Logs(names, tmp_path / "logs", spec=SPEC, name="a run", after=after) as log:
            for event in events:
                log(event)
        return tmp_path / "logs"

    return write
