"""One Python file of plain PyTorch: the model, how it was trained, and how it writes.

Made of the sources of `lm_core.export.plain` and of the parts of the lab they use, with the run's
own settings at the top. The weights lie beside it as safetensors, which it reads by itself; it
needs torch, and for training numpy, to draw the batches the lab drew.
"""

import importlib.util
import inspect
import re
import textwrap
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from safetensors.torch import save_file
from torch import Tensor

from lm_core.checkpoints import Checkpoint
from lm_core.errors import BadSettings, Unsupported
from lm_core.export.plain import loop, mlp, neural_bigram, optimizers, recurrent, transformer
from lm_core.models.positions import angles, both_halves, rotary_tables, rotate
from lm_core.models.weights import stored
from lm_core.settings import Settings
from lm_core.training import Budget, TrainSettings
from lm_core.training import muon as muon_file
from lm_core.training.optimizers import ADAM_SHARE

# Family -> its plain file, and the settings that may differ from their defaults.
SIZES = {"n_layer", "n_embd", "n_hidden", "block_size", "dropout"}
PLAIN: dict[str, tuple[ModuleType, set[str]]] = {
    "neural-bigram": (neural_bigram, {"block_size"}),
    "mlp": (mlp, {"context", "n_embd", "n_hidden", "block_size", "dropout"}),
    "rnn": (recurrent, SIZES),
    "gru": (recurrent, SIZES),
    "lstm": (recurrent, SIZES),
    "transformer": (transformer, {"n_layer", "n_head", "n_embd", "block_size", "dropout"}),
}
TRAINED_BY = {"lr", "batch_size", "weight_decay", "warmup", "grad_clip"}  # any values
KNOWN = {"optimizer": ("adamw", "muon"), "schedule": ("cosine", "linear", "constant")}
PLAINLY = {"precision": ("auto", "float32")}  # auto is float32 on a CPU
BATCHES = {loop.batches_of_items, loop.batches_along_text, loop.batches_at_random}
ASIDE = {"eval_tokens", "eval_every", "accumulate", "deterministic"}  # the weights stay the same

HEAD = '''"""{family}: a language model in plain PyTorch, written by Language Model Lab.

    python {name} write --prompt TEXT    text from the weights beside this file
    python {name} train FILE             the same run again

FILE is the text it learned from, in UTF-8. On a CPU with the same version of torch it gives the
starting weights, batches and losses of the lab's run{but}.
Writing needs torch alone; training also numpy, to draw the batches that the lab drew.
"""
'''
IMPORTS = """
from __future__ import annotations

import argparse
import json
import math
import time
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F
"""
ADAMW_ALONE = """def make_optimizers(model):
    return [(adamw(list(model.parameters())), 1.0)]  # and its share of the learning rate
"""
NO_TENSOR = IMPORTS.replace("Tensor, ", "")


def write(saved: Checkpoint, path: Path) -> None:
    """The script, and its weights beside it.

    Raises:
        Unsupported: a family, tokenizer or setting that the plain script does not have.
        BadSettings: a name that does not end in .py.
    """
    if path.suffix != ".py":
        raise BadSettings(f"A script's name ends in .py: name it {path.stem}.py.")
    path.write_text(source(saved, path), encoding="utf-8")
    weights = path.with_suffix(".safetensors")
    save_file(stored(saved.model), weights)
    weights.chmod(path.stat().st_mode)  # safetensors writes for the owner alone


