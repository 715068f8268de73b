"""Sweeps: each trial a command, each command a row, no row twice."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from lm_core.runs.presets import starting_settings
from tests.tiny import NAMES
from tools import sweep

FAMILIES = ["mlp", "wavenet", "rnn", "gru", "lstm", "transformer"]
PLANS = [("plan", "short"), ("minute", "minute"), ("five", "five")]
ROOT = Path(__file__).parents[2]
TRIAL = {"corpus": "few", "items": True, "model": "neural-bigram", "tokens": 300, "seed": 3}


@pytest.fixture
def names(tmp_path: Path) -> Path:
    path = tmp_path / "few.txt"
    path.write_text("\n".join(NAMES) + "\n")
    return path


@pytest.mark.slow
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
    assert sorted(row["command"] for row in rows) == sorted(map(sweep.kept, trials))
    for row in rows:  # a figure, not a reason: per character, or per token of byte pairs
        assert float(row["validation_nats"]) < (8 if row["corpus"] == "speeches" else 3)


def test_a_text_of_the_lab_needs_no_file() -> None:
    trial = {"items": False, "model": "mlp", "tokens": 1, "seed": 0, "set": {}}
    for corpus, words in (("speeches", "speeches --model"), ("names", "names.txt --model")):
        made = sweep.command(trial | {"corpus": corpus}, sweep.named({"corpus": corpus}))
        assert f"--corpus {words}" in " ".join(made)


def tried(rows: list[dict[str, str]], recipe: tuple) -> float:
    """The best figure of the trials in which nothing differs from this recipe."""
    chosen = {
        f"{k}.{n}": str(v)
        for k, s in zip(("model", "train"), recipe, strict=True)
        for n, v in s.to_dict().items()
    }
    ours = [
        r for r in rows if dict(p.split("=") for p in r["set"].split()).items() <= chosen.items()
    ]
    return min(float(r["validation_nats"]) for r in ours)


def trials(name: str, corpus: str, model: str, pick: Callable) -> list[dict[str, str]]:
    """Those of the least, or of the most, tokens."""
    rows = sweep.read(ROOT / f"docs/sweeps/{name}.csv")
    rows = [r for r in rows if (r["corpus"], r["model"]) == (corpus, model)]
    tokens = pick((int(r["tokens"]) for r in rows), default=0)
    return [r for r in rows if int(r["tokens"]) == tokens]


@pytest.mark.parametrize("items", [True, False])
@pytest.mark.parametrize("model", FAMILIES)
def test_a_short_recipe_is_what_the_table_found_better(model: str, items: bool) -> None:
    """Where it differs from the minute's, its trial was better."""
    short = starting_settings(model, items=items, budget="10 s")
    minute = starting_settings(model, items=items)
    if short != minute:
        rows = trials("short", "names" if items else "tiny-shakespeare", model, min)
        assert tried(rows, short) < tried(rows, minute)


@pytest.mark.parametrize(
    ("name", "budget", "model"),
    [("minute", "1 min", model) for model in FAMILIES]
    + [("five", "5 min", model) for model in ("lstm", "transformer")],
)
def test_a_text_recipe_stands_in_its_table_near_the_best(
    name: str, budget: str, model: str
) -> None:
    """A fortieth of a nat is left for safer rates, and for what is quicker than its tokens say."""
    rows = trials(name, "tiny-shakespeare", model, max)
    best = min(float(r["validation_nats"]) for r in rows)
    assert tried(rows, starting_settings(model, items=False, budget=budget)) < best + 0.025
