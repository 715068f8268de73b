"""`doctor` on the command line."""

import json
from pathlib import Path

import pytest

from lm_core.cli import main
from tests.tiny import NAMES

KEYS = ["initial_nats", "uniform_nats", "overfit_nats", "suggested_lr", "grid", "verdicts"]


@pytest.fixture
def names(tmp_path: Path) -> str:
    path = tmp_path / "names.txt"
    path.write_text("\n".join(NAMES * 8) + "\n")
    return str(path)


def test_the_five_steps_and_their_verdicts(names: str, capsys: pytest.CaptureFixture) -> None:
    command = ["doctor", "--corpus", names, "--items", "--model", "mlp", "--seconds", "4"]
    assert main([*command, "--set", "model.n_hidden=16", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert list(answer) == KEYS
    assert answer["initial_nats"] == pytest.approx(answer["uniform_nats"], abs=0.01)
    assert answer["overfit_nats"] < answer["initial_nats"]
    assert 1e-5 < answer["suggested_lr"] < 10
    assert set(answer["grid"][0]) == {"lr", "weight_decay", "validation_nats"}
    assert {v["severity"] for v in answer["verdicts"]} <= {"ok", "note", "alarm"}


def test_some_steps_only(names: str, capsys: pytest.CaptureFixture) -> None:
    command = ["doctor", "--corpus", names, "--items", "--model", "bigram", "--steps", "init"]
    assert main([*command, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["grid"] == []
    assert answer["overfit_nats"] is None
    assert len(answer["verdicts"]) == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--model", "mlp"], "doctor needs --corpus and --model"),
        (["--corpus", "names", "--model", "mlp", "--steps", "colour"], "Unknown step"),
        (["--corpus", "names", "--model", "mlp", "--steps", ""], "at least one step"),
        (["--corpus", "names", "--model", "mlp", "--seconds", "0"], "seconds must be"),
        (["--corpus", "names", "--model", "mlpp"], "mlp"),
        (["--case", "rate_to_high"], "rate"),
    ],
)
def test_bad_input_is_one_line_and_status_2(
    words: list[str], says: str, capsys: pytest.CaptureFixture
) -> None:
    assert main(["doctor", *words]) == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert says in said[-1]
    assert "Traceback" not in "".join(said)
