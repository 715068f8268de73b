"""Sweeps: each trial a command, each command a row, no row twice."""

import csv
import json
from pathlib import Path

import pytest

from lm_core.runs.presets import starting_settings
from lm_core.runs.spec import CorpusSpec
from tests.tiny import NAMES
from tools import sweep

ROOT = Path(__file__).parents[2]
TRIAL = {"corpus": "few", "items": True, "model": "neural-bigram", "tokens": 300, "seed": 3}


@pytest.fixture
def names(tmp_path: Path) -> Path:
    path = tmp_path / "few.txt"
    path.write_text("\n".join(NAMES) + "\n")
    return path


def test_trials_become_rows_and_are_not_run_again(names: Path, tmp_path: Path) -> None:
    plan = [TRIAL | {"set": {"train.lr": rate}} for rate in (0.01, 0.02, -1)]
    out = tmp_path / "out.csv"
    sweep.sweep(plan, out, {"few": str(names)}, jobs=2, seconds=100)
    rows = {row["set"]: row for row in sweep.read(out)}
    assert 0 < float(rows["train.lr=0.01"]["validation_nats"]) < 5
    assert "lr" in rows["train.lr=-1"]["validation_nats"]  # the sentence that says why
    assert rows["train.lr=0.02"]["command"] == (
        "python -m lm_core train --corpus few.txt --items --model neural-bigram --tokens 300 "
        "--threads 1 --seed 3 --device cpu --set train.lr=0.02"
    )
    before = out.read_text()
    sweep.sweep(plan, out, {"few": str(names)}, jobs=2, seconds=100)
    assert out.read_text() == before


def test_the_table_is_ordered_and_names_what_was_changed() -> None:
    lines = sweep.table(sweep.read(ROOT / "docs/sweeps/short.csv")).splitlines()
    ours = [line for line in lines if "names, gru" in line]
    nats = [float(line.split("|")[4]) for line in ours]
    assert nats == sorted(nats)
    assert len(lines) == 2 + len(json.loads((ROOT / "docs/sweeps/plan.json").read_text()))


@pytest.mark.parametrize("name", ["short", "minute"])
def test_the_page_shows_the_kept_tables(name: str) -> None:
    page = (ROOT / "docs/recipes.md").read_text(encoding="utf-8")
    assert sweep.table(sweep.read(ROOT / f"docs/sweeps/{name}.csv")) in page


def test_the_trials_of_a_minute_are_of_its_plan_and_are_done() -> None:
    plan = json.loads((ROOT / "docs/sweeps/minute.json").read_text())
    rows = sweep.read(ROOT / "docs/sweeps/minute.csv")
    planned = {" ".join(["python", *sweep.command(t, sweep.named(t))]) for t in plan}
    assert rows
    assert {row["command"] for row in rows} <= planned
    assert all(float(row["validation_nats"]) < 3 for row in rows)


def test_the_kept_table_is_that_of_the_kept_plan() -> None:
    plan = json.loads((ROOT / "docs/sweeps/plan.json").read_text())
    with (ROOT / "docs/sweeps/short.csv").open(newline="") as file:
        rows = {row["command"] for row in csv.DictReader(file)}
    assert rows == {" ".join(["python", *sweep.command(t, sweep.named(t))]) for t in plan}


@pytest.mark.parametrize("items", [True, False])
@pytest.mark.parametrize("model", ["mlp", "wavenet", "rnn", "gru", "lstm", "transformer"])
def test_a_short_recipe_is_what_the_table_found_better(model: str, items: bool) -> None:
    """The changes of the short recipe are a trial of the table, better than the longer one's."""
    settings, train = starting_settings(model, items=items, budget="10 s")
    base, base_train = starting_settings(model, items=items)
    changed, before = {}, {}
    for part, ours, theirs in (("model", settings, base), ("train", train, base_train)):
        for name, value in ours.to_dict().items():
            if value != theirs.to_dict()[name]:
                changed[f"{part}.{name}"] = str(value)
                before[f"{part}.{name}"] = str(theirs.to_dict()[name])
    if not changed:
        return
    corpus = CorpusSpec(name="names" if items else "tiny-shakespeare").name
    rows = [r for r in sweep.read(ROOT / "docs/sweeps/short.csv") if r["model"] == model]
    rows = [r for r in rows if r["corpus"] == corpus]
    few = min(int(r["tokens"]) for r in rows)
    scored = [
        (dict(pair.split("=") for pair in r["set"].split()), float(r["validation_nats"]))
        for r in rows
        if int(r["tokens"]) == few
    ]
    ours = next(nats for given, nats in scored if given == changed)
    plain = next(nats for given, nats in scored if given in (before, {}))
    assert ours < plain
