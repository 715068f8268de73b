"""A run's model on its way to other programs, from the Train screen."""

import io
import zipfile
from pathlib import Path

import torch
from streamlit.testing.v1 import AppTest

from lm_core.checkpoints import save_checkpoint
from lm_core.runs.prepare import prepare
from lm_core.runs.spec import RunSpec
from pages._ui.shared import session
from pages._ui.train.beside import asides
from pages._ui.train.downloads import graph_of, script_archive
from tests.pages import stored
from tests.tiny import tiny_settings
from tests.waiting import PATIENCE


def a_run(at: AppTest, family: str) -> Path:
    """One with a small model, ticked and its downloads open: the folder of its checkpoint."""
    spec = stored.spec(family).to_dict()
    spec |= {"model": {"name": family, **tiny_settings(family)}}
    ready = prepare(RunSpec.from_dict(spec))
    if ready.model.learns_by == "counting":
        ready.model.fit(ready.data["validation"].ids, ready.data["validation"].starts)
    run = stored.stored_run(at.session_state["visitor"], ready.spec)
    folder = session._manager().store.run_folder(run) / "checkpoint"
    save_checkpoint(folder, ready.model, ready.tokenizer, ready.card())
    at.session_state["train-ticked"] = [run]
    at.session_state["train-download"] = True
    at.run()
    assert not at.exception
    return folder


def labels(at: AppTest) -> list[str]:
    return [b.proto.label for b in at.get("download_button")] + [b.label for b in at.button]


def test_a_format_is_prepared_once_and_then_a_file(train: AppTest) -> None:
    folder = a_run(train, "transformer")
    shown = labels(train)
    assert {"Script, weights and text", "Prepare TorchScript", "Prepare ONNX"} <= set(shown)
    assert "Graph for TensorBoard" in shown
    assert zipfile.is_zipfile(io.BytesIO(graph_of(folder)))
    train.button(key="train-get-torchscript-prepare").click().run()
    (out,) = {key for key in asides()._jobs if str(folder.parent) in key}
    asides().of(out).join(PATIENCE)
    train.run()
    assert not train.exception
    assert not train.error
    assert "Prepare TorchScript" not in labels(train)
    (button,) = [b for b in train.get("download_button") if "TorchScript" in b.proto.label]
    assert button.proto.label.startswith("TorchScript (")
    assert torch.jit.load(out)(torch.zeros(1, 3, dtype=torch.int64)).shape == (1, 3, 27)


def test_what_a_family_cannot_give_is_said_why(train: AppTest) -> None:
    a_run(train, "ngram")
    shown = labels(train)
    assert "Model file" in shown
    assert "Graph for TensorBoard" not in shown
    assert not [label for label in shown if label.startswith("Prepare")]
    said = [caption.value for caption in train.caption]
    assert sum("family ngram cannot be exported" in words for words in said) == 1
    assert any("A script is not written for the family ngram" in words for words in said)
    (script,) = [b for b in train.get("download_button") if b.proto.label.startswith("Script")]
    assert script.proto.disabled


def test_the_script_comes_with_its_text(train: AppTest) -> None:
    folder = a_run(train, "lstm")
    with zipfile.ZipFile(io.BytesIO(script_archive(folder, "mine"))) as packed:
        assert sorted(packed.namelist()) == [
            f"mine/{name}"
            for name in (
                "README.txt",
                "model.py",
                "model.safetensors",
                "train.txt",
                "validation.txt",
            )
        ]
        assert len(packed.read("mine/train.txt").split(b"\n")) > 27_000