def read(path: Path) -> Callable[[Tensor], Tensor]:
    """The model that the script itself loads."""
    spec = importlib.util.spec_from_file_location("written_script", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    model = module.load()
    return lambda idx: model(idx)[0]


def source(saved: Checkpoint, path: Path) -> str:
    """The text of the script."""
    family = saved.meta["model"]["name"]
    plain = _plain_model(family, saved.model.settings)
    train, budget, seed = _training(saved.meta.get("spec"))
    if saved.tokenizer.name != "char":
        raise Unsupported(
            "A script is written for models that read characters, and this one reads tokens of "
            f"the kind {saved.tokenizer.name}: export it as torch-export or onnx."
        )
    model = saved.model.settings.to_dict()
    but = ", as far as a budget in seconds allows" if "seconds" in budget else ""
    if _origin(saved.meta["spec"]) not in ("file", "own"):
        but += ".\nA text of the lab's own is split by its own rule: give both parts (--validation)"
    # It stands in a docstring, where quotes would end it.
    name = path.name if re.fullmatch(r"[\w.-]{1,40}", path.name) else "model.py"
    head = HEAD.format(family=family, name=name, but=but)
    imports = IMPORTS if plain is transformer or train["optimizer"] == "muon" else NO_TENSOR
    shown = {k: v for k, v in model.items() if k in PLAIN[family][1] - {"block_size"}}
    rules = {k: train[k] for k in KNOWN}
    numbers = {k: v for k, v in train.items() if k not in KNOWN}
    lines = [
        f"# Made from: {saved.title!a}",
        f"CHARS = {_long(''.join(saved.tokenizer.chars))}  # a token is a character",
        f"ITEMS = {saved.items}  # whether each line of the text stands for itself, like a name",
        f"MODEL = {_dict(shown)}",
        f"BLOCK_SIZE = {model['block_size']}  # tokens in a row of a batch",
        f"CONTEXT = {saved.model.context_size}  # the most tokens it looks at; None is no limit",
        f"TRAIN = {_dict(numbers)}",
        f"TRAIN |= {_dict(rules)}",
        f"BUDGET = {_dict(budget)}",
        f"SEED = {seed}",
        'WEIGHTS = Path(__file__).with_suffix(".safetensors")',
    ]
    parts: list[Any] = []
    if plain is recurrent:
        lines.append(f'KIND = "{family}"')
    if plain is transformer:
        parts += [angles, rotary_tables, both_halves, rotate]
    parts += _own(plain)
    if train["optimizer"] == "muon":
        lines += [f"ADAM_SHARE = {ADAM_SHARE}  # of Muon's rate", f"ROUNDS = {muon_file.ROUNDS!r}"]
        parts += [muon_file.orthogonal, muon_file.Muon, *_own(optimizers)]
    else:
        parts += [optimizers.adamw]
        parts.append(ADAMW_ALONE)
        parts.remove(plain.outside_muon)
    along = loop.batches_along_text if plain is recurrent else loop.batches_at_random
    chosen = loop.batches_of_items if saved.items else along
    shared = [part for part in _own(loop) if part not in BATCHES or part is chosen]
    own_names = {part.__name__ for part in _own(plain)}  # of a family that differs there
    parts += [part for part in shared if part.__name__ not in own_names]
    texts = [part if isinstance(part, str) else inspect.getsource(part) for part in parts]
    texts = [text.replace(f"def {chosen.__name__}(", "def batches(") for text in texts]
    end = 'if __name__ == "__main__":\n    main()\n'
    return "\n\n".join([head + imports + "\n" + "\n".join(lines) + "\n", *texts, end])


def _plain_model(family: str, settings: Settings) -> ModuleType:
    if family not in PLAIN:
        raise Unsupported(
            f"A script is not written for the family {family}: choose torch-export or onnx, or a "
            f"model of {', '.join(PLAIN)}."
        )
    module, free = PLAIN[family]
    strange = {k: v for k, v in settings.difference().items() if k not in free}
    if strange:
        name, value = next(iter(strange.items()))
        raise Unsupported(
            f"This {family} has {name}={value}, and a script is written for the default of it "
            "only: export it as torch-export or onnx."
        )
    return module


def _origin(spec: dict[str, Any]) -> Any:
    corpus = spec.get("corpus")
    return corpus.get("name") if isinstance(corpus, dict) else None


def _training(spec: Any) -> tuple[dict[str, Any], dict[str, Any], int]:
    """Settings, budget and seed of the run; checked, for a card may come from anywhere."""
    if not isinstance(spec, dict):
        raise Unsupported(
            "This checkpoint does not say how it was trained, so no script can train it again: "
            "export it in another format."
        )
    settings = TrainSettings.from_dict(spec.get("train", {}))
    budget, seed = Budget.from_dict(spec.get("budget", {})), spec.get("seed", 0)
    if type(seed) is not int:
        raise BadSettings(f"seed must be a whole number, not {seed!r}.")
    changed, values = settings.difference(), settings.to_dict()
    named = KNOWN | PLAINLY
    strange = [k for k in changed if k not in TRAINED_BY | ASIDE | set(named)]
    strange += [k for k, known in named.items() if k in values and values[k] not in known]
    if strange:
        raise Unsupported(
            f"This run was trained with {strange[0]}={values[strange[0]]}, which the plain loop of "
            "a script does not have: export it as torch-export or onnx."
        )
    kept = {k: v for k, v in values.items() if k in TRAINED_BY | set(KNOWN)}
    return kept, {k: v for k, v in budget.to_dict().items() if v is not None}, seed


def _own(module: ModuleType) -> list[Any]:
    """Functions and classes a file defines, in the order they stand in it."""
    values = dict.fromkeys(
        x for x in vars(module).values() if inspect.isroutine(x) or inspect.isclass(x)
    )
    found = [x for x in values if x.__module__ == module.__name__]
    return sorted(found, key=lambda x: inspect.getsourcelines(x)[1])


def _long(text: str) -> str:
    """A string as source, in lines that fit."""
    pieces = [text[i : i + 60] for i in range(0, len(text), 60)]
    if len(pieces) == 1:
        return _value(text)
    return "(\n" + textwrap.indent("\n".join(map(_value, pieces)), "    ") + "\n)"


def _dict(values: dict[str, Any]) -> str:
    return "{" + ", ".join(f'"{k}": {_value(v)}' for k, v in values.items()) + "}"


def _value(value: Any) -> str:
    """As source, strings between double quotes where they hold none."""
    said = ascii(value)
    swap = isinstance(value, str) and said[0] == "'" and '"' not in said
    return f'"{said[1:-1]}"' if swap else said
