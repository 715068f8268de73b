"""`race`: several families under one budget, each measured at its end; nothing is run twice."""

import json
from pathlib import Path

import pytest

from lm_core.checkpoints import load_checkpoint
from lm_core.cli import main
from lm_core.runs.race_file import read_race
from tests.tiny import NAMES

KEYS = ["model", "seed", "validation_nats", "test_nats", "perplexity", "bits_per_character"]
KEYS += ["parameters", "seconds", "tokens_per_second"]


@pytest.fixture
def lm(capfd: pytest.CaptureFixture):
    def run(*args: object) -> tuple[int, str, str]:
        capfd.readouterr()
        try:
            status = main(["race", *map(str, args)])
        except SystemExit as end:
            status = end.code
        return status, *capfd.readouterr()

    return run


@pytest.fixture
def names(tmp_path: Path) -> Path:
    path = tmp_path / "names.txt"
    path.write_text("\n".join(NAMES))
    return path


def test_all_are_trained_measured_and_kept_and_what_is_there_is_not_run_again(
    lm, names, tmp_path
) -> None:
    args = ["--corpus", names, "--items", "--models", "bigram,neural-bigram", "--steps", 2]
    args += ["--seeds", 2, "--threads", 1, "--out", tmp_path / "r"]
    status, out, err = lm(*args, "--json")
    assert status == 0, err
    answer = json.loads(out)
    found = answer["results"]
    assert [(one["model"], one["seed"]) for one in found] == [
        ("bigram", 0),
        ("neural-bigram", 0),
        ("neural-bigram", 1),
    ]
    assert all(set(KEYS) <= set(one) for one in found)
    assert [one["steps"] for one in found[1:]] == [2, 2]
    for name in ("bigram", "neural-bigram-0", "neural-bigram-1"):
        load_checkpoint(tmp_path / "r" / name)
    race = read_race(tmp_path / "r" / "race.json")
    assert [one.figures["test_nats"] for one in race.results] == [one["test_nats"] for one in found]
    assert all(one.curve for one in race.results)

    status, out, err = lm(*args)
    assert (status, err) == (0, "")  # nobody says that it learns
    assert "From the lowest validation loss up:" in out
    status, _, err = lm(*args, "--seeds", 1)
    assert status == 2
    assert "holds another race" in err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--models", "", "--steps", 1], "Nobody races"),
        (["--models", "lstn", "--steps", 1], "lstm"),
        (["--models", "encoder", "--steps", 1], "does not guess the next token"),
        (["--models", "lstm"], "one budget"),
        (["--models", "lstm", "--steps", 1, "--seconds", 1], "one budget"),
        (["--models", "lstm", "--steps", 0], "steps"),
        (["--models", "lstm", "--steps", 1, "--seeds", 9], "seeds"),
    ],
)
def test_what_cannot_be_raced_is_one_line(lm, names, tmp_path, args: list, said: str) -> None:
    status, out, err = lm("--corpus", names, "--items", "--out", tmp_path / "r", *args)
    assert (status, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1
    assert not (tmp_path / "r").exists()


def test_a_text_that_is_too_small_for_a_split_is_said(lm, tmp_path) -> None:
    (tmp_path / "t.txt").write_text("a")
    args = ["--corpus", tmp_path / "t.txt", "--models", "bigram", "--steps", 1]
    status, _, err = lm(*args, "--out", tmp_path / "r")
    assert status == 2
    assert err.count("\n") == 1
