"""Checkpoints: a folder with `model.safetensors`, `meta.json` and `tokenizer.json`.

Loading runs no code from the files and refuses what it does not know. A run that may go on also
has `training.safetensors`: the optimizer's memory and the carried state.
"""

import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file

from lm_core import __version__
from lm_core.errors import BadCheckpoint, LabError, StoreUnavailable
from lm_core.home import unwritable
from lm_core.models import LanguageModel, models
from lm_core.tokenizers import Tokenizer, load_tokenizer

FORMAT = 1
MOST_META_BYTES = 1_000_000
MOST_TOKENIZER_BYTES = 50_000_000
MOST_WEIGHT_BYTES = 4_000_000_000


@dataclass
class Checkpoint:
    """A model with its tokenizer and card (`meta`), on the CPU, in eval mode."""

    model: LanguageModel
    tokenizer: Tokenizer
    meta: dict[str, Any]
    folder: Path

    @property
    def title(self) -> str:
        return str(self.meta.get("title") or self.folder.name)

    @property
    def items(self) -> bool:
        """Whether it learned from a list of items (names) and not from running text."""
        return bool(self.meta.get("corpus", {}).get("items"))


def build_model(
    name: str, settings: dict[str, Any], vocab_size: int, seed: int = 0
) -> LanguageModel:
    """An untrained model from its registry name; the global generator is left as it was."""
    entry = models[name]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return entry.build(entry.settings.from_dict(settings), vocab_size)


def save_checkpoint(
    folder: Path,
    model: LanguageModel,
    tokenizer: Tokenizer,
    meta: dict[str, Any],
    training: dict[str, torch.Tensor] | None = None,
) -> Path:
    """Write a checkpoint; it appears whole or not at all, and replaces an older one.

    Args:
        meta: what the card says; `model`, `vocab_size`, `format` and `lm_core` are added here.
        training: tensors a resumed run needs.

    Raises:
        StoreUnavailable: a full disk or a read-only folder.
    """
    name = next(e.name for e in models if e.build is type(model))
    meta = {
        **meta,
        "format": FORMAT,
        "lm_core": __version__,
        "model": {"name": name, **model.settings.to_dict()},
        "vocab_size": model.vocab_size,
        "parameters": model.n_parameters,
    }
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            save_file(_distinct(model), fresh / "model.safetensors")
            if training is not None:
                save_file(training, fresh / "training.safetensors")
            (fresh / "tokenizer.json").write_text(json.dumps(tokenizer.to_dict()))
            (fresh / "meta.json").write_text(json.dumps(meta, indent=2) + "\n")
            fresh.chmod(0o755)
            for file in fresh.iterdir():  # a shipped model is read by other users too
                file.chmod(0o644)
            _swap(fresh, folder)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    except (OSError, SafetensorError) as error:
        raise StoreUnavailable(unwritable(error)) from None
    return folder


def _distinct(model: LanguageModel) -> dict[str, torch.Tensor]:
    """State without the second name of a tied weight, which safetensors refuses."""
    kept, seen = {}, set()
    for name, tensor in model.state_dict().items():
        if tensor.data_ptr() in seen and tensor.numel():
            continue
        seen.add(tensor.data_ptr())
        kept[name] = tensor.detach().cpu().contiguous()
    return kept


def _swap(fresh: Path, folder: Path) -> None:
    """Put `fresh` in the place of `folder`. A reader sees the old or the new, never a mixture."""
    if not folder.exists():
        os.rename(fresh, folder)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-", dir=folder.parent))
    os.rename(folder, old / "was")
    os.rename(fresh, folder)
    shutil.rmtree(old, ignore_errors=True)


