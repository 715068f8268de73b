"""A folder in the format of transformers: config.json, model.safetensors and the tokenizer, which
`AutoModelForCausalLM.from_pretrained` and `AutoTokenizer.from_pretrained` open.

Our Transformer is GPT-2 or Llama where its settings are theirs (`lm_core.foreign`, which reads the
same folders, maps the names); LoRA's changes are added up first. Neither package code nor pickles
are written, and transformers itself is not needed.
"""

import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

from safetensors.torch import save_file
from torch import Tensor

from lm_core.adapt.adapting import merged
from lm_core.adapt.settings import AdapterSettings
from lm_core.checkpoints import Checkpoint
from lm_core.errors import LabError, Unsupported
from lm_core.foreign.keeping import FAMILY, built
from lm_core.foreign.tokenizer_files import tokenizer_json
from lm_core.foreign.transformers_folder import CONFIG, LAYOUTS, WEIGHTS, weights_in
from lm_core.json_files import dumps
from lm_core.models.transformer import TransformerSettings
from lm_core.tokenizers.bpe import BOUNDARY, BPETokenizer
from lm_core.tokenizers.char import CharTokenizer

NEITHER = (
    "This model is built as neither GPT-2 nor Llama, which transformers can open: train a "
    "Transformer with learned positions, LayerNorm, GELU and without normed queries and keys "
    "(which is a GPT-2), or fine-tune somebody else's model."
)
SOFT = (
    "A soft prompt stands before the text, and a folder of transformers has no place for it: take "
    "a model without one."
)
WORDS, HOW = "tokenizer.json", "tokenizer_config.json"
PACKED = ".zip"


def refused(card: dict[str, Any]) -> str:
    """Why a model with this card cannot be written so, in a sentence; "" where it can."""
    described = dict(card.get("model") or {})
    if described.pop("name", "") != FAMILY:
        return NEITHER
    try:
        if AdapterSettings.said(card.get("spec", {}).get("start")).method == "soft-prompt":
            return SOFT
        return "" if layout_of(TransformerSettings.from_dict(described)) else NEITHER
    except LabError as error:
        return str(error)


def layout_of(settings: TransformerSettings) -> tuple[str, ModuleType] | None:
    """GPT-2 or Llama, and how it calls its weights, where the model is one of them; else None."""
    return next((one for one in LAYOUTS.items() if one[1].is_one(settings)), None)


def write(saved: Checkpoint, path: Path) -> None:
    """The folder `path`; packed as one file where its name ends in .zip.

    Raises:
        Unsupported: the model is built otherwise, has a soft prompt, or a tokenizer that the
            package tokenizers cannot hold.
    """
    if why := refused(saved.meta):
        raise Unsupported(why)
    if path.suffix == PACKED:
        with TemporaryDirectory(prefix="lm-transformers-") as made:
            folder = Path(made) / path.stem
            _write(saved, folder)
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
                for file in sorted(folder.iterdir()):
                    packed.write(file, f"{path.stem}/{file.name}")
    else:
        _write(saved, path)


def _write(saved: Checkpoint, folder: Path) -> None:
    words = tokenizer_json(saved.tokenizer)
    model, s = merged(saved.model), saved.model.settings
    kind, layout = layout_of(s)
    tensors = layout.as_theirs(model.state_dict(), s)
    if s.tied:
        del tensors["lm_head.weight"]  # a second name of the embedding
    folder.mkdir()
    ends = _ends(saved)
    end = saved.tokenizer.boundary_id if ends else None
    config = {"model_type": kind, "architectures": [layout.HEADED], **layout.config_of(s)}
    config |= {"vocab_size": model.vocab_size, "dtype": "float32"}
    config |= dict.fromkeys(("bos_token_id", "eos_token_id"), end)
    said = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": s.block_size}
    said |= {"clean_up_tokenization_spaces": False, **ends}
    for name, what in ((CONFIG, config), (WORDS, words), (HOW, said)):
        (folder / name).write_text(dumps(what) + "\n", encoding="utf-8")
    held = {name: tensor.detach().float().contiguous() for name, tensor in tensors.items()}
    save_file(held, folder / WEIGHTS, metadata={"format": "pt"})
    (folder / WEIGHTS).chmod((folder / CONFIG).stat().st_mode)  # else for the owner alone


def _ends(saved: Checkpoint) -> dict[str, str]:
    """What begins and ends a text, where a token does nothing else."""
    if not isinstance(saved.tokenizer, BPETokenizer) and not saved.items:
        return {}  # a newline within a text of characters
    end = "\n" if isinstance(saved.tokenizer, CharTokenizer) else BOUNDARY
    return {"bos_token": end, "eos_token": end}


def read(path: Path) -> Callable[[Tensor], Tensor]:
    """The model of the folder, read as somebody else's is."""
    if path.suffix == PACKED:
        with TemporaryDirectory(prefix="lm-transformers-") as made:
            with zipfile.ZipFile(path) as packed:
                packed.extractall(made)
            return read(Path(made) / path.stem)
    settings, tensors, config = weights_in(path)
    model = built(settings, tensors, {"vocab_size": config["vocab_size"]}, title=path.name)
    return lambda idx: model(idx)[0]
