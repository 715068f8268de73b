"""What earlier versions made is read, scored, written with and gone on with (`older/` has it)."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from lm_core.checkpoints import load_checkpoint, read_meta
from lm_core.cli import main
from lm_core.runs.spec import RunSpec
from lm_core.runs.store import RunStore
from lm_core.training.events import Evaluated, Examined, Sampled, Step

OLD = Path(__file__).parent / "older" / "checkpoint_of_version_1"
RECORD = OLD.with_name("store_of_version_1.sql")


def said(capsys: pytest.CaptureFixture[str], *args: object) -> dict:
    assert main([*map(str, args), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_checkpoint_is_what_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "model"
    shutil.copytree(OLD, folder)
    card = json.loads((OLD / "meta.json").read_text(encoding="utf-8"))
    assert card["spec"]["version"] == 1
    assert (OLD / "tokenizer.json").exists()
    saved = load_checkpoint(folder)
    assert (saved.task, saved.meta["spec"]["version"]) == ("next-token", 2)
    assert saved.tokenizer.decode(saved.tokenizer.encode("anna")) == "anna"
    scored = said(capsys, "evaluate", folder)
    kept = card["metrics"]["validation"]
    assert scored["tokens"] == kept["tokens"]
    assert scored["nats_per_token"] == pytest.approx(kept["nats_per_token"], abs=1e-3)  # bfloat16
    assert len(said(capsys, "generate", folder, "--samples", 2)["texts"]) == 2
    gone = said(capsys, "train", "--resume", folder, "--steps", 32, "--out", folder)
    assert gone["steps"] == 32
    assert read_meta(folder)["spec"]["version"] == 2
    assert (folder / "codec.json").exists()


def test_a_record_of_runs_says_what_it_said(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "runs.sqlite") as old:
        old.executescript(RECORD.read_text(encoding="utf-8"))
        of_a_worker = "SELECT id, spec FROM runs WHERE title = 'Names'"
        ((run, spec),) = old.execute(of_a_worker).fetchall()
        asked = "SELECT step, nats FROM {} WHERE run = ? ORDER BY seq"
        points = old.execute(asked.format("points"), (run,)).fetchall()
        scored = old.execute(asked.format("evaluations"), (run,)).fetchall()
    old.close()
    assert json.loads(spec)["version"] == 1
    store = RunStore(tmp_path)
    row = store.get(run)
    assert (row.status, row.title) == ("finished", "Names")
    now = RunSpec.from_dict(row.spec)
    assert (now.task_name, now.model_name, now.codec_name) == ("next-token", "lstm", "char")
    assert now == RunSpec.from_dict(json.loads(spec))
    assert [(one["step"], one["nats"]) for one in store.since(Step, run)] == points
    assert len(points) == 8
    assert [(one["step"], one["nats"]) for one in store.since(Evaluated, run)] == scored
    assert store.last(Sampled, run)["text"]
    assert store.last(Examined, run)["data"]["layers"]


def test_a_store_of_version_1_is_read_whole(tmp_path: Path) -> None:
    """When a spec was a corpus and a tokenizer, and an evaluation nats alone."""
    old = sqlite3.connect(tmp_path / "runs.sqlite")
    old.executescript(RECORD.read_text(encoding="utf-8"))
    given = [("ab" * 32, "Names", 1), ("cd" * 32, "Diary", 0)]
    for number, (text, title, items) in enumerate(given):
        old.execute("INSERT INTO texts VALUES ('ada', ?, ?, ?, ?)", (text, title, items, number))
    old.commit()
    asked = "SELECT id, spec FROM runs"
    before = {run: json.loads(text) for run, text in old.execute(asked)}
    old.close()
    assert {spec["version"] for spec in before.values()} == {1}
    for _ in range(2):  # the second time there is nothing to do
        store = RunStore(tmp_path)
    first, second = store.get("first"), store.get("second")
    spec = RunSpec.from_dict(first.spec)
    assert (spec.task_name, spec.model_name, spec.codec_name) == ("next-token", "lstm", "char")
    assert (spec.data.text, spec.data.items, spec.start.origin) == ("ab" * 32, True, "names")
    assert (spec.train.lr, spec.budget.steps, spec.seed) == (1e-3, 20, 7)
    assert RunSpec.from_dict(second.spec).task_name == "fill-gap"
    assert [row.spec["task"]["name"] for row in (first, second)] == ["next-token", "fill-gap"]
    for row in (first, second):  # says the same as if it were read from version 1, but for the name
        said = {k: v for k, v in row.spec.items() if k != "version"}
        again = RunSpec.from_dict(before[row.id])
        assert RunSpec.from_dict(said) == again
    (scored,) = store.since(Evaluated, "first")
    assert (scored["nats"], scored["metrics"]) == (3.25, {})
    assert [row["nats"] for row in store.since(Step, "first")] == [3.4, 3.3, 3.2]
    (shown,) = store.since(Sampled, "first")
    assert (shown["text"], shown["kind"], shown["rows"]) == ("anna", "text", ())
    assert shown["pieces"] == (("an", 0.5), ("na", 0.25))
    told = [(one.title, one.kind) for one in store.texts.of("ada")]
    assert told == [("Names", "items"), ("Diary", "text")]
