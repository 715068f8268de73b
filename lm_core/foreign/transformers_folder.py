"""A model in transformers' format: a folder with config.json, safetensors and a tokenizer.

The package transformers itself is not needed, and no code of the folder runs. Weights that are kept
as a pickle (pytorch_model.bin) are refused: reading one can run anything.
"""

import hashlib
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from lm_core.checkpoints import MOST_WEIGHT_BYTES
from lm_core.errors import BadCheckpoint
from lm_core.foreign import gpt2, llama
from lm_core.foreign.described import NO_MATCH, whole
from lm_core.foreign.keeping import Foreign, is_kept, keep
from lm_core.foreign.tokenizer_files import tokenizer_in
from lm_core.home import home_folder
from lm_core.json_files import read_json, too_large

CONFIG, WEIGHTS = "config.json", "model.safetensors"
INDEX = "model.safetensors.index.json"  # of weights in several files
PICKLES = ("pytorch_model.bin", "model.pt", "model.ckpt")
MOST_CONFIG_BYTES = 1_000_000
LAYOUTS: dict[str, ModuleType] = {"gpt2": gpt2, "llama": llama}  # by what config.json calls it


def is_one(folder: Path) -> bool:
    """Whether a folder looks like a model of transformers."""
    return (folder / CONFIG).is_file()


def kept(folder: Path) -> Path:
    """The checkpoint made of such a folder, once for each content.

    Raises:
        BadCheckpoint: as `read`.
        StoreUnavailable: the home folder cannot be written.
    """
    digest = hashlib.sha256()
    try:
        for file in (folder / CONFIG, *weight_files(folder)):
            with file.open("rb") as opened:
                digest.update(hashlib.file_digest(opened, "sha256").digest())
    except OSError:
        raise BadCheckpoint(f"{folder.name} cannot be read: check its files.") from None
    to = home_folder() / "foreign" / f"folder-{digest.hexdigest()[:16]}"
    return to if is_kept(to) else keep(read(folder, title=folder.name), to)


def read(folder: Path, *, title: str, source: str = "", licence: str = "") -> Foreign:
    """The model in a folder, under our names, in float32.

    Raises:
        BadCheckpoint: not causal, of an architecture that is not known here, damaged, truncated, or
            kept as a pickle.
    """
    settings, tensors, config = weights_in(folder)
    ends = config.get("eos_token_id")
    end = ends[0] if isinstance(ends, list) and ends else ends
    return Foreign(
        title=title,
        source=source or f"A folder in the format of transformers, {folder.name}",
        licence=licence or "as its author says",
        settings=settings,
        tensors=tensors,
        tokenizer=tokenizer_in(folder, size=whole(config, "vocab_size"), end=end),
    )


def weights_in(folder: Path) -> tuple[dict[str, Any], dict[str, torch.Tensor], dict[str, Any]]:
    """The settings of our Transformer that a folder describes, its weights under our names in
    float32, and its config.json. Errors as of `read`."""
    config = read_json(folder / CONFIG, MOST_CONFIG_BYTES)
    layout = layout_of(config)
    settings = layout.settings_of(config)
    theirs: dict[str, torch.Tensor] = {}
    files = weight_files(folder)
    if sum(file.stat().st_size for file in files if file.exists()) > MOST_WEIGHT_BYTES:
        raise BadCheckpoint(too_large(files[0], MOST_WEIGHT_BYTES))
    for file in files:
        try:
            theirs |= load_file(file)
        except (OSError, SafetensorError):
            raise BadCheckpoint(
                f"{file.name} is missing, cut short or damaged: get it again."
            ) from None
    if not all(tensor.is_floating_point() for tensor in theirs.values() if tensor.dim() == 2):
        raise BadCheckpoint("These weights are quantized in a way that is not read here.")
    try:
        ours = layout.as_ours(theirs, settings["n_layer"])
    except (KeyError, RuntimeError):
        raise BadCheckpoint(NO_MATCH) from None
    return settings, {name: tensor.float() for name, tensor in ours.items()}, config


def layout_of(config: Any) -> ModuleType:
    """How a model of this config.json calls its weights.

    Raises:
        BadCheckpoint: it writes no text from left to right, or is built otherwise.
    """
    config = config if isinstance(config, dict) else {}
    kind, built = str(config.get("model_type", "none"))[:40], config.get("architectures")
    built = [str(one) for one in built] if isinstance(built, list) else []
    layout = LAYOUTS.get(kind)
    writes = any("CausalLM" in one or "LMHead" in one for one in built)
    if layout is not None and (not built or layout.HEADED in built):
        return layout
    if built and not writes:
        raise BadCheckpoint(
            f"{built[0][:60]} is not causal: it does not write a text on from left to right. "
            "Choose a GPT-2 or a Llama with its language-model head."
        )
    raise BadCheckpoint(
        f"This model is built as {kind}; this lab reads {' and '.join(LAYOUTS)}: choose one of "
        "those."
    )


def weight_files(folder: Path) -> list[Path]:
    """Where its weights are: one file, or those that its index names.

    Raises:
        BadCheckpoint: there are none, or only a pickle.
    """
    if (folder / WEIGHTS).exists():
        return [folder / WEIGHTS]
    if (folder / INDEX).exists():
        index = read_json(folder / INDEX, 10 * MOST_CONFIG_BYTES)
        return [folder / name for name in shards(index)]
    found = [name for name in PICKLES if (folder / name).exists()]
    if found:
        raise BadCheckpoint(
            f"{folder.name} keeps its weights in {found[0]}, a pickle, which can run any code when "
            "it is read: get the model with model.safetensors."
        )
    raise BadCheckpoint(f"{folder.name} holds no {WEIGHTS}: get that file of the model too.")


def shards(index: Any) -> list[str]:
    """The files that an index names, each once.

    Raises:
        BadCheckpoint: it names none, or one outside its folder.
    """
    named = index.get("weight_map") if isinstance(index, dict) else None
    names = sorted(set(map(str, named.values()))) if isinstance(named, dict) else []
    if not names or not all(re.fullmatch(r"[\w-][\w.-]*\.safetensors", n) for n in names):
        raise BadCheckpoint("The index of these weights is damaged: get the model again.")
    return names
