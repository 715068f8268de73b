"""The written script trains as the lab did, writes text, and is refused where it could not."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lm_core.checkpoints import load_checkpoint, save_checkpoint
from lm_core.errors import Unsupported
from lm_core.export import export_checkpoint
from lm_core.runs.prepare import prepare
from lm_core.runs.spec import RunSpec
from lm_core.training import Trainer
from lm_core.training.events import Step
from tests.tiny import NAMES, TEXT, alphabet, lively_model, tiny_settings


def trained(tmp_path: Path, family: str, text: str, *, items: bool, **train: object):
    """A run of 12 steps on a file: its checkpoint, and the loss at each step."""
    file = tmp_path / "text.txt"
    file.write_text(text)
    settings = {"lr": 0.01, "batch_size": 4} | train
    dropout = {} if family == "neural-bigram" else {"dropout": 0.1}
    spec = RunSpec.from_dict(
        {
            "corpus": {"name": "file", "file": str(file), "items": items},
            "model": {"name": family, **tiny_settings(family, **dropout)},
            "train": settings,
            "budget": {"steps": 12},
            "seed": 7,
        },
        trusted=True,
    )
    ready = prepare(spec)
    trainer = Trainer(
        ready.model, ready.data, settings=spec.train, budget=spec.budget, seed=spec.seed
    )
    losses = [event.nats for event in trainer.run() if isinstance(event, Step)]
    folder = save_checkpoint(tmp_path / "run", trainer.model, ready.tokenizer, ready.card())
    return load_checkpoint(folder), losses


RUNS = {
    "transformer": (False, {"optimizer": "muon", "weight_decay": 0.1}),
    "lstm": (False, {"schedule": "linear", "grad_clip": 0.1}),
    "gru": (True, {}),
    "mlp": (True, {"optimizer": "muon", "schedule": "constant"}),
}
# Trains with every script in one Python that knows nothing of this package.
ALONE = """
import json, runpy, sys
sys.modules["lm_core"] = None
for folder in sys.argv[1:]:
    script = runpy.run_path(f"{folder}/again.py")
    said = []
    model = script["train"](f"{folder}/text.txt", say=said.append)
    try:
        script["write"](model, "é")
    except SystemExit as error:
        strange = str(error)
    print(json.dumps([said, script["write"](model, "an", 9, seed=1), strange]))
"""


def test_scripts_repeat_their_runs(tmp_path: Path) -> None:
    losses = {}
    for family, (items, train) in RUNS.items():
        text = "\n".join(NAMES) if items else TEXT * 2
        (tmp_path / family).mkdir()
        saved, losses[family] = trained(tmp_path / family, family, text, items=items, **train)
        export_checkpoint(saved, "script", tmp_path / family / "again.py")
    answers = python(tmp_path, "-c", ALONE, *RUNS).stdout.splitlines()
    for family, line in zip(RUNS, answers, strict=True):
        said, written, strange = json.loads(line)
        assert strange == "This model never saw 'é': leave it out."
        again = [float(nats) for nats in re.findall(r"step \d+: ([\d.]+) nats", " ".join(said))]
        assert len(again) == 12
        assert again == pytest.approx(losses[family], abs=2e-4)
        assert again[-1] < again[0] - 0.05
        assert said[-1].startswith("validation: ")
        assert written.startswith("an")
        assert RUNS[family][0] or len(written) == len("an") + 9  # a name may end sooner


def test_a_script_is_a_command(tmp_path: Path) -> None:
    saved, _ = trained(tmp_path, "neural-bigram", TEXT, items=False)
    export_checkpoint(saved, "script", tmp_path / "model.py")
    done = python(tmp_path, "model.py", "train", "text.txt", "--out", "new.safetensors")
    assert done.stdout.count("step ") == 12
    writing = ("model.py", "write", "--weights", "new.safetensors", "--length", "9")
    assert len(python(tmp_path, *writing).stdout) == 9 + 1


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    """A Python of its own, without this package's folder."""
    command = [sys.executable, "-I", "-X", "utf8", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done


def test_a_script_reads_like_one_page_and_holds_only_what_the_run_used(tmp_path: Path) -> None:
    saved, _ = trained(tmp_path, "lstm", TEXT, items=False)
    text = export_checkpoint(saved, "script", tmp_path / "model.py").out.read_text()
    assert "lm_core" not in text
    assert "class Muon" not in text
    assert text.count("def batches") == 1
    assert len(text.splitlines()) < 300
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize(
    ("family", "changes", "spec", "says"),
    [
        ("lstm", {"tied": True, "n_embd": 64}, {}, "has tied=True"),
        ("transformer", {"position": "alibi"}, {}, "has position=alibi"),
        ("lstm", {}, {"train": {"ema": 0.99}}, "trained with ema=0.99"),
        ("lstm", {}, None, "does not say how it was trained"),
    ],
)
def test_what_a_script_cannot_repeat_is_one_sentence(
    family, changes, spec, says, tmp_path: Path
) -> None:
    model = lively_model(family, 27, **changes)
    folder = save_checkpoint(tmp_path / "run", model, alphabet(27), {"spec": spec})
    with pytest.raises(Unsupported, match=re.escape(says)):
        export_checkpoint(load_checkpoint(folder), "script", tmp_path / "model.py")


def test_nothing_from_a_card_runs_as_code(tmp_path: Path) -> None:
    """A card may come from a stranger; its words stand in the script as text only."""
    trap = "x'''\n\"\"\"\nraise RuntimeError('ran')\n#"
    meta = {"spec": {"budget": {"steps": 1}, "corpus": {"name": trap}}, "title": trap}
    folder = save_checkpoint(tmp_path / "run", lively_model("mlp", 27), alphabet(27), meta)
    done = export_checkpoint(load_checkpoint(folder), "script", tmp_path / 'a"""b.py')
    assert "\nraise" not in done.out.read_text()
    assert done.max_difference <= 1e-4
