"""The study of sizes that ships: whole, of the runs that the tool plans, and fitted anew."""

from dataclasses import replace
from pathlib import Path

import pytest

from lm_core.evaluation.scaling import COUNTS, by_budget, fit_surface, read_runs
from lm_core.evaluation.scaling_report import reported
from lm_core.evaluation.study import read
from lm_core.models.building import build_model
from tools import scaling

ROWS = read(scaling.SHIPPED)
PLAN = list(scaling.planned(scaling.BUDGETS))


def test_every_planned_run_is_in_the_table() -> None:
    assert tuple(ROWS[0]) == scaling.COLUMNS
    assert [row["command"] for row in ROWS] == [one.kept for one in PLAN]
    for row, one in zip(ROWS, PLAN, strict=True):
        assert (int(row["n_embd"]), float(row["budget"])) == (one.n_embd, one.budget)
        assert int(row["operations"]) == pytest.approx(one.budget, rel=0.02)
        assert int(row["operations"]) == one.per_token * int(row["tokens"])
        assert 1 < float(row["validation_nats"]) < 4
        assert row["versions"].startswith("lm_core ")
        assert row["machine"]


def test_parameters_are_those_of_the_real_model() -> None:
    """And its weights that are multiplied by are those that operations were counted of."""
    for row in {row["n_embd"]: row for row in ROWS}.values():
        sizes = {"n_layer": scaling.LAYERS, "block_size": scaling.BLOCK}
        sizes |= {"n_embd": int(row["n_embd"]), "n_head": int(row["n_head"])}
        model = build_model("transformer", sizes, {"vocab_size": scaling.VOCABULARY}, seed=0)
        blocks = sum(weight.numel() for weight in model.blocks.parameters())
        assert int(row["parameters"]) == model.n_parameters
        assert int(row["parameters_blocks"]) == blocks
        assert int(row["parameters_without"]) == blocks + model.head.weight.numel()


def test_sizes_reach_over_three_decades() -> None:
    blocks = [int(row["parameters_blocks"]) for row in ROWS]
    assert max(blocks) / min(blocks) >= 1000
    assert len(by_budget(read_runs(scaling.SHIPPED))) == 4


def test_the_law_is_laid_anew_and_what_it_foretold_is_near() -> None:
    runs = read_runs(scaling.SHIPPED)
    report = reported(runs, draws=3)
    for count in COUNTS:
        surface = fit_surface(runs, count)
        assert surface == report.laws[count].surface
        off = [abs(surface.nats(r.parameters[count], r.tokens) - r.nats) for r in runs]
        assert sum(off) / len(off) < 0.05
        assert 0 < report.laws[count].exponent < 2
    check = report.check
    # Nearer than to say that more operations buy nothing.
    assert abs(check.predicted - check.measured) < check.before - check.measured


def test_the_small_study_reads_less() -> None:
    def operations(budgets: dict) -> float:
        return sum(one.budget for one in scaling.planned(budgets))

    assert operations(scaling.SMALL) < operations(scaling.BUDGETS) / 10
    assert len(scaling.SMALL) == 4


@pytest.mark.slow
def test_a_run_again_comes_to_the_same() -> None:
    """The shortest; another processor may round otherwise."""
    one = min(PLAN, key=lambda one: one.budget / one.per_token)
    (row,) = (row for row in ROWS if row["command"] == one.kept)
    assert one.run()["validation_nats"] == pytest.approx(float(row["validation_nats"]), abs=0.02)


def test_what_is_there_is_not_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = []

    def run(one: scaling.Sized) -> dict:
        ran.append(one)
        return dict.fromkeys(scaling.COLUMNS, 0) | {"command": one.kept}

    monkeypatch.setattr(scaling.Sized, "run", run)
    out = tmp_path / "studies" / "out.csv"
    scaling.main(["--small", "--out", str(out)])
    assert ran == list(scaling.planned(scaling.SMALL))
    kept = out.read_text()
    scaling.main(["--small", "--out", str(out)])
    assert out.read_text() == kept
    assert len(ran) == len(read(out))
    assert replace(ran[0], seed=1).kept not in kept
