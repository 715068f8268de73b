"""Every option of every command, given what no option means: an answer, or one short line."""

import argparse
from collections.abc import Iterator
from pathlib import Path

import pytest

from lm_core.cli import _parser, main
from lm_core.runs.store import RunStore
from lm_core.texts import MOST
from tests.tiny import TEXT
from tests.translators import saved_translator

SOME = ["x" * 5000, "a\nb\x1b[2J", "1e999"]
MORE = ["", "-1", "0", "nan", "-inf", "9" * 5000, "9" * 30, "[" * 5000, "\0", "{}", "/", "."]
MORE += ["~nobodyhere/x", "/dev/null", "model.n_layer=" + "9" * 5000, "train.lr=1e999", "m"]
MORE += ["train.lr=nan", "model." + "x" * 5000 + "=1", "tokenizer.vocab_size=1e999"]
WORKS = {  # arguments that work, each option in turn is then replaced or added
    "train": ["--corpus", "t.txt", "--model", "mlp", "--steps", "1", "--out", "out"],
    "evaluate": ["m", "--corpus", "t.txt"],
    "generate": ["m", "--max-tokens", "3"],
    "score": ["m", "--text", "The"],
    "tokenize": ["--corpus", "t.txt", "--text", "The"],
    "translate": ["pairs", "--text", "The"],
    "export": ["m", "--format", "script", "--out", "s.py"],
    "doctor": ["--corpus", "t.txt", "--model", "mlp", "--steps", "init"],
    "quantize": ["net", "--scheme", "int4", "--out", "q"],
    "race": ["--corpus", "t.txt", "--models", "bigram", "--steps", "1", "--out", "r"],
    "backup": ["--out", "lab.zip"],
    "restore": ["lab.zip"],
    "vision": ["yolos-tiny", "--folder", "t.txt"],
    "corpora": [],
    "models": [],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("refusals")
    (folder / "t.txt").write_text(TEXT * 2)
    args = ["train", "--corpus", folder / "t.txt", "--model", "ngram", "--out", folder / "m"]
    assert main([str(arg) for arg in args]) == 0
    saved_translator(folder / "pairs")
    args = ["train", "--corpus", folder / "t.txt", "--model", "neural-bigram", "--steps", "1"]
    assert main([str(arg) for arg in [*args, "--out", folder / "net"]]) == 0
    return folder


def calls(command: str, values: list[str]) -> Iterator[list[str]]:
    """The command with each of its options, and its first argument, as each of these values."""
    works = WORKS[command]
    commands = _parser([])._subparsers._group_actions[0].choices
    for action in commands[command]._actions:
        for value in values if action.nargs != 0 else ():
            if action.option_strings:
                yield [command, *works, f"{action.option_strings[0]}={value}"]
            else:
                yield [command, value, *works[1:]]


@pytest.mark.parametrize("command", WORKS)
@pytest.mark.parametrize(
    "values", [SOME, pytest.param(MORE, marks=pytest.mark.slow)], ids=["some", "more"]
)
def test_whatever_an_option_is_given_is_answered_or_refused_in_one_short_line(
    command: str,
    values: list[str],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture,
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("LM_LAB_HOME", str(folder / f"home of {command}"))
    if command == "backup":
        RunStore().create("ada", "", {})
    for args in calls(command, values):
        capfd.readouterr()
        try:
            status = main(args)
        except SystemExit as end:  # argparse's own
            status = end.code
        out, err = capfd.readouterr()
        shown = [arg[:40] for arg in args]
        assert status in (0, 2), shown
        if status == 2:
            assert len(err.splitlines()) == 1, shown
            assert err.rstrip("\n").isprintable(), shown
            assert len(err) < MOST + 100, shown
            assert out == "", shown


def test_every_command_that_takes_arguments_is_tried() -> None:
    commands = _parser([])._subparsers._group_actions[0].choices
    assert set(WORKS) == set(commands) - {"bench"}  # it takes minutes
    assert isinstance(commands["train"], argparse.ArgumentParser)
