"""Sweeps: each trial a command, each command a row, no row twice."""

import json
from pathlib import Path

import pytest

from lm_core.runs.presets import starting_settings
from lm_core.runs.spec import CorpusSpec
from tests.tiny import NAMES
from tools import sweep

PLANS = [("plan", "short"), ("minute", "minute"), ("five", "five")]
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


@pytest.mark.parametrize("name", ["short", "minute", "five"])
def test_the_page_shows_the_kept_tables(name: str) -> None:
    page = (ROOT / "docs/recipes.md").read_text(encoding="utf-8")
    assert sweep.table(sweep.read(ROOT / f"docs/sweeps/{name}.csv")) in page


@pytest.mark.parametrize(("plan", "name"), PLANS)
def test_the_kept_table_is_that_of_the_kept_plan(plan: str, name: str) -> None:
    trials = json.loads((ROOT / f"docs/sweeps/{plan}.json").read_text())
    rows = sweep.read(ROOT / f"docs/sweeps/{name}.csv")
    planned = [" ".join(["python", *sweep.command(t, sweep.named(t))]) for t in trials]
    assert sorted(row["command"] for row in rows) == sorted(planned)
    assert all(float(row["validation_nats"]) < 8 for row in rows)  # a figure, not a reason


def test_a_text_of_the_lab_needs_no_file() -> None:
    trial = {"items": False, "model": "mlp", "tokens": 1, "seed": 0, "set": {}}
    for corpus, words in (("speeches", "speeches --model"), ("names", "names.txt --model")):
        made = sweep.command(trial | {"corpus": corpus}, sweep.named({"corpus": corpus}))
        assert f"--corpus {words}" in " ".join(made)


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


@pytest.mark.parametrize("model", ["mlp", "wavenet", "rnn", "gru", "lstm", "transformer"])
@pytest.mark.parametrize(("name", "budget"), [("minute", "1 min"), ("five", "5 min")])
def test_a_text_recipe_stands_in_its_table_near_the_best(
    model: str, name: str, budget: str
) -> None:
    """Two hundredths of a nat are left for rates that are safer than the best one."""
    rows = sweep.read(ROOT / f"docs/sweeps/{name}.csv")
    rows = [r for r in rows if (r["corpus"], r["model"]) == ("tiny-shakespeare", model)]
    if not rows:
        assert name == "five"
        return
    most = max(int(r["tokens"]) for r in rows)
    rows = [r for r in rows if int(r["tokens"]) == most]
    settings, train = starting_settings(model, items=False, budget=budget)
    chosen = {f"model.{k}": str(v) for k, v in settings.to_dict().items()}
    chosen |= {f"train.{k}": str(v) for k, v in train.to_dict().items()}
    ours = [
        r for r in rows if dict(p.split("=") for p in r["set"].split()).items() <= chosen.items()
    ]
    best = min(float(r["validation_nats"]) for r in rows)
    assert min(float(r["validation_nats"]) for r in ours) < best + 0.02
