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
        ((run, spec),) = old.execute("SELECT id, spec FROM runs").fetchall()
        points = old.execute("SELECT step, nats FROM points ORDER BY step").fetchall()
        scored = old.execute("SELECT step, nats FROM evaluations ORDER BY seq").fetchall()
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
