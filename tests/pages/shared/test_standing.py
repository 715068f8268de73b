"""Where a run stands: what is seen, and nothing that is not."""

import time
from pathlib import Path

import pytest

from lm_core.charts.words import how_long
from lm_core.runs.store import RunStore
from lm_core.training.events import Evaluated, Found, Step
from pages._ui.shared.standing import standing

STEP = Step(1, 10, 0.1, 3.0)


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that is moved on by the test."""
    now = [1e9]
    monkeypatch.setattr(time, "time", lambda: now[0])
    return now


def test_a_run_without_a_step_says_for_how_long(store: RunStore, clock: list[float]) -> None:
    run = store.create("ada", "", {})
    clock[0] += 500  # it waits for a worker
    store.hand_over(run)

    def said() -> str:
        return standing(store.get(run), "It trains.", "step")

    assert said() == "Reading the text and building the model …"
    clock[0] += 34
    assert said() == "Reading the text and building the model, for 34 s now."
    store.update(run, status="running")
    assert said() == "No step for 34 s. Stop ends it in any case."
    store.record(run, [STEP])
    clock[0] += 10
    assert said() == "It trains."
    clock[0] += 1
    assert said() == "No step for 11 s. Stop ends it in any case."
    store.record(run, [Evaluated(1, 10, "validation", 3.0, 10, True)])  # is no step
    clock[0] += 600
    assert said() == "No step for 10 min. Stop ends it in any case."
    store.record(run, [STEP])
    assert said() == "It trains."


def test_a_clock_that_was_set_back_is_no_silence(store: RunStore, clock: list[float]) -> None:
    run = store.create("ada", "", {})
    store.hand_over(run)
    store.update(run, status="running")
    store.record(run, [STEP])
    clock[0] -= 3600
    assert standing(store.get(run), "It trains.", "step") == "It trains."
    clock[0] += 7200  # and ahead: until the next step, which comes at once
    assert standing(store.get(run), "It trains.", "step").startswith("No step for 60 min")
    store.record(run, [STEP])
    assert standing(store.get(run), "It trains.", "step") == "It trains."


def test_an_examination_goes_on_while_one_of_its_parts_does(
    store: RunStore, clock: list[float]
) -> None:
    job = store.create("ada", "", {}, kind="doctor")
    store.hand_over(job)
    store.update(job, status="running")
    for show in (
        lambda: store.record(job, [Found(1, "init", {})]),
        lambda: store.record(store.create("ada", "", {}, parent=job), [STEP]),
    ):
        clock[0] += 34
        assert standing(store.get(job), "Examining …", "finding").startswith("No finding for 34 s")
        show()
        assert standing(store.get(job), "Examining …", "finding") == "Examining …"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.2, "0 s"),
        (34.4, "34 s"),
        (119, "119 s"),
        (150, "2 min"),
        (7199, "119 min"),
        (7300, "2 h"),
    ],
)
def test_how_long(seconds: float, said: str) -> None:
    assert how_long(seconds) == said
