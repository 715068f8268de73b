"""Every format of every small family, read back as another program would read it."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from lm_core.checkpoints import Checkpoint, load_checkpoint, save_checkpoint
from lm_core.codecs.labelled import LabelCodec
from lm_core.errors import BadSettings, StoreUnavailable, Unsupported
from lm_core.export import export_checkpoint, exporting, formats, logits, refused
from lm_core.models import models
from lm_core.tasks import tasks
from tests.marks import most_slow
from tests.tiny import alphabet, lively_model, some_ids, tiny_settings

V = 27
FAMILIES = ("lstm", "transformer", "mlp", "gru")
SHAPES = ((1, 1), (3, 16), (2, 9))
# What runs here can import neither this package nor numpy, only torch.
ALONE = """
import json, runpy, sys
import torch
sys.modules["lm_core"] = sys.modules["numpy"] = sys.modules["safetensors"] = None
for path in sys.argv[2:]:
    model = runpy.run_path(path)["load"]()
    print(json.dumps([model(torch.tensor(idx))[0].tolist() for idx in json.loads(sys.argv[1])]))
"""


def checkpoint(folder: Path, family: str, **changes: object) -> Checkpoint:
    """A small model that was never trained, with the card of a run of five steps."""
    spec = {"budget": {"steps": 5}, "seed": 3, "corpus": {"name": "file"}}
    model = lively_model(family, V, **changes)
    return load_checkpoint(save_checkpoint(folder, model, alphabet(V), {"spec": spec}))


@pytest.fixture(scope="module", params=most_slow(FAMILIES, quick=["transformer"]))
def saved(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    return checkpoint(tmp_path_factory.mktemp("models") / request.param, request.param)


def expect(saved: Checkpoint, other) -> None:
    """`other` gives the model's logits for texts of several lengths, and several at once."""
    for shape in SHAPES:
        idx = some_ids(*shape, V, seed=5)
        with torch.no_grad():
            ours, theirs = saved.model(idx)[0], other(idx)
        torch.testing.assert_close(theirs, ours, atol=1e-4, rtol=0)
        assert ours.abs().max() > 0.1  # a model that says nothing would hide a mistake


def test_torchscript_says_the_same(saved: Checkpoint, tmp_path: Path) -> None:
    done = export_checkpoint(saved, "torchscript", tmp_path / "model.pt")
    extra = {"lab.json": ""}
    expect(saved, torch.jit.load(done.out, _extra_files=extra))
    assert json.loads(extra["lab.json"])["tokenizer"] == saved.tokenizer.to_dict()
    assert done.max_difference <= 1e-4
    assert done.bytes == done.out.stat().st_size
    assert done.parameters == saved.model.n_parameters


def test_torch_export_says_the_same(saved: Checkpoint, tmp_path: Path) -> None:
    done = export_checkpoint(saved, "torch-export", tmp_path / "model.pt2")
    extra = {"lab.json": ""}
    expect(saved, torch.export.load(done.out, extra_files=extra).module())
    assert json.loads(extra["lab.json"])["model"] == saved.meta["model"]


def test_onnx_says_the_same(saved: Checkpoint, tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    runtime = pytest.importorskip("onnxruntime")
    done = export_checkpoint(saved, "onnx", tmp_path / "model.onnx")
    run = runtime.InferenceSession(done.out, providers=["CPUExecutionProvider"]).run
    expect(saved, lambda idx: torch.from_numpy(run(None, {"idx": idx.numpy()})[0]))
    said = {prop.key: prop.value for prop in onnx.load(done.out).metadata_props}
    assert json.loads(said["lab"])["items"] is False
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.onnx"]


def test_scripts_say_the_same_with_torch_alone(tmp_path: Path) -> None:
    made = [checkpoint(tmp_path / family, family) for family in FAMILIES]
    scripts = tmp_path / "scripts"
    for saved in made:
        done = export_checkpoint(saved, "script", scripts / f"{saved.folder.name}.py")
        assert [path.name for path in done.files] == [
            f"{saved.folder.name}.py",
            f"{saved.folder.name}.safetensors",
        ]
    given = [some_ids(*shape, V, seed=5) for shape in SHAPES]
    texts = json.dumps([idx.tolist() for idx in given])
    names = [f"{family}.py" for family in FAMILIES]
    command = [sys.executable, "-I", "-c", ALONE, texts, *names]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, cwd=scripts)
    for saved, line in zip(made, answer.stdout.splitlines(), strict=True):
        said = iter(json.loads(line))
        expect(saved, lambda idx, said=said: torch.tensor(next(said)))


