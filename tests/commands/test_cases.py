"""The gallery on the command line."""

import argparse
import json

import pytest

from lm_core.commands import cases
from lm_core.errors import UnknownName
from lm_core.runs.gallery import CASES


def ask(**given) -> tuple[dict, list[str]]:
    return cases.run(argparse.Namespace(**({"cases": False, "case": None} | given)))


def test_cases_are_listed() -> None:
    answer, lines = ask(cases=True)
    assert list(answer) == ["cases"]
    assert [(row["name"], row["title"]) for row in answer["cases"]] == [
        (case.name, case.title) for case in CASES
    ]
    assert len(lines) == len(CASES)
    json.dumps(answer)


def test_a_case_is_run_and_diagnosed(capsys: pytest.CaptureFixture) -> None:
    answer, lines = ask(case="confident-head")
    assert list(answer) == ["case", "expected_code", "diagnosed", "verdicts"]
    assert (answer["case"], answer["expected_code"]) == ("confident-head", "confident_start")
    assert answer["diagnosed"] is True
    for verdict in answer["verdicts"]:
        assert set(verdict) == {"code", "severity", "text", "cure", "control"}
        assert verdict["severity"] in ("ok", "note", "alarm")
    assert json.loads(json.dumps(answer, allow_nan=False)) == answer
    assert "confident_start was found" in lines[-1]
    out, err = capsys.readouterr()
    assert out == ""
    assert "validation" in err


def test_an_unknown_case_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="dead-relu"):
        ask(case="dead-relus")
