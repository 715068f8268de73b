"""What `train` leaves when it is stopped, killed, diverges or meets a full disk; and going on."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from lm_core.checkpoints import load_checkpoint, load_history, read_meta
from lm_core.cli import main
from lm_core.errors import StoreUnavailable
from lm_core.runs import training_run
from lm_core.training import Trainer
from lm_core.training.logs.csv_file import read_csv
from lm_core.training.saving import Saving
from tests.marks import most_slow
from tests.tiny import TEXT, tiny_settings
from tests.waiting import PATIENCE

STEPS = 20


@pytest.fixture
def begin(tmp_path: Path):
    """The arguments of a run that begins."""
    text = tmp_path / "village.txt"
    text.write_text(TEXT * 2)

    def arguments(out: str, *more: object, family: str = "lstm", steps: int = STEPS) -> list[str]:
        small = [f"--set=model.{k}={v}" for k, v in tiny_settings(family).items()]
        args = ["train", "--corpus", text, "--model", family, *small, "--steps", steps]
        args += ["--set=train.batch_size=4", "--threads=1", "--out", tmp_path / out, *more]
        return [str(arg) for arg in args]

    return arguments


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_checkpoint(folder).model.state_dict()


def same(one: Path, other: Path) -> bool:
    mine, theirs = weights(one), weights(other)
    return all(torch.equal(tensor, theirs[name]) for name, tensor in mine.items())


def steps_of(folder: Path) -> list[int]:
    return [row["step"] for row in read_csv((folder / "logs" / "log.csv").read_text())]


def at_step(monkeypatch: pytest.MonkeyPatch, step: int, deed) -> None:
    """Do `deed` within the step of that number."""
    plain = Trainer.take_step

    def one_step(training, *given):
        found = plain(training, *given)
        if training.step + 1 == step:
            deed(training)
        return found

    monkeypatch.setattr(Trainer, "take_step", one_step)


KILLED = """
import os, signal, sys
from lm_core.cli import main
from lm_core.training import Trainer
from lm_core.training.saving import Saving
plain = Trainer.take_step
def one_step(training, *given):
    if training.step == 11:
        os.kill(os.getpid(), signal.SIGKILL)
    return plain(training, *given)
Trainer.take_step = one_step
Saving.due = lambda self: self.training.step % 4 == 0
main(sys.argv[1:])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a thing of POSIX")
@pytest.mark.parametrize("family", most_slow(["lstm", "mixture"], quick=["lstm"]))
def test_a_killed_run_goes_on_from_its_last_checkpoint_as_if_never_stopped(
    begin, tmp_path: Path, family: str
) -> None:
    assert main(begin("straight", family=family)) == 0
    command = [sys.executable, "-c", KILLED, *begin("killed", family=family)]
    done = subprocess.run(command, timeout=PATIENCE, capture_output=True)
    assert done.returncode == -signal.SIGKILL
    killed = tmp_path / "killed"
    assert read_meta(killed)["step"] == 8
    assert [step for step, _ in load_history(killed)["points"]] == list(range(1, 9))
    assert main(["train", "--resume", str(killed), "--threads=1"]) == 0
    assert same(killed, tmp_path / "straight")
    assert load_history(killed)["points"] == load_history(tmp_path / "straight")["points"]
    assert steps_of(killed) == list(range(1, STEPS + 1))
    assert " --out " in read_meta(killed)["command"]
    assert len(read_meta(killed)["resumed"]) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_stop_it_saves_and_answers(
    begin, tmp_path: Path, monkeypatch, capfd, number: int
) -> None:
    before = signal.getsignal(number)
    at_step(monkeypatch, 9, lambda training: os.kill(os.getpid(), number))
    assert main(begin("model", "--json")) == 0
    assert json.loads(capfd.readouterr().out)["steps"] == read_meta(tmp_path / "model")["step"] == 9
    assert signal.getsignal(number) == before


def test_asked_twice_it_ends_where_it_is(begin, tmp_path: Path, monkeypatch, capfd) -> None:
    monkeypatch.setattr(Saving, "due", lambda self: True)

    def twice(training: Trainer) -> None:
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGINT)

    at_step(monkeypatch, 9, twice)
    assert main(begin("model")) == 2
    assert capfd.readouterr().err.endswith("Interrupted.\n")
    assert read_meta(tmp_path / "model")["step"] == 8


def test_a_run_that_diverges_leaves_the_last_sound_weights(
    begin, tmp_path: Path, monkeypatch, capfd
) -> None:
    monkeypatch.setattr(Saving, "due", lambda self: self.training.step % 3 == 0)

    def blow_up(training: Trainer) -> None:
        with torch.no_grad():
            training.model.head.weight.fill_(float("nan"))

    with monkeypatch.context() as patch:
        at_step(patch, 12, blow_up)
        assert main(begin("model")) == 2
    said = capfd.readouterr().err.splitlines()[-1]
    folder = tmp_path / "model"
    assert "at step 12 (it diverged): try a learning rate ten times lower" in said
    assert f"The weights of step 9 are in {folder}: --resume {folder} goes on from there" in said
    assert read_meta(folder)["step"] == 9
    assert steps_of(folder)[-1] == 12
    on = ["train", "--resume", str(folder), "--set=train.lr=1e-4", "--threads=1"]
    assert main(on) == 0
    assert steps_of(folder) == list(range(1, STEPS + 1))
    assert read_meta(folder)["spec"]["train"]["lr"] == 1e-4


def test_a_full_disk_leaves_the_last_checkpoint(begin, tmp_path: Path, monkeypatch, capfd) -> None:
    monkeypatch.setattr(Saving, "due", lambda self: True)
    plain, saves = training_run.save_checkpoint, []

    def full(*given, **how):
        saves.append(given)
        if len(saves) == 5:
            raise StoreUnavailable("The disk is full: free some space.")
        return plain(*given, **how)

    monkeypatch.setattr(training_run, "save_checkpoint", full)
    assert main(begin("model")) == 2
    said = capfd.readouterr().err.splitlines()[-1]
    assert said.startswith("The disk is full: free some space. The weights of step 4 are in ")
    assert read_meta(tmp_path / "model")["step"] == 4


def test_mixing_trained_models_refuses_what_it_does_not_do(tmp_path: Path, capfd) -> None:
    parts = [f"--set=model.{name}={tmp_path}" for name in ("first", "second")]
    for option in ("--seed=3", "--steps=5", "--device=cpu", "--items", "--validation=x.txt"):
        assert main(["train", "--model", "mixture", *parts, option]) == 2
        assert f"leave out {option.partition('=')[0]}" in capfd.readouterr().err
