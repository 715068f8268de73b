"""The written script trains as the lab did, writes text, and is refused where it could not."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lm_core.checkpoints import load_checkpoint, save_checkpoint
from lm_core.errors import Unsupported
from lm_core.export import export_checkpoint, refused
from lm_core.export.script import FAMILIES
from tests.export.trained import trained
from tests.tiny import alphabet, lively_model


@pytest.mark.slow
def test_a_script_is_a_command(tmp_path: Path) -> None:
    saved, losses, _ = trained(tmp_path, "neural-bigram")
    export_checkpoint(saved, "script", tmp_path / "model.py")
    done = python(tmp_path, "model.py", "train", "text.txt", "--out", "new.safetensors")
    again = re.findall(r"^step \d+: ([\d.]+) nats", done.stdout, re.MULTILINE)
    assert list(map(float, again)) == pytest.approx(losses, abs=2e-4)
    (tmp_path / "model.py").rename(tmp_path / "other name.py")
    writing = ("other name.py", "generate", "--weights", "new.safetensors", "--max-tokens", "9")
    assert len(python(tmp_path, *writing).stdout) == 9 + 1
    alone = python(tmp_path, "other name.py", "train", fails=True)
    assert alone.stderr.endswith("train.txt: name the text, as in  train FILE.\n")
    (tmp_path / "model.safetensors").unlink()
    alone = python(tmp_path, "other name.py", fails=True)
    assert alone.stderr.startswith("The weights are not at ")
    assert len(alone.stderr.splitlines()) == 1


def python(folder: Path, *arguments: str, fails: bool = False) -> subprocess.CompletedProcess:
    """A Python of its own, without this package's folder."""
    command = [sys.executable, "-I", "-X", "utf8", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    assert (done.returncode != 0) == fails, done.stderr
    return done


def test_a_script_reads_like_one_page_and_holds_only_what_the_run_used(tmp_path: Path) -> None:
    saved, _, _ = trained(tmp_path, "lstm")
    text = export_checkpoint(saved, "script", tmp_path / "model.py").out.read_text()
    assert "lm_core" not in text
    assert "class Muon" not in text
    assert re.findall(r"def (batches\w*)", text) == ["batches", "batches_in_order"]
    assert "import re\n" not in text
    assert len(text.splitlines()) < 480
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize("train", [{}, {"optimizer": "muon"}])
@pytest.mark.parametrize("family", FAMILIES)
def test_a_script_defines_each_name_once(family: str, train: dict, tmp_path: Path) -> None:
    """Its pieces come from several files, each of which has a right to its own names."""
    spec = {"train": train, "budget": {"steps": 1}, "corpus": {"name": "own"}}
    model = lively_model(family, 27)
    folder = save_checkpoint(tmp_path / "run", model, alphabet(27), {"spec": spec})
    done = export_checkpoint(load_checkpoint(folder), "script", tmp_path / "model.py")
    tree = ast.parse(done.out.read_text())
    named = [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    assert len(named) == len(set(named))
    assert {"make_model", "make_optimizer", "batches", "train", "evaluate", "main"} <= set(named)


@pytest.mark.parametrize(
    ("family", "changes", "spec", "says"),
    [
        ("lstm", {"tied": True, "n_embd": 64}, {}, "has tied=True"),
        ("transformer", {"position": "alibi"}, {}, "has position=alibi"),
        ("lstm", {}, {"train": {"ema": 0.99}}, "trained with ema=0.99"),
        ("lstm", {}, {"fault": "no-shift"}, "a fault put in on purpose (no-shift)"),
        ("lstm", {}, None, "does not say how it was trained"),
    ],
)
def test_what_a_script_cannot_repeat_is_one_sentence(
    family, changes, spec, says, tmp_path: Path
) -> None:
    model = lively_model(family, 27, **changes)
    folder = save_checkpoint(tmp_path / "run", model, alphabet(27), {"spec": spec})
    saved = load_checkpoint(folder)
    with pytest.raises(Unsupported, match=re.escape(says)) as caught:
        export_checkpoint(saved, "script", tmp_path / "model.py")
    assert refused(saved.meta, "script") == refused(saved.meta, "archive") == str(caught.value)
    assert refused(saved.meta, "torchscript") == ""


def test_a_run_that_began_with_another_model_has_a_script_that_says_so(tmp_path: Path) -> None:
    spec = {"train": {"begin": "names"}, "budget": {"steps": 1}, "corpus": {"name": "own"}}
    folder = save_checkpoint(
        tmp_path / "run", lively_model("lstm", 27), alphabet(27), {"spec": spec}
    )
    saved = load_checkpoint(folder)
    assert refused(saved.meta, "script") == ""
    text = export_checkpoint(saved, "script", tmp_path / "model.py").out.read_text()
    assert "The run began with the weights of another model;" in " ".join(text.split())


def test_nothing_from_a_card_runs_as_code(tmp_path: Path) -> None:
    """A card may come from a stranger; its words stand in the script as text only."""
    trap = "x'''\n\"\"\"\nraise RuntimeError('ran')\n#"
    meta = {"spec": {"budget": {"steps": 1}, "corpus": {"name": trap}}, "title": trap}
    folder = save_checkpoint(tmp_path / "run", lively_model("mlp", 27), alphabet(27), meta)
    done = export_checkpoint(load_checkpoint(folder), "script", tmp_path / 'a"""b.py')
    assert "\nraise" not in done.out.read_text()
    assert done.max_difference <= 1e-4
