"""Limits from one file and from the environment: strict, each with its sentence and its reason."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from lm_core.errors import BadSettings
from lm_core.models import models
from lm_core.runs import limits
from lm_core.runs.caps import FILE, Caps, caps, complaints, variable
from lm_core.runs.manager import RunManager
from lm_core.runs.spec import RunSpec
from lm_core.runs.store import RunStore
from lm_core.training import Budget
from tests.runs.test_manager import Bench

DOCS = Path(__file__).parents[2] / "docs" / "limits.md"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    return tmp_path


def test_without_a_word_the_defaults_hold() -> None:
    assert caps() == Caps()
    assert complaints() == ()


def test_the_file_counts_at_once_and_the_environment_before_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / FILE).write_text('{"runs_at_once": 2, "keep_days": 30, "disk": 1}')
    assert (caps().runs_at_once, caps().keep_days, caps().disk) == (2, 30.0, 1.0)
    monkeypatch.setenv("LM_LAB_RUNS_AT_ONCE", "3")
    monkeypatch.setenv("LM_LAB_KEEP_DAYS", "none")
    monkeypatch.setenv("LM_LAB_GRACE", "")
    assert (caps().runs_at_once, caps().keep_days, caps().grace) == (3, None, 900.0)
    assert complaints() == ()
    (home / FILE).write_text('{"runs_waiting": 100}')
    assert (caps().runs_waiting, caps().disk) == (100, 20.0)
    (home / FILE).unlink()
    assert caps() == Caps(runs_at_once=3)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"runs_at_one": 2}', "limits.json: Unknown setting 'runs_at_one'; did you mean 'runs_"),
        ('{"to_dict": 2}', "limits.json: Unknown setting 'to_dict'"),
        ('{"disk": "much"}', "limits.json: disk must be a number, not 'much'. It stays 20.0."),
        ('{"texts_kept": true}', "limits.json: texts_kept must be a whole number, not True."),
        ('{"runs_at_once": 0}', "must be from 1 to 100, not 0. It stays 6."),
        ('{"runs_at_once": null}', "must be a whole number, not None. It stays 6."),
        ('{"grace": NaN}', "grace must be a finite number, not nan. It stays 900.0."),
        ("[1]", "limits.json in the lab's home folder is not a JSON object"),
        ("{", "limits.json in the lab's home folder is not a JSON object"),
        ("[" * 100_000, "limits.json in the lab's home folder is not a JSON object"),
        (f'{{"disk": {"9" * 5000}}}', "limits.json in the lab's home folder is not a JSON object"),
        (" " * 100_001, "limits.json in the lab's home folder is not a JSON object"),
    ],
)
def test_what_cannot_be_read_is_one_sentence_and_the_default(
    home: Path, text: str, said: str
) -> None:
    (home / FILE).write_text(text)
    assert caps() == Caps()
    (sentence,) = complaints()
    assert said in sentence
    assert len(sentence.splitlines()) == 1


def test_a_wrong_one_costs_no_other_and_the_log_has_it(
    home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (home / FILE).write_text('{"disk": -1, "runs_at_once": 2, "grace": 10}')
    monkeypatch.setenv("LM_LAB_GRACE", "soon")
    monkeypatch.setenv("LM_LAB_RUN_STEPS", "1e3")
    store = RunStore()
    RunManager(store, Bench(store)).close()
    assert [record.message for record in caplog.records if record.name.endswith("caps")] == [
        "limits.json: disk must be from 0.001 to 100000.0, not -1.0. It stays 20.0.",
        "LM_LAB_RUN_STEPS: run_steps must be a whole number, not '1e3'. It stays 10000000.",
        "LM_LAB_GRACE: grace must be a number, not 'soon'. It stays 10.0.",
    ]
    assert caps() == Caps(runs_at_once=2, grace=10.0)


def test_a_budget_and_a_model_stay_below_them(home: Path) -> None:
    (home / FILE).write_text('{"run_seconds": 60, "run_steps": 100, "run_parameters": 20000}')
    limits.budget(Budget(seconds=60))
    for over, said in ((Budget(seconds=61), "60 seconds"), (Budget(steps=101), "100 steps")):
        with pytest.raises(BadSettings, match=f"at most {said}"):
            limits.budget(over)
    small = models["transformer"].settings(n_layer=1, n_embd=16, n_head=1)
    limits.spec(RunSpec(model=small, budget=Budget(steps=1)))
    wide = models["transformer"].settings(n_layer=1, n_embd=64, n_head=1)
    with pytest.raises(
        BadSettings,
        match=r"at most 20,000 parameters, as all others wait while it computes a step, and this "
        r"one has [0-9]+,[0-9]+: lower n_layer or n_embd, or train it on the command line\.",
    ):
        limits.spec(RunSpec(model=wide, budget=Budget(steps=1)))
    counts = RunSpec(model_name="ngram", model=models["ngram"].settings(), budget=Budget(steps=1))
    limits.spec(counts)


def test_the_table_in_the_docs_is_what_the_code_says() -> None:
    rows = re.findall(r"^\| `.+$", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == [row(field) for field in fields(Caps)]


def row(field) -> str:
    low, high, usual = (
        "none" if value is None else f"{value:,}".removesuffix(".0")
        for value in (field.metadata["low"], field.metadata["high"], field.default)
    )
    return f"| `{field.name}` | {usual} | {low} to {high} | {field.metadata['help']} |"


def test_each_has_a_name_in_the_environment() -> None:
    assert variable("runs_at_once") == "LM_LAB_RUNS_AT_ONCE"
