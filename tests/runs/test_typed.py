"""The command of a run, read again by the command line, is the run."""

import shlex
from dataclasses import replace

import pytest

from lm_core.cli import _parser
from lm_core.commands.train import _spec
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec, StartSpec
from lm_core.runs.typed import command_of
from lm_core.training import Budget


@pytest.mark.parametrize(
    ("model", "corpus", "changes"),
    [
        ("lstm", "names", {}),
        (
            "transformer",
            "names",
            {"train.lr": "0.01", "model.n_layer": "3", "train.grad_clip": "2"},
        ),
        ("ngram", "speeches", {"model.order": "4"}),
        ("encoder", "names-by-sex", {}),
    ],
)
def test_there_and_back(model: str, corpus: str, changes: dict[str, str]) -> None:
    data = CorpusSpec(name=corpus)
    spec = default_spec(data, model, budget=Budget(steps=90), seed=4, short=False)
    spec = spec.with_texts(changes)
    words = shlex.split(command_of(spec))
    assert words[:3] == ["python", "-m", "lm_core"]
    assert _spec(_parser(words[3:]).parse_args(words[3:]), None) == spec


def test_what_no_command_line_gives_has_none() -> None:
    spec = default_spec(CorpusSpec(name="names"), "lstm")
    assert command_of(spec)
    assert command_of(replace(spec, start=StartSpec(folder="names-lstm"))) == ""
