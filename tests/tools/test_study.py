"""The configuration study of translation: its table is whole, and each row is a run of the lab."""

import json
from pathlib import Path

import pytest

from lm_core.cli import main
from lm_core.evaluation.study import COLUMNS, configurations, read
from tools import study

ROOT = Path(__file__).parents[2]
ROWS = read(study.TABLE)


@pytest.mark.slow
def test_a_row_is_what_its_command_gives(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a seed and a dropout, both of which decide the figures."""
    monkeypatch.setitem(study.FIXED, "model.block_size", "8")  # or it writes long, knowing nothing
    trial = study.Trial("model.dropout", "0.3", seed=2, steps=3)
    row = study.run(trial)
    assert set(row) == set(COLUMNS)
    words = trial.command[2:]  # after `python -m lm_core`
    assert row["command"] == trial.kept == " ".join(["python", *trial.command])
    assert main([*words, "--json", "--out", str(tmp_path / "model")]) == 0
    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert row["validation_nats"] == answer["validation_nats"]
    assert row["exact_match"] == answer["metrics"]["exact match"]
    assert row["chrf"] == answer["metrics"]["chrF"]
    assert (row["parameters"], row["steps"]) == (answer["parameters"], answer["steps"])
    assert (row["called"], row["value"], row["base"]) == ("Dropout", "0.3", "0.0")


def test_one_setting_is_changed_at_a_time() -> None:
    trials = list(study.trials())
    base = trials[0].settings
    for trial in trials:
        changed = {name for name, value in trial.settings.items() if base[name] != value}
        assert changed == ({trial.setting} if trial.setting else set())
        if trial.setting:
            assert study.BASE[trial.setting] != trial.value
    assert len({trial.spec.id for trial in trials}) == len(trials)


def test_the_kept_table_holds_every_trial_and_its_numbers() -> None:
    assert tuple(ROWS[0]) == COLUMNS
    assert [row["command"] for row in ROWS] == [trial.kept for trial in study.trials()]
    for row, trial in zip(ROWS, study.trials(), strict=True):
        assert (row["setting"], row["value"], row["seed"]) == (
            trial.setting,
            trial.value,
            str(trial.seed),
        )
        assert (row["called"], int(row["steps"])) == (study.called(trial.setting), study.STEPS)
        assert 0 < float(row["validation_nats"]) < 3
        assert 0 <= float(row["exact_match"]) <= 1
        assert 0 < float(row["chrf"]) <= 100
        assert int(row["parameters"]) > 10_000
        assert float(row["cpu_seconds"]) > 0
        assert row["versions"].startswith("lm_core ")
    assert {len(one.runs) for one in configurations(ROWS)} == {len(study.SEEDS)}


def test_what_is_in_the_table_is_not_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, ran = tmp_path / "out.csv", []

    def run(trial: study.Trial) -> dict:
        ran.append(trial)
        return dict.fromkeys(COLUMNS, 0) | {"command": trial.kept}

    monkeypatch.setattr(study, "run", run)
    study.study(out)
    assert ran == list(study.trials())
    kept = out.read_text()
    study.study(out)
    assert len(ran) == len(read(out))
    assert out.read_text() == kept


def test_the_page_shows_the_kept_table() -> None:
    page = (ROOT / "docs/translation.md").read_text(encoding="utf-8")
    assert study.table(ROWS) in page
    lines = study.table(ROWS).splitlines()
    assert len(lines) == 2 + len(configurations(ROWS))
    assert lines[2].startswith("| Base | ")


def test_the_image_of_a_container_has_the_table_that_a_screen_draws() -> None:
    kept = study.TABLE.relative_to(ROOT).as_posix()
    assert f"!{kept}" in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
