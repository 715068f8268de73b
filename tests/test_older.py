"""What earlier versions made is read, scored, written with and gone on with (`older/` has it)."""

import json
import shutil
from pathlib import Path

import pytest

from lm_core.checkpoints import load_checkpoint, read_meta
from lm_core.cli import main

OLD = Path(__file__).parent / "older" / "checkpoint_of_version_1"


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
