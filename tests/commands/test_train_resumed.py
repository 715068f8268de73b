"""What `train --resume` may be given anew, and what it keeps."""

import argparse
import dataclasses
import json
import math
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lm_core.checkpoints import read_meta
from lm_core.cli import _parser, main
from lm_core.runs.spec import RunSpec
from lm_core.settings import plain_type
from lm_core.training import TrainSettings
from tests.tiny import TEXT, tiny_settings

GROUPS = {
    group.title: group
    for group in _parser([])._subparsers._group_actions[0].choices["train"]._action_groups
}
BEGUN, ANEW = GROUPS["what is trained"]._group_actions, GROUPS["how and how long"]._group_actions


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("texts") / "village.txt"
    path.write_text(TEXT * 2)
    return path


@pytest.fixture(scope="module")
def begun(text: Path) -> Path:
    folder = text.with_name("begun")
    small = [f"--set=model.{k}={v}" for k, v in tiny_settings("transformer").items()]
    args = ["--corpus", text, "--model", "transformer", *small, "--set=train.batch_size=4"]
    args += ["--steps=3", "--seed=3", "--threads=1", "--out", folder]
    assert main(["train", *map(str, args)]) == 0
    return folder


@pytest.fixture
def resume(begun: Path, tmp_path: Path, capfd: pytest.CaptureFixture):
    """Go on from `begun` to a fifth step in another folder; exit status and last line."""

    def run(*args: object, steps: bool = True) -> tuple[int, str]:
        capfd.readouterr()
        more = ["--steps=5"] if steps else []
        given = ["train", "--resume", begun, "--threads=1", "--out", tmp_path / "on", *more, *args]
        status = main([str(arg) for arg in given])
        return status, capfd.readouterr().err.splitlines()[-1]

    run.out = tmp_path / "on"
    return run


def written(action: argparse.Action, value: Any) -> list[str]:
    """The option as it is typed."""
    option = action.option_strings[0]
    return [option] if action.nargs == 0 else [f"{option}={value}"]


def test_every_option_says_whether_a_resumed_run_may_be_given_it() -> None:
    said = {action.dest for action in (*BEGUN, *ANEW)}
    every = {a.dest for a in _parser([])._subparsers._group_actions[0].choices["train"]._actions}
    assert every - said == {"help", "json"}  # which say nothing of a run


@pytest.mark.parametrize("action", BEGUN, ids=lambda action: action.dest)
def test_what_was_begun_cannot_be_given_another_value(action: argparse.Action, resume) -> None:
    for value in action.choices or ("0", "7"):
        status, said = resume(*written(action, value))
        if (action.dest, value) == ("tokenizer", "char"):  # what it is
            assert status == 0
        else:
            assert status == 2
            assert said.startswith("--resume goes on with what was begun")
            assert said.endswith(f": leave out --{action.dest}.")


def test_what_it_was_may_be_said_again(text: Path, resume) -> None:
    """As by who adds --resume to the command that began it."""
    small = [f"--set=model.{k}={v}" for k, v in tiny_settings("transformer").items()]
    again = ["--corpus", text, "--model", "transformer", "--tokenizer", "char", "--seed=3", *small]
    assert resume(*again)[0] == 0
    assert RunSpec.from_dict(read_meta(resume.out)["spec"], trusted=True).seed == 3


ALWAYS_GIVEN = {"resume", "out"}  # by the fixture
GIVEN = {"set": "train.lr=1e-4", "steps": 5, "tokens": 400, "seconds": 0.5}
GIVEN |= {"threads": 1, "device": "cpu", "log": "json"}


@pytest.mark.parametrize("action", ANEW, ids=lambda action: action.dest)
def test_how_it_goes_on_may_be_given_anew(action: argparse.Action, resume) -> None:
    if action.dest in ALWAYS_GIVEN:
        return
    steps = action.dest not in ("steps", "tokens", "seconds")
    status, said = resume(*written(action, GIVEN.get(action.dest)), steps=steps)
    if action.dest == "shard":  # asks for several processes, and is heard
        assert said.startswith("--shard spreads a model")
    else:
        assert status == 0


def others(field: dataclasses.Field, was: Any) -> Iterator[Any]:
    """Values of a setting of the training that it did not have."""
    kind, said = plain_type(field)[0], field.metadata
    if said["choices"]:
        slow = field.name == "compile"  # "on" takes long and changes no number
        yield from (c for c in said["choices"] if c != was and not (slow and c == "on"))
    elif kind is bool:
        yield not was
    else:
        yield kind(max(said["low"], 3 if kind is int else 0.01))


