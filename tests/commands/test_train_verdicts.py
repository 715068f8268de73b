"""`train` hears the verdicts over its run, says them, and gives them with `--json`."""

import json
from pathlib import Path

import pytest

from lm_core.cli import main


def train(tmp_path: Path, capfd: pytest.CaptureFixture, *args: object) -> tuple[dict, str]:
    """The answer, and what was said on the way."""
    capfd.readouterr()
    argv = ["train", "--corpus", "names", "--threads", 1, "--out", tmp_path / "model", "--json"]
    assert main([str(arg) for arg in (*argv, *args)]) == 0
    out, said = capfd.readouterr()
    return json.loads(out), said


def test_a_run_that_diverged_and_recovered_is_told(tmp_path: Path, capfd) -> None:
    small = (f"--set=model.{name}" for name in ("n_layer=2", "n_embd=32", "n_head=2"))
    sick = ("--model", "transformer", "--steps", 40, "--set", "train.lr=10")
    answer, said = train(tmp_path, capfd, *sick, *small, "--set", "train.grad_clip=0")
    verdict = answer["verdicts"][0]
    assert (verdict["code"], verdict["severity"]) == ("rate_too_high", "alarm")
    assert (verdict["control"], verdict["cure"] != "") == ("train.lr", True)
    assert said.count(verdict["text"]) == 2  # when it became true, and at the end
    assert "healthy" not in said


def test_a_run_that_went_well_ends_as_healthy(tmp_path: Path, capfd) -> None:
    answer, said = train(tmp_path, capfd, "--model", "mlp", "--steps", 30)
    assert [(v["code"], v["severity"]) for v in answer["verdicts"]] == [("healthy", "ok")]
    assert said.count(answer["verdicts"][0]["text"]) == 1


def test_what_counts_is_judged_by_its_text(tmp_path: Path, capfd) -> None:
    answer, _ = train(tmp_path, capfd, "--model", "bigram")
    assert answer["verdicts"] == []


def test_it_is_looked_into_as_a_run_of_the_page_is(tmp_path: Path, capfd) -> None:
    naive = ("--model", "mlp", "--steps", 3, "--set", "model.init=calm-head")
    answer, _ = train(tmp_path, capfd, *naive)
    assert "saturated" in [verdict["code"] for verdict in answer["verdicts"]]