def load_checkpoint(folder: Path | str) -> Checkpoint:
    """Read a checkpoint folder.

    Raises:
        BadCheckpoint: missing, damaged, of another format, or not fitting its own description.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise BadCheckpoint(f"There is no checkpoint folder {folder}: check the path.")
    meta = read_meta(folder)
    tokenizer = load_tokenizer(_json(folder / "tokenizer.json", MOST_TOKENIZER_BYTES))
    if meta["vocab_size"] != tokenizer.vocab_size:
        raise BadCheckpoint(
            f"The model in {folder.name} was made for {meta['vocab_size']} tokens and its "
            f"tokenizer has {tokenizer.vocab_size}: the files belong to different models."
        )
    settings = dict(meta["model"])
    try:
        model = _load_weights(folder, settings.pop("name"), settings, tokenizer.vocab_size)
    except BadCheckpoint:
        raise
    except LabError as error:
        raise BadCheckpoint(
            f"{folder.name} describes a model this lab cannot build: {error}"
        ) from None
    model.eval()
    return Checkpoint(model, tokenizer, meta, folder)


def read_meta(folder: Path) -> dict[str, Any]:
    """The card of a checkpoint, checked to be one of ours; quick, no weights are read."""
    meta = _json(Path(folder) / "meta.json", MOST_META_BYTES)
    if not isinstance(meta, dict) or meta.get("format") != FORMAT:
        raise BadCheckpoint(
            f"{Path(folder).name} is not a checkpoint of this lab's format {FORMAT}: "
            "train it again, or use the lab it came from."
        )
    model, vocab_size = meta.get("model"), meta.get("vocab_size")
    named = isinstance(model, dict) and isinstance(model.get("name"), str)
    if not named or not isinstance(vocab_size, int) or not 1 <= vocab_size <= 1_000_000:
        raise BadCheckpoint(f"meta.json in {Path(folder).name} is damaged: copy or train it again.")
    return meta


def _load_weights(folder: Path, name: str, settings: dict, vocab_size: int) -> LanguageModel:
    path = folder / "model.safetensors"
    damaged = f"{path.name} in {folder.name} is damaged or missing: copy or train it again."
    entry = models[name]
    try:
        if path.stat().st_size > MOST_WEIGHT_BYTES:
            raise BadCheckpoint(f"{path.name} is larger than {MOST_WEIGHT_BYTES} bytes.")
        if entry.build.learns_by == "gradient":
            # Compare shapes before allocating: the description could ask for any size.
            with torch.device("meta"):
                expected = build_model(name, settings, vocab_size).state_dict()
            with safe_open(path, "pt") as file:
                shapes = {k: tuple(file.get_slice(k).get_shape()) for k in file.keys()}  # noqa: SIM118
            if any(k not in expected or tuple(expected[k].shape) != s for k, s in shapes.items()):
                raise BadCheckpoint(f"The weights in {folder.name} do not fit its description.")
        model = build_model(name, settings, vocab_size)
        missing, unexpected = model.load_state_dict(load_file(path), strict=False)
    except (OSError, SafetensorError, RuntimeError, ValueError, KeyError, TypeError):
        raise BadCheckpoint(damaged) from None
    tied = {id(p) for n, p in model.named_parameters(remove_duplicate=False) if n not in missing}
    absent = [n for n, p in model.named_parameters(remove_duplicate=False) if id(p) not in tied]
    if unexpected or absent:
        raise BadCheckpoint(damaged)
    if any(t.is_floating_point() and not t.isfinite().all() for t in model.state_dict().values()):
        raise BadCheckpoint(f"The weights in {folder.name} are not all numbers: train it again.")
    return model


def load_training(folder: Path) -> dict[str, torch.Tensor]:
    """The tensors a resumed run needs; empty when the checkpoint has none."""
    path = Path(folder) / "training.safetensors"
    if not path.exists():
        return {}
    try:
        return load_file(path)
    except (OSError, SafetensorError):
        raise BadCheckpoint(f"{path.name} is damaged: start a new run.") from None


def _json(path: Path, most: int) -> Any:
    try:
        if path.stat().st_size > most:
            raise BadCheckpoint(f"{path.name} is larger than {most} bytes, which none of ours is.")
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        raise BadCheckpoint(
            f"{path.name} in {path.parent.name} is missing or not JSON: copy or train it again."
        ) from None