@pytest.mark.parametrize("field", dataclasses.fields(TrainSettings), ids=lambda field: field.name)
def test_every_setting_of_the_training_is_heard_or_refused(
    field: dataclasses.Field, begun: Path, resume
) -> None:
    was = getattr(RunSpec.from_dict(read_meta(begun)["spec"], trusted=True).train, field.name)
    for value in others(field, was):
        status, said = resume(f"--set=train.{field.name}={value}")
        if field.name in TrainSettings.kept():
            assert status == 2
            assert said.endswith(f" ({was}): leave out --set train.{field.name}.")
        elif status == 2:
            assert "has no bfloat16" in said
        else:
            assert read_meta(resume.out)["step"] == 5
            spec = RunSpec.from_dict(read_meta(resume.out)["spec"], trusted=True)
            assert getattr(spec.train, field.name) == value


@pytest.mark.parametrize("setting", ["n_layer=1", "dropout=0.5"])
def test_a_model_keeps_its_settings(setting: str, resume) -> None:
    status, said = resume(f"--set=model.{setting}")
    assert status == 2
    assert said.endswith(f": leave out --set model.{setting.partition('=')[0]}.")


def test_a_mixture_of_folders_does_not_hide_that_a_run_was_to_go_on(begun: Path, resume) -> None:
    parts = [f"--set=model.{name}={begun}" for name in ("first", "second")]
    assert resume("--model", "mixture", *parts)[0] == 2
    assert not resume.out.exists()


# With nothing left to do --------------------------------------------------------------------------


def files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("family", ["ngram", "lstm", "mixture"])
@pytest.mark.parametrize("budget", [[], ["--steps=2"]], ids=["as it was", "less"])
def test_a_resume_with_nothing_left_to_do_changes_no_byte(
    text: Path, tmp_path: Path, capfd: pytest.CaptureFixture, family: str, budget: list[str]
) -> None:
    folder = tmp_path / "model"
    small = [f"--set=model.{k}={v}" for k, v in tiny_settings(family).items()]
    made = ["train", f"--corpus={text}", f"--model={family}", *small, "--threads=1", "--json"]
    assert main([*made, "--steps=3", f"--out={folder}"]) == 0
    before, first = files(folder), json.loads(capfd.readouterr().out)
    again = ["train", f"--resume={folder}", *budget, "--threads=1", "--json"]
    for more in ([], [f"--out={tmp_path / 'on'}"]):
        assert main([*again, *more]) == 0
        out, err = capfd.readouterr()
        found = json.loads(out)
        assert found.keys() == first.keys()
        for key in ("out", "steps", "tokens", "validation_nats", "train_nats", "metrics"):
            assert found[key] == first[key]
        assert found["metrics"]["perplexity"] == pytest.approx(math.exp(first["validation_nats"]))
        assert f"Nothing is left to do after step {first['steps']}: " in err
        assert files(folder) == before
        assert not (tmp_path / "on").exists()


def test_a_budget_of_seconds_that_is_spent_stays_spent(text: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    made = ["train", f"--corpus={text}", "--model=neural-bigram", "--threads=1"]
    assert main([*made, "--seconds=0.1237", f"--out={folder}"]) == 0
    before = files(folder)
    assert main(["train", f"--resume={folder}", "--threads=1"]) == 0
    assert files(folder) == before


# What the card says -------------------------------------------------------------------------------


def test_the_card_tells_how_it_was_begun_and_how_it_went_on(begun: Path, tmp_path: Path) -> None:
    first, folder = read_meta(begun)["command"], tmp_path / "model"
    commands = [
        ["train", "--resume", begun, "--steps=4", "--threads=1", "--out", folder],
        ["train", "--resume", folder, "--steps=5", "--threads=1"],
    ]
    for command in commands:
        assert main([str(arg) for arg in command]) == 0
    card = read_meta(folder)
    assert card["command"] == first
    assert card["resumed"] == [" ".join(["python -m lm_core", *map(str, c)]) for c in commands]
    assert "resumed" not in read_meta(begun)


@pytest.mark.parametrize("said", [{}, {"command": 3, "resumed": ["a", 4]}, {"resumed": "a"}])
def test_a_card_that_does_not_say_how_it_was_begun_goes_on(
    begun: Path, tmp_path: Path, said: dict
) -> None:
    folder = tmp_path / "old"
    shutil.copytree(begun, folder)
    card = json.loads((folder / "meta.json").read_text())
    del card["command"]
    (folder / "meta.json").write_text(json.dumps(card | said))
    assert main(["train", f"--resume={folder}", "--steps=4", "--threads=1"]) == 0
    card = read_meta(folder)
    assert "command" not in card
    assert len(card["resumed"]) == 1
