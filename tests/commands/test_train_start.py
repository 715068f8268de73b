"""`train --start`: a trained model goes on over a file, which is read for what it learned."""

import json
import shutil
from pathlib import Path

import pytest

from lm_core.checkpoints import read_meta
from lm_core.cli import main
from lm_core.runs.starting import folder_of
from tests.tiny import NAMES


@pytest.fixture
def towns(tmp_path: Path) -> Path:
    path = tmp_path / "towns.txt"
    path.write_text("\n".join(f"{name}ton" for name in NAMES), encoding="utf-8")
    return path


def args_of(towns: Path, *more: str) -> list[str]:
    start = ["train", "--start", "names-transformer", "--corpus", str(towns), "--items"]
    return [*start, "--out", str(towns.parent / "tuned"), *more]


def test_a_file_is_read_for_the_starting_model(towns: Path, capfd: pytest.CaptureFixture) -> None:
    lora = ["--set", "start.method=lora", "--set", "start.rank=2", "--steps", "2", "--json"]
    assert main(args_of(towns, *lora)) == 0
    answer = json.loads(capfd.readouterr().out)
    assert answer["gain_nats"] == pytest.approx(0.0, abs=0.5)
    assert isinstance(answer["forgetting_nats"], float)
    spec = read_meta(towns.parent / "tuned")["spec"]
    assert (spec["model"]["name"], spec["task"]["name"]) == ("transformer", "next-token")
    assert spec["start"]["folder"] == "names-transformer"


def test_a_model_whose_text_is_not_here_has_forgotten_nothing_that_is_known(
    towns: Path, capfd: pytest.CaptureFixture
) -> None:
    """As somebody else's: the gain is a number, forgetting is null, and why is said."""
    theirs = towns.parent / "theirs"
    shutil.copytree(folder_of("names-transformer"), theirs)
    card = json.loads((theirs / "meta.json").read_text())
    card["spec"] = {"codec": {"name": "char"}}  # and no word of a text
    (theirs / "meta.json").write_text(json.dumps(card))
    args = args_of(towns, "--set", "start.method=lora", "--set", "start.rank=2", "--steps", "2")
    assert main([*args, "--start", str(theirs), "--json"]) == 0
    out, err = capfd.readouterr()
    answer = json.loads(out, parse_constant=pytest.fail)
    assert isinstance(answer["gain_nats"], float)
    assert answer["forgetting_nats"] is None
    assert "does not say which text it learned from" in err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--model", "lstm"], "has the model transformer: leave out --model"),
        (["--tokenizer", "bpe"], "has the tokenizer char: leave out --tokenizer"),
        (["--task", "fill-gap"], "has the task next-token: leave out --task"),
        (["--start", "nowhere"], "The model to start from, nowhere, is not here any more"),
        (["--set", "start.rank=500", "--set", "start.method=lora"], "is larger than the matrix"),
    ],
)
def test_what_the_starting_model_is_not_is_refused_in_a_sentence(
    towns: Path, more: list[str], said: str, capfd: pytest.CaptureFixture
) -> None:
    assert main(args_of(towns, "--steps", "2", *more)) == 2
    assert said in capfd.readouterr().err.splitlines()[-1]
    assert not (towns.parent / "tuned").exists()
