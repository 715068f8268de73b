"""Event files, read back by TensorBoard's own reader."""

import sys
from pathlib import Path

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from lm_core.errors import Unsupported
from lm_core.training.events import Sampled, Step
from lm_core.training.logs import Logs
from lm_core.training.logs.log import figures
from tests.training.logs.shown import EVENTS


def read(folder: Path) -> EventAccumulator:
    everything = {"scalars": 0, "tensors": 0}
    reader = EventAccumulator(str(folder / "tensorboard"), size_guidance=everything)
    reader.Reload()
    return reader


def test_every_figure_is_there_as_tensorboard_keeps_it(logged) -> None:
    reader = read(logged("tensorboard"))
    expected: dict[str, list[tuple[int, float]]] = {}
    for event in EVENTS:
        for tag, value in figures(event).items():
            expected.setdefault(tag, []).append((event.step, value))
    assert set(reader.Tags()["scalars"]) == set(expected)
    assert set(expected) >= {"train/nats", "train/lr", "validation/nats", "train/scored_nats"}
    for tag, points in expected.items():
        found = reader.Scalars(tag)
        assert [point.step for point in found] == [step for step, _ in points]
        values = np.array([point.value for point in found])
        # NaN and infinity too; float32 is what the format has.
        np.testing.assert_array_equal(values, np.float32([value for _, value in points]))


def test_texts_are_there(logged) -> None:
    reader = read(logged("tensorboard"))
    said = {}
    for tag in ("sample", "diagnosis", "settings"):
        name = f"{tag}/text_summary"
        assert reader.SummaryMetadata(name).plugin_data.plugin_name == "text"
        (found,) = reader.Tensors(name)
        said[tag] = found.tensor_proto.string_val[0].decode()
    assert said["sample"] == 'Said "NaN",\nand went.'
    assert said["diagnosis"] == "**alarm, infinite**: The loss is infinite. Smooth."
    assert '"lr": 0.003' in said["settings"]


def test_a_resumed_run_draws_over_what_it_does_again(logged) -> None:
    logged("tensorboard")
    again = [Step(3, 192, 0.4, 1.25), Step(4, 256, 0.5, 1.125)]
    reader = read(logged("tensorboard", events=again, after=2))
    points = [(point.step, point.value) for point in reader.Scalars("train/nats")]
    assert points[0][0] == 1
    assert points[2:] == [(3, 1.25), (4, 1.125)]


def test_half_a_character_is_no_reason_to_stop(logged) -> None:
    reader = read(logged("tensorboard", events=[Sampled(1, "half \ud800", ())]))
    (found,) = reader.Tensors("sample/text_summary")
    assert found.tensor_proto.string_val[0] == b"half ?"


def test_a_new_run_in_the_same_folder_is_alone(logged) -> None:
    logged("tensorboard")
    folder = logged("tensorboard", events=[Step(1, 64, 0.1, 1.5)])
    assert len(list((folder / "tensorboard").iterdir())) == 1
    assert [point.value for point in read(folder).Scalars("train/nats")] == [1.5]


def test_without_the_package_one_sentence_says_so(tmp_path, monkeypatch) -> None:
    for name in [name for name in sys.modules if name.startswith("torch.utils.tensorboard")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    with pytest.raises(Unsupported, match="pip install tensorboard"):
        Logs(["csv", "tensorboard"], tmp_path / "logs", spec={}, name="x")
    assert not (tmp_path / "logs").exists()
