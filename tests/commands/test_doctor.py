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
    lists = ["--lrs", "0.01, 0.02", "--decays", "0,0.1"]
    assert main([*command, "--set", "model.n_hidden=16", *lists, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert list(answer) == KEYS
    assert answer["initial_nats"] == pytest.approx(answer["uniform_nats"], abs=0.01)
    assert answer["overfit_nats"] < answer["initial_nats"]
    assert 1e-5 < answer["suggested_lr"] < 10
    assert set(answer["grid"][0]) == {"lr", "weight_decay", "validation_nats"}
    assert [(cell["lr"], cell["weight_decay"]) for cell in answer["grid"]] == [
        (lr, decay) for lr in (0.01, 0.02) for decay in (0, 0.1)
    ]
    assert {v["severity"] for v in answer["verdicts"]} <= {"ok", "note", "alarm"}


@pytest.mark.slow
def test_the_recipe_of_002_on_drawn_faces(capsys: pytest.CaptureFixture) -> None:
    """Its own numbers: 1,000 samples, five at a time; three rates; three rates times decays."""
    command = "doctor --corpus faces --model residual --set task.few=1000 --set train.batch_size=5"
    command += " --set train.optimizer=sgd-momentum --set train.schedule=constant"
    command += " --set train.lr=0.001 --steps init,overfit,lr,grid --seconds 40"
    lists = ["--rates", "0.001, 0.0005, 0.0001", "--lrs", "0.0005, 0.0008, 0.001"]
    lists += ["--decays", "1e-4, 1e-5, 0", "--json"]
    assert main([*command.split(), *lists]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [(cell["lr"], cell["weight_decay"]) for cell in answer["grid"]] == [
        (lr, decay) for lr in (0.0005, 0.0008, 0.001) for decay in (0, 1e-5, 1e-4)
    ]
    assert answer["suggested_lr"] in (0.001, 0.0005, 0.0001)
    always = answer["uniform_nats"]  # years, of who always says the mean
    assert all(cell["validation_nats"] < always for cell in answer["grid"])


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
        (["--corpus", "names", "--model", "mlp", "--rates", "fast"], "Write numbers"),
        (["--corpus", "names", "--model", "mlp", "--rates", "0"], "rates must be from"),
        (["--corpus", "names", "--model", "mlp", "--decays", "-1"], "weight_decay"),
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