@pytest.mark.parametrize(
    ("family", "changes"),
    [
        ("transformer", {"position": "alibi", "n_kv_head": 1, "tied": True}),
        ("bigram", {"k": 0.0}),
        *most_slow(
            [
                ("encoder", {}),
                ("transformer", {"position": "learned", "norm": "layer", "activation": "swiglu"}),
                ("lstm", {"tied": True, "n_embd": 64}),
                ("rnn", {"activation": "relu"}),
            ],
            quick=[],
        ),
    ],
)
def test_other_parts_and_families_export_too(family, changes, tmp_path: Path) -> None:
    saved = checkpoint(tmp_path / "model", family, **changes)
    for format in ("torchscript", "torch-export"):
        assert export_checkpoint(saved, format, tmp_path / format).max_difference <= 1e-4


@pytest.mark.parametrize(
    ("family", "format", "says"),
    [
        ("ngram", "torchscript", "family ngram cannot be exported"),
        ("encoder-decoder", "torch-export", "it reads two texts"),
        ("rnn-translator", "torchscript", "that learned translation cannot be exported"),
        ("rnn-translator", "onnx", "that learned translation cannot be exported"),
        ("rnn-translator", "script", "that learned translation cannot be exported"),
        ("ngram", "script", "not written for the family ngram"),
        ("wavenet", "script", "not written for the family wavenet"),
    ],
)
def test_a_family_that_cannot_is_one_sentence(family, format, says, tmp_path: Path) -> None:
    saved = checkpoint(tmp_path / "model", family)
    with pytest.raises(Unsupported, match=says):
        export_checkpoint(saved, format, tmp_path / "out" / "model.py")
    assert not list((tmp_path / "out").glob("*"))
    assert says in refused(saved.meta, format)


def test_a_family_that_is_no_language_model_is_one_sentence() -> None:
    assert "it is asked with other things" in logits.refused({"model": {"name": "rnn-translator"}})
    with pytest.raises(Unsupported, match="it is asked with other things"):
        logits.check_exportable(lively_model("rnn-translator", V))


@pytest.mark.parametrize("format", ["torchscript", "script", "archive"])
def test_a_classifier_is_not_exported_as_what_it_stands_on(tmp_path: Path, format: str) -> None:
    codec, task = LabelCodec(alphabet(V), ("no", "yes")), tasks["text-class"].build()
    settings = models["encoder"].settings.from_dict(tiny_settings("encoder"))
    model = task.build(models["encoder"], settings, codec.sizes)
    meta = {"task": {"name": "text-class"}}
    saved = load_checkpoint(save_checkpoint(tmp_path / "model", model, codec, meta))
    with pytest.raises(Unsupported, match=r"that learned .* cannot be exported"):
        export_checkpoint(saved, format, tmp_path / "out.py")
    assert "cannot be exported" in refused(saved.meta, format)


def test_a_file_that_says_something_else_is_not_kept(tmp_path: Path, monkeypatch) -> None:
    saved = checkpoint(tmp_path / "model", "mlp")
    from lm_core.export import torchscript

    out = tmp_path / "out" / "model.pt"
    read = torchscript.read
    monkeypatch.setattr(torchscript, "read", lambda path: lambda idx: read(path)(idx) + 0.001)
    with pytest.raises(Unsupported, match=r"other logits than the model \(by 0.001"):
        export_checkpoint(saved, "torchscript", out)
    assert not list(out.parent.iterdir())
    monkeypatch.setattr(torchscript, "read", lambda path: lambda idx: read(path)(idx) * np.nan)
    with pytest.raises(Unsupported, match="other logits"):
        export_checkpoint(saved, "torchscript", out)


def test_bad_names_are_one_sentence(tmp_path: Path) -> None:
    saved = checkpoint(tmp_path / "model", "mlp")
    with pytest.raises(BadSettings, match="did you mean 'torchscript'"):
        export_checkpoint(saved, "torchscrip", tmp_path / "x")
    with pytest.raises(BadSettings, match="is a folder: name a file"):
        export_checkpoint(saved, "torchscript", tmp_path)
    with pytest.raises(BadSettings, match=r"name it x\.py"):
        export_checkpoint(saved, "script", tmp_path / "x.txt")
    with pytest.raises(BadSettings, match=r"name it x\.zip"):
        export_checkpoint(saved, "archive", tmp_path / "x.txt")
    (tmp_path / "file").write_text("here")
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        export_checkpoint(saved, "torchscript", tmp_path / "file" / "model.pt")


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch) -> None:
    saved = checkpoint(tmp_path / "model", "mlp")
    monkeypatch.setattr(exporting.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Unsupported, match=r"pip install onnx onnxscript$"):
        export_checkpoint(saved, "onnx", tmp_path / "model.onnx")
    assert refused(saved.meta, "onnx").endswith("pip install onnx onnxscript")


def test_formats_can_be_listed() -> None:
    names = ["torchscript", "torch-export", "onnx", "transformers", "script", "archive"]
    assert [f.name for f in formats()] == names
    assert all(f.title and f.idea.endswith(".") and f.suffix.startswith(".") for f in formats())
