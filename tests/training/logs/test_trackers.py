"""What Weights & Biases and trackio are told, by small stand-ins that write down each call."""

import os
import sys
from types import ModuleType
from typing import Any

import pytest

from lm_core.errors import Unsupported
from lm_core.training.logs import Logs
from lm_core.training.logs.log import figures
from tests.training.logs.shown import EVENTS, SPEC


class Program(ModuleType):
    """Both programs at once: module functions and the run they begin."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.calls: list[tuple[str, Any]] = []
        self.surroundings: dict[str, str] = {}

    def init(self, **given: Any) -> "Program":
        print("a greeting")
        self.calls.append(("init", given))
        self.surroundings = dict(os.environ)
        return self

    def log(self, values: dict[str, float], *, step: int) -> None:
        self.calls.append(("log", (step, values)))

    def finish(self) -> None:
        print("a farewell")
        self.calls.append(("finish", None))


@pytest.fixture
def program(request, monkeypatch: pytest.MonkeyPatch) -> Program:
    fake = Program(request.param)
    monkeypatch.setitem(sys.modules, request.param, fake)
    return fake


both = pytest.mark.parametrize("program", ["wandb", "trackio"], indirect=True)


@both
def test_every_figure_once_and_in_order(program: Program, logged, capsys) -> None:
    folder = logged(program.__name__)
    expected = [(event.step, figures(event)) for event in EVENTS if figures(event)]
    assert program.calls[0][0] == "init"
    assert repr([what for name, what in program.calls if name == "log"]) == repr(expected)
    assert program.calls[-1] == ("finish", None)
    told = program.calls[0][1]
    assert told["config"] == SPEC
    assert (told["project"], told["name"]) == ("language-model-lab", "a run")
    assert told.get("dir", str(folder)) == str(folder)
    said = capsys.readouterr()
    assert said.out == ""  # the answer of a command is alone there
    assert "greeting" in said.err
    assert "farewell" in said.err


@pytest.mark.parametrize("program", ["wandb"], indirect=True)
def test_weights_and_biases_stays_offline(program: Program, logged, monkeypatch) -> None:
    monkeypatch.setenv("WANDB_MODE", "online")
    monkeypatch.setenv("WANDB_ERROR_REPORTING", "true")
    logged("wandb")
    assert program.calls[0][1]["mode"] == "offline"  # goes before the variable
    assert program.surroundings["WANDB_ERROR_REPORTING"] == "false"


@pytest.mark.parametrize("program", ["trackio"], indirect=True)
def test_trackio_keeps_to_this_machine(program: Program, logged, monkeypatch) -> None:
    elsewhere = {"TRACKIO_SPACE_ID": "me/there", "TRACKIO_SERVER_URL": "https://there.example"}
    for name, value in elsewhere.items():
        monkeypatch.setenv(name, value)
    logged("trackio")
    assert not {name for name in program.surroundings if name in elsewhere}
    assert not {"space_id", "server_url"} & set(program.calls[0][1])
    assert {name: os.environ[name] for name in elsewhere} == elsewhere


@both
def test_a_run_that_breaks_off_is_ended(program: Program, tmp_path) -> None:
    def broken_off() -> None:
        with Logs([program.__name__], tmp_path, spec=SPEC, name="a run") as log:
            log(EVENTS[0])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken_off()
    assert [name for name, _ in program.calls] == ["init", "log", "finish"]


@pytest.mark.parametrize("name", ["wandb", "trackio"])
def test_without_the_package_one_sentence_says_so(name: str, tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(Unsupported, match=f"pip install {name}"):
        Logs([name, "csv"], tmp_path / "logs", spec={}, name="x")
    assert not (tmp_path / "logs").exists()
