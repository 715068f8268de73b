"""The study of LoRA that ships: whole, of the runs that the tool plans."""

from pathlib import Path

import pytest

from lm_core.evaluation.lora_study import FAILS, HOLDS, OPEN, statements
from lm_core.evaluation.study import read
from tools import lora_study

ROWS = read(lora_study.SHIPPED)
PLAN = list(lora_study.planned())


def test_the_table_holds_every_run_and_its_numbers() -> None:
    assert tuple(ROWS[0]) == lora_study.COLUMNS
    assert [row["command"] for row in ROWS] == [one.kept for one in PLAN]
    assert len({one.trial.spec.id for one in PLAN}) == len(PLAN)
    assert {row["tokens"] for row in ROWS} == {str(lora_study.TOKENS)}
    assert len({row["before"] for row in ROWS}) == 1
    for row, one in zip(ROWS, PLAN, strict=True):
        assert (row["method"], row["lr"], row["batch"]) == (one.method, one.lr, one.batch)
        assert row["seed"] == str(one.seed)
        few = int(row["trainable"]) < int(row["parameters"])
        assert few == (one.method == "lora")
        assert float(row["forgotten"]) > -0.1


def test_every_statement_is_judged_by_it() -> None:
    judged = statements(ROWS)
    assert len(judged) == 4
    assert {one.verdict for one in judged} <= {HOLDS, FAILS, OPEN}


@pytest.mark.slow
def test_a_run_again_comes_to_the_same() -> None:
    """Another processor may round otherwise."""
    one = next(one for one in PLAN if one.method == "lora" and one.lr == "0.01")
    row = next(row for row in ROWS if row["command"] == one.kept)
    assert one.run()["nats"] == pytest.approx(float(row["nats"]), abs=0.02)


def test_the_commands_can_be_listed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    lora_study.main(["--list", "--out", str(tmp_path / "none.csv")])
    assert capsys.readouterr().out.splitlines() == [one.kept for one in PLAN]
    assert not (tmp_path / "none.csv").exists()
