"""The ablations that ship: whole, of the runs that the tool plans, one switch at a time."""

from pathlib import Path

import pytest

from lm_core.evaluation.study import configurations, read
from tools import ablations

ROWS = read(ablations.SHIPPED)
PLAN = list(ablations.planned())


def test_one_switch_is_changed_at_a_time() -> None:
    base: dict[str, dict[str, str]] = {}
    for one in PLAN:
        settings = one.trial.settings
        usual = base.setdefault(one.family, settings)
        changed = {name for name, value in settings.items() if usual.get(name) != value}
        own = set(ablations.OWN[one.value]) if one.setting == "train.optimizer" else set()
        assert changed == ({one.setting} | own if one.setting else set())
    assert len({one.trial.spec.id for one in PLAN}) == len(PLAN)


def test_the_table_holds_every_run_and_its_numbers() -> None:
    assert tuple(ROWS[0]) == ablations.COLUMNS
    assert [row["command"] for row in ROWS] == [one.kept for one in PLAN]
    for row, one in zip(ROWS, PLAN, strict=True):
        assert (row["family"], row["setting"], row["value"], row["seed"]) == (
            one.family,
            one.setting,
            one.value,
            str(one.seed),
        )
        assert row["base"] == ablations.BASES[one.family].get(one.setting, "")
        assert 1 < float(row["validation_nats"]) < 4
        assert int(row["parameters"]) > 10_000
        assert row["versions"].startswith("lm_core ")
        assert row["machine"]
    for family in ablations.SWITCHES:
        of = [row for row in ROWS if row["family"] == family]
        assert {len(one.runs) for one in configurations(of)} == {len(ablations.SEEDS)}


@pytest.mark.slow
def test_a_run_again_comes_to_the_same() -> None:
    """Another processor may round otherwise."""
    one = next(one for one in PLAN if one.family == "lstm")
    row = next(row for row in ROWS if row["command"] == one.kept)
    assert one.run()["validation_nats"] == pytest.approx(float(row["validation_nats"]), abs=0.02)


def test_the_commands_can_be_listed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    ablations.main(["--list", "--out", str(tmp_path / "none.csv")])
    assert capsys.readouterr().out.splitlines() == [one.kept for one in PLAN]
    assert not (tmp_path / "none.csv").exists()
