"""Export: write a model in another format, read the file back, compare, and only then keep it.

Every format is a module with `write(saved, path)`, which writes one file or more, `read(path)`,
which gives the file's own function idx (B, T) int64 -> logits (B, T, V), made from nothing but what
was written, and `refused(card)`, which says without the model why it cannot be written so.
"""

import importlib
import importlib.util
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lm_core.checkpoints import Checkpoint, task_said
from lm_core.errors import BadSettings, StoreUnavailable, Unsupported, nearest
from lm_core.export.logits import TOLERANCE, largest_difference
from lm_core.home import unwritable
from lm_core.json_files import dumps
from lm_core.models import models
from lm_core.tasks import tasks


@dataclass(frozen=True)
class Format:
    """One format, for a list to choose from. `needs` are packages beyond the lab's own."""

    name: str
    title: str
    idea: str
    suffix: str
    module: str
    needs: tuple[str, ...] = ()
    holds_text: bool = False  # of what the model learned
    folder: bool = False  # unless the name that is given ends in the suffix

    @property
    def missing(self) -> list[str]:
        """Packages that have to be installed first."""
        return [name for name in self.needs if importlib.util.find_spec(name) is None]


_FORMATS = (
    Format(
        "torchscript",
        "TorchScript",
        "For torch.jit.load, in Python or C++, without this package.",
        ".pt",
        "lm_core.export.torchscript",
    ),
    Format(
        "torch-export",
        "torch.export",
        "The successor of TorchScript, for torch.export.load.",
        ".pt2",
        "lm_core.export.torch_export",
    ),
    Format(
        "onnx",
        "ONNX",
        "For onnxruntime and others, without PyTorch.",
        ".onnx",
        "lm_core.export.onnx_file",
        ("onnx", "onnxscript"),
    ),
    Format(
        "transformers",
        "transformers",
        "A folder that Hugging Face transformers opens, model and tokenizer, packed as one file.",
        ".zip",
        "lm_core.export.transformers_folder",
        folder=True,
    ),
    Format(
        "script",
        "Python script",
        "One file of plain PyTorch that writes text and trains the model again; weights beside it.",
        ".py",
        "lm_core.export.script",
    ),
    Format(
        "archive",
        "Archive",
        "That script, its weights and the text it learned from, packed for another machine.",
        ".zip",
        "lm_core.export.archive",
        holds_text=True,
    ),
)


@dataclass(frozen=True)
class Exported:
    """What was written. `max_difference` is that of any logit from the model's own."""

    out: Path
    format: str
    parameters: int
    max_difference: float
    bytes: int
    files: tuple[Path, ...]


def formats() -> tuple[Format, ...]:
    """Every format, in the order to offer them in."""
    return _FORMATS


def refused(card: dict[str, Any], format: str) -> str:
    """Why a checkpoint with this card cannot be exported so, in a sentence; "" where it can, as far
    as its card tells."""
    chosen = _format(format)
    if chosen.missing:
        return _missing(chosen)
    return _learned(card) or importlib.import_module(chosen.module).refused(card)


def export_checkpoint(saved: Checkpoint, format: str, out: Path | str) -> Exported:
    """Write the model of a checkpoint to `out`; it appears checked or not at all.

    Raises:
        BadSettings: an unknown format, or `out` is a folder.
        Unsupported: the family, or what it learned, cannot be exported so, a package is missing, or
            the file's logits differ from the model's by more than `TOLERANCE`.
        StoreUnavailable: `out` cannot be written.
    """
    out, chosen = Path(out), _format(format)
    if out.is_dir() and not chosen.folder:
        raise BadSettings(
            f"{out} is a folder: name a file, such as {out / 'model'}{chosen.suffix}."
        )
    if out.is_dir() and any(out.iterdir()):
        raise BadSettings(f"{out} holds files already: name a folder that is not there yet.")
    if chosen.missing:
        raise Unsupported(_missing(chosen))
    if why := _learned(saved.meta):
        raise Unsupported(why)
    writer = importlib.import_module(chosen.module)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
        try:
            writer.write(saved, fresh / out.name)
            difference = largest_difference(saved.model, writer.read(fresh / out.name))
            if not difference <= TOLERANCE:  # a NaN fails as well
                raise Unsupported(
                    f"The {chosen.title} file gave other logits than the model (by {difference:.2g}"
                    "), so it was not kept: export it in another format."
                )
            # Python leaves a folder of compiled scripts beside one that was read.
            written = sorted(one for one in fresh.iterdir() if one.name != "__pycache__")
            found = (one for path in written for one in (path, *path.rglob("*")))
            inside = sorted(one.relative_to(fresh) for one in found if one.is_file())
            size = sum((fresh / path).stat().st_size for path in inside)
            for path in written:
                os.replace(path, out.parent / path.name)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    except OSError as error:
        raise StoreUnavailable(unwritable(error, out)) from None
    files = tuple(out.parent / path for path in inside)
    return Exported(out, format, saved.model.n_parameters, difference, size, files)


def about(saved: Checkpoint) -> str:
    """JSON that goes with a file, so that it can be used without its checkpoint."""
    meta = saved.meta
    described = {
        "title": saved.title,
        "input": "idx (B, T) int64, both sizes free",
        "output": "logits (B, T, V) float32, of the token after each",
        "context": saved.model.context_size,
        "model": meta["model"],
        "tokenizer": saved.tokenizer.to_dict(),
        "items": saved.items,
    }
    if not saved.model.causal:
        described["output"] = "logits (B, T, V) float32, of the token at each place"
    return dumps(described)


def _learned(card: dict[str, Any]) -> str:
    """Why what a model learned cannot be exported, in a sentence; "" where it guesses the tokens of
    one text, or its card does not say what it is."""
    described = card.get("model")
    if not isinstance(described, dict) or described.get("name") not in models:
        return ""
    task = tasks[task_said(card)]
    if task.build.weighed:
        return ""
    return (
        f"A model that learned {task.title.lower()} cannot be exported: choose one of running text "
        "or of a list."
    )


def _missing(format: Format) -> str:
    return f"{format.title} needs more packages: pip install {' '.join(format.missing)}"


def _format(name: str) -> Format:
    for known in _FORMATS:
        if known.name == name:
            return known
    raise BadSettings(f"There is no format {name!r}{nearest(name, [f.name for f in _FORMATS])}")
