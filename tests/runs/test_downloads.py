"""A stored run as files: the same as the command line writes, readable by others."""

import io
import math
import zipfile
from pathlib import Path

import numpy as np
import pytest

from lm_core.runs import downloads
from lm_core.runs.store import Run, RunStore
from lm_core.training.events import (
    Checkpointed,
    Diagnosed,
    Evaluated,
    Event,
    Sampled,
    Step,
)
from lm_core.training.logs.csv_file import read_csv
from lm_core.training.logs.json_lines import read_lines
from tests.training.logs.shown import SPEC

SHOWN: list[Event] = [
    Step(1, 64, 0.5, math.log(27), 0.003, 0.25, 128.0),
    Evaluated(1, 64, "validation", 3.25, 1000, False),
    Sampled(1, "Said."),
    Step(2, 128, 1.0, math.inf, 0.003, math.inf, 128.0),
    Evaluated(2, 128, "validation", math.inf, 1000, True),
    Diagnosed(2, "infinite", "alarm", "The loss is infinite.", "Smooth."),
    Checkpointed(2, "a/place/on/this/machine"),
    Step(3, 192, 1.5, math.nan, 0.0, math.nan, 128.0),
]


@pytest.fixture
def stored(tmp_path: Path) -> tuple[RunStore, Run]:
    store = RunStore(tmp_path)
    run = store.create("owner", "My run", SPEC)
    store.record(run, SHOWN)
    other = store.create("owner", "Another", SPEC)
    store.record(other, [Step(9, 1, 1.0, 1.0)])
    store.update(run, status="stopped", message="Enough.")
    return store, store.get(run, "owner")


def test_events_come_back_in_order_without_places(stored) -> None:
    found = downloads.stored_events(*stored)
    assert repr(found) == repr([e for e in SHOWN if not isinstance(e, Checkpointed)])


def test_the_curve(stored) -> None:
    rows = read_csv(downloads.csv_file(*stored).decode())
    assert [row["step"] for row in rows] == [1, 2, 3]
    assert rows[0]["nats"] == math.log(27)
    assert [row["validation_nats"] for row in rows] == [3.25, math.inf, None]
    assert math.isnan(rows[2]["nats"])


def test_everything_with_the_settings(stored) -> None:
    text = downloads.json_lines(*stored).decode()
    (head,), found = read_lines(text)
    assert repr(found) == repr(downloads.stored_events(*stored))
    assert head["spec"] == SPEC
    assert (head["name"], head["status"], head["message"]) == ("My run", "stopped", "Enough.")
    assert "on/this/machine" not in text


def test_tensorboard_reads_what_is_in_the_zip(stored, tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    store, run = stored
    with zipfile.ZipFile(io.BytesIO(downloads.tensorboard_zip(store, run))) as archive:
        (name,) = archive.namelist()
        archive.extractall(tmp_path / "unpacked")
    assert name == f"{run.id}/events.out.tfevents.{int(run.created)}.lab"
    reader = EventAccumulator(str(tmp_path / "unpacked" / run.id))
    reader.Reload()
    points = reader.Scalars("train/nats")
    steps = [event for event in SHOWN if isinstance(event, Step)]
    assert [point.step for point in points] == [1, 2, 3]
    values = np.array([point.value for point in points])
    np.testing.assert_array_equal(values, np.float32([event.loss for event in steps]))
    # Their times are those of the training and not of the download.
    expected = [run.created + event.seconds for event in steps]
    assert [point.wall_time for point in points] == pytest.approx(expected, abs=1e-3)
    assert [p.value for p in reader.Scalars("validation/nats")] == [3.25, math.inf]


def test_a_run_that_has_shown_nothing_yet(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    run = store.get(store.create("owner", "New", SPEC))
    assert read_csv(downloads.csv_file(store, run).decode()) == []
    heads, found = read_lines(downloads.json_lines(store, run).decode())
    assert (len(heads), found) == (1, [])
    assert zipfile.is_zipfile(io.BytesIO(downloads.tensorboard_zip(store, run)))
