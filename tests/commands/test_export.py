"""`export` on the command line."""

import json
from pathlib import Path

import pytest
import torch

from lm_core.checkpoints import save_checkpoint
from lm_core.cli import main
from tests.tiny import alphabet, lively_model


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return save_checkpoint(tmp_path / "model", lively_model("mlp", 27), alphabet(27), {})


def test_the_answer_says_what_was_written(folder: Path, tmp_path: Path, capsys) -> None:
    out = tmp_path / "deep" / "model.pt"
    assert (
        main(["export", str(folder), "--format", "torchscript", "--out", str(out), "--json"]) == 0
    )
    answer = json.loads(capsys.readouterr().out)
    assert set(answer) == {"out", "format", "parameters", "max_difference", "bytes"}
    assert answer["out"] == str(out)
    assert answer["bytes"] == out.stat().st_size
    assert 0 <= answer["max_difference"] <= 1e-4
    assert torch.jit.load(out)(torch.zeros(1, 3, dtype=torch.int64)).shape == (1, 3, 27)


def test_people_read_how_close_it_is(folder: Path, tmp_path: Path, capsys) -> None:
    out = str(tmp_path / "model.pt")
    assert main(["export", str(folder), "--format", "torchscript", "--out", out]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0].startswith(f"{out}  ")
    assert shown[1].startswith("Read back: no logit differs from the model's by more than ")


@pytest.mark.parametrize(
    ("format", "says"), [("onx", "did you mean 'onnx'?"), ("script", "name it x.py.")]
)
def test_bad_input_is_one_line(format, says, folder: Path, tmp_path: Path, capsys) -> None:
    out = str(tmp_path / "x.bin")
    assert main(["export", str(folder), "--format", format, "--out", out]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith(says)
