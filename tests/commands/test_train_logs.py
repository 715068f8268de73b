"""`train` keeps its logs beside the checkpoint, from the first step to the last score."""

import json
import math
from pathlib import Path

import pytest

from lm_core.checkpoints import load_checkpoint, read_meta
from lm_core.cli import main
from lm_core.training.events import Evaluated, Finished, Step
from lm_core.training.logs.csv_file import read_csv
from lm_core.training.logs.json_lines import read_lines
from tests.tiny import TEXT, tiny_settings


@pytest.fixture
def train(tmp_path: Path, capfd: pytest.CaptureFixture):
    text = tmp_path / "village.txt"
    text.write_text(TEXT * 2)

    def run(*args: object, family: str = "mlp", out: str = "model", new: bool = True) -> dict:
        capfd.readouterr()
        argv: list[object] = ["train", "--threads", 1, "--out", tmp_path / out, "--json", *args]
        if new:
            argv += ["--corpus", text, "--model", family]
            argv += [f"--set=model.{k}={v}" for k, v in tiny_settings(family).items()]
        assert main([str(arg) for arg in argv]) == 0, capfd.readouterr().err
        return json.loads(capfd.readouterr().out)

    return run


def curve(folder: Path) -> list[dict]:
    return read_csv((folder / "logs" / "log.csv").read_text())


def test_csv_and_json_are_always_there(train, tmp_path: Path) -> None:
    answer = train("--steps", 7)
    rows = curve(tmp_path / "model")
    assert [row["step"] for row in rows] == [1, 2, 3, 4, 5, 6, 7]
    assert rows[-1]["validation_nats"] == answer["validation_nats"]  # of the whole split
    assert rows[-1]["train_nats"] == answer["train_nats"]
    (head,), events = read_lines((tmp_path / "model" / "logs" / "log.jsonl").read_text())
    assert head["spec"] == read_meta(tmp_path / "model")["spec"]
    assert sum(isinstance(event, Step) for event in events) == 7
    assert any(isinstance(event, Finished) for event in events)
    last = events[-1]
    assert isinstance(last, Evaluated)
    assert last.whole
    assert last.loss == answer["validation_nats"]
    load_checkpoint(tmp_path / "model")


def test_tensorboard_when_asked_for(train, tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    train("--steps", 3, "--log", "tensorboard", "--log=csv")
    reader = EventAccumulator(str(tmp_path / "model" / "logs" / "tensorboard"))
    reader.Reload()
    assert [point.step for point in reader.Scalars("train/nats")] == [1, 2, 3]


def test_a_resumed_run_goes_on_with_its_logs(train, tmp_path: Path) -> None:
    train("--steps", 4)
    train("--resume", tmp_path / "model", "--steps", 6, new=False)
    assert [row["step"] for row in curve(tmp_path / "model")] == [1, 2, 3, 4, 5, 6]
    train("--resume", tmp_path / "model", "--steps", 8, out="more", new=False)
    assert [row["step"] for row in curve(tmp_path / "more")] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [row["step"] for row in curve(tmp_path / "model")] == [1, 2, 3, 4, 5, 6]
    heads, _ = read_lines((tmp_path / "more" / "logs" / "log.jsonl").read_text())
    assert [head["after"] for head in heads] == [0, 4, 6]


def test_a_new_run_in_the_same_folder_begins_its_logs_anew(train, tmp_path: Path) -> None:
    train("--steps", 4)
    train("--steps", 2)
    assert [row["step"] for row in curve(tmp_path / "model")] == [1, 2]


def test_an_infinite_loss_is_kept_in_files_that_every_reader_takes(train, tmp_path: Path) -> None:
    def refused(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    held = tmp_path / "held.txt"
    held.write_text("The hens sharpened an old door.")
    likely = "--set=model.smoothing=ml"
    train("--validation", held, likely, family="ngram")
    folder = tmp_path / "model"
    assert curve(folder)[-1]["validation_nats"] == math.inf
    for name in ("meta.json", "history.json"):
        json.loads((folder / name).read_text(), parse_constant=refused)
    for line in (folder / "logs" / "log.jsonl").read_text().splitlines():
        json.loads(line, parse_constant=refused)
    assert read_meta(folder)["metrics"]["validation"]["nats_per_token"] == math.inf
    load_checkpoint(folder)


def test_a_log_that_is_unknown_is_refused(capfd: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit) as end:
        main(["train", "--corpus", "names", "--model", "bigram", "--log", "paper"])
    assert end.value.code == 2
    assert "paper" in capfd.readouterr().err


def test_mixing_trained_models_has_no_log(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    parts = [f"--set=model.{name}={tmp_path}" for name in ("first", "second")]
    assert main(["train", "--model", "mixture", *parts, "--log", "csv"]) == 2
    assert "leave out --log" in capfd.readouterr().err
