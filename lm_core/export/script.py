"""One Python file of plain PyTorch: the model, how it was trained, and how it writes.

Made of the family's lesson (`lm_core/models/plain`), the plain loop (`lm_core/training/plain.py`)
and `lm_core/export/plain`, with the run's own settings at the top and a long vocabulary at the end.
The weights lie beside it as safetensors, which it reads by itself, whatever it is renamed to; it
needs torch, and for training numpy, to draw the batches the lab drew. `archive.py` packs it with
the text it learned from.
"""

import importlib.util
import inspect
import re
import sys
import textwrap
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from safetensors.torch import save_file
from torch import Tensor

from lm_core.checkpoints import Checkpoint
from lm_core.errors import BadSettings, LabError, Unsupported
from lm_core.export.plain import chars, command, optimizers, pairs, words
from lm_core.models import models
from lm_core.models.plain import lesson, plain_names
from lm_core.models.weights import stored
from lm_core.runs.spec import FRESH, CorpusSpec
from lm_core.settings import Settings
from lm_core.texts import in_form
from lm_core.tokenizers import Tokenizer
from lm_core.training import Budget, TrainSettings, plain_batches
from lm_core.training import muon as muon_file
from lm_core.training import plain as loop
from lm_core.training.optimizers import ADAM_SHARE
from lm_core.training.plain_batches import (
    batches_along_text,
    batches_at_random,
    batches_of_items,
)

FAMILIES = ("neural-bigram", "mlp", "rnn", "gru", "lstm", "transformer")
READS = {"char": chars, "word": words, "bpe": pairs}  # kind of tokenizer -> its plain file
JUDGED_BY = ("keep_best", "patience")
TRAINED_BY = {"lr", "batch_size", "weight_decay", "warmup", "grad_clip", *JUDGED_BY}  # any values
KNOWN = {"optimizer": ("adamw", "muon"), "schedule": ("cosine", "linear", "constant")}
PLAINLY = {"precision": ("auto", "float32")}  # auto is float32 on a CPU
BATCHES = {batches_of_items, batches_along_text, batches_at_random}  # a script has one of them
# The weights stay the same, but for rounding.
ASIDE = {"eval_tokens", "eval_every", "accumulate", "deterministic", "recompute", "compile"}

HEAD = '''"""{family}: a language model in plain PyTorch, written by Language Model Lab.

    python {name}                           writes at once
    python {name} generate --prompt TEXT    writes as asked
    python {name} {train:26}the same run again
    python {name} --help                    the rest

{said}
"""
'''
IMPORTS = """
from __future__ import annotations

import argparse
import json
import math
import re
import sys
import time
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
"""
MODEL = """def make_model():
    return {name}(VOCAB_SIZE, **MODEL)
"""
ADAMW_ALONE = """def make_optimizer(model):
    return adamw(model.parameters(), lr=TRAIN["lr"], weight_decay=TRAIN["weight_decay"])
"""


def write(saved: Checkpoint, path: Path, *, beside: bool = False, parted: bool = False) -> None:
    """The script, and its weights beside it; `beside` and `parted` as for `source`.

    Raises:
        Unsupported: a family, tokenizer or setting that the plain script does not have.
        BadSettings: a name that does not end in .py.
    """
    if path.suffix != ".py":
        raise BadSettings(f"A script's name ends in .py: name it {path.stem}.py.")
    path.write_text(source(saved, path, beside=beside, parted=parted), encoding="utf-8")
    weights = path.with_suffix(".safetensors")
    save_file(plain_names(stored(saved.model)), weights)
    weights.chmod(path.stat().st_mode)  # safetensors writes for the owner alone


def read(path: Path) -> Callable[[Tensor], Tensor]:
    """The model that the script itself loads."""
    spec = importlib.util.spec_from_file_location("written_script", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    model = module.load()
    return lambda idx: model(idx)[0]


def refused(card: dict[str, Any]) -> str:
    """Why no script can be written of a model with this card, in a sentence; "" where one can."""
    described = dict(card.get("model", {}))
    try:
        family = described.pop("name", "")
        _plain_model(family, models[family].settings.from_dict(described))
        _training(card.get("spec"))
    except LabError as error:
        return str(error)
    return ""


def source(saved: Checkpoint, path: Path, *, beside: bool = False, parted: bool = False) -> str:
    """The text of the script.

    Args:
        path: where it will be; its weights are beside it under the same name.
        beside: the text it learned from will be there too, in train.txt and validation.txt.
        parted: these hold several texts, a form feed between two.
    """
    family, tokenizer = saved.meta["model"]["name"], saved.tokenizer
    plain, sizes = _plain_model(family, saved.model.settings)
    train, budget, seed = _training(saved.meta.get("spec"))
    reading = _plain_tokens(tokenizer.name)
    block_size = saved.model.settings.block_size
    shown = {k: "BLOCK_SIZE" if k == "block_size" else _value(v) for k, v in sizes.items()}
    rules = {k: train[k] for k in KNOWN}
    judging = {k: train[k] for k in JUDGED_BY}
    numbers = {k: v for k, v in train.items() if k not in {*KNOWN, *JUDGED_BY}}
    top, end = _vocabulary(tokenizer)
    lines = [
        f"# Made from: {saved.title!a}",
        *top,
        f"VOCAB_SIZE = {tokenizer.vocab_size}",
        f"BOUNDARY = {tokenizer.boundary_id}  # the token before a text, and between two",
        f'FORM = {_value(tokenizer.form)}  # of Unicode, in which it reads; "" as it stands',
        f"ITEMS = {saved.items}  # whether each line of the text stands for itself, like a name",
        f"PARTED = {parted}  # whether the text is several, a form feed between two",
        f"BLOCK_SIZE = {block_size}  # tokens in a row of a batch",
        f"MODEL = {_braced(shown)}",
        f"CONTEXT = {saved.model.context_size}  # the most tokens it looks at; None is no limit",
        f"TRAIN = {_dict(numbers)}",
        f"TRAIN |= {_dict(rules)}",
        f"TRAIN |= {_dict(judging)}  # patience 0 never stops early",
        f"BUDGET = {_dict(budget)}",
        f"SEED = {seed}",
        "HERE = Path(__file__).resolve().parent  # whatever this file is called",
        f"WEIGHTS = HERE / {_value(path.with_suffix('.safetensors').name)}",
    ]
    chosen = batches_along_text if plain.carries_state else batches_at_random
    chosen = batches_of_items if saved.items else chosen
    parts: list[Any] = [in_form, *_own(reading), *_own(sys.modules[plain.__module__])]
    parts.append(MODEL.format(name=plain.__name__))
    parts += [part for part in _own(plain_batches) if part not in BATCHES - {chosen}]
    parts += _own(loop)
    if train["optimizer"] == "muon":
        lines += [f"ADAM_SHARE = {ADAM_SHARE}  # of Muon's rate", f"ROUNDS = {muon_file.ROUNDS!r}"]
        parts += [muon_file.orthogonal, muon_file.Muon, *_own(optimizers)]
    else:
        parts.append(ADAMW_ALONE)
    parts += _own(command)
    texts = [part if isinstance(part, str) else inspect.getsource(part) for part in parts]
    texts = [text.replace(f"def {chosen.__name__}(", "def batches(") for text in texts]
    said = _head(saved, path, budget, beside=beside)
    used = _used(IMPORTS, "\n".join(texts))
    main = 'if __name__ == "__main__":\n    main()\n'
    return "\n\n".join([said + used + "\n" + "\n".join(lines) + "\n", *texts, *end, main])


def _head(saved: Checkpoint, path: Path, budget: dict[str, Any], *, beside: bool) -> str:
    seconds = ", as far as a budget in seconds allows" if "seconds" in budget else ""
    said = [
        f"It finds its weights {'and its text ' * beside}beside it, whatever it is called itself.",
        "On a CPU with the same version of torch, training gives the starting weights, batches and "
        f"losses of the lab's run{seconds}.",
    ]
    start = saved.meta["spec"].get("start", {})
    if start.get("origin", FRESH) != FRESH or start.get("folder"):
        said[1] = (
            "The run began with the weights of another model; training begins with random ones."
        )
    if not beside:
        said.append("FILE is the text it learned from, in UTF-8.")
        if _origin(saved.meta["spec"]) not in ("file", "own"):
            said.append("A text of the lab's own has a split of its own: give both parts.")
    said.append("Writing needs torch alone; training also numpy, to draw the batches the lab drew.")
    # It stands in a docstring, where quotes would end it.
    name = path.name if re.fullmatch(r"[\w.-]{1,40}", path.name) else "model.py"
    return HEAD.format(
        family=saved.meta["model"]["name"],
        name=name,
        train="train" if beside else "train FILE",
        said=textwrap.fill(" ".join(said), 96),
    )


def _used(imports: str, text: str) -> str:
    """Of some lines of imports those that are used in `text`."""
    kept = []
    for line in imports.split("\n"):
        *_, names = line.rpartition("import ")
        used = [n for n in names.split(", ") if re.search(rf"\b{n.split(' as ')[-1]}\b", text)]
        if "import" not in line or "__future__" in line:
            kept.append(line)
        elif used:
            kept.append(line.replace(names, ", ".join(used)))
    return "\n".join(kept)


def _plain_tokens(tokenizer: str) -> ModuleType:
    if tokenizer not in READS:
        raise Unsupported(
            f"A script is not written for tokens of the kind {tokenizer}: choose torch-export or "
            "onnx."
        )
    return READS[tokenizer]


def _vocabulary(tokenizer: Tokenizer) -> tuple[list[str], list[str]]:
    """A tokenizer's tokens as source: lines for the top of the script, and parts for its end."""
    told = tokenizer.to_dict()
    if tokenizer.name == "char":
        return [f"CHARS = {_long(''.join(told['chars']))}  # a token is a character"], []
    if tokenizer.name == "word":
        return [], [
            "# A token is a word; its id is its place here.\n" + _list("WORDS", told["words"])
        ]
    try:
        tokens = list(map(tokenizer.token_bytes, range(tokenizer.vocab_size)))
    except ValueError as error:
        raise Unsupported(f"{error}: export it as TorchScript or ONNX.") from None
    of = dict(zip(told["tokens"], tokens, strict=True))
    merges = [tuple(of[part] for part in merge) for merge in told["merges"]]
    first = "# A token is a few bytes of UTF-8; its id is its place here.\n"
    then = "# Which two were made one when the vocabulary was learned, the most frequent first.\n"
    return [], [first + _list("TOKENS", tokens), then + _list("MERGES", merges)]


def _plain_model(family: str, settings: Settings) -> tuple[type, dict[str, Any]]:
    """The plain class, and what it is made with."""
    if family not in FAMILIES:
        raise Unsupported(
            f"A script is not written for the family {family}: choose TorchScript or ONNX, or a "
            f"model of {', '.join(FAMILIES)}."
        )
    fast = models[family].build
    plain = vars(lesson(fast))[fast.__name__]
    values = settings.to_dict()
    sizes = {name: values[name] for name in inspect.signature(plain).parameters if name in values}
    free = {*sizes, "block_size"}
    strange = {k: v for k, v in settings.difference().items() if k not in free}
    if strange:
        name, value = next(iter(strange.items()))
        raise Unsupported(
            f"This {family} has {name}={value}, and a script is written for the default of it "
            "only: export it as TorchScript or ONNX."
        )
    return plain, sizes


def _origin(spec: dict[str, Any]) -> Any:
    data = spec.get("data")
    return data.get("name") if isinstance(data, dict) else None


def _training(spec: Any) -> tuple[dict[str, Any], dict[str, Any], int]:
    """Settings, budget and seed of the run; checked, for a card may come from anywhere."""
    if not isinstance(spec, dict):
        raise Unsupported(
            "This checkpoint does not say how it was trained, so no script can train it again: "
            "export it in another format."
        )
    if fault := spec.get("fault"):
        raise Unsupported(
            f"This run was trained with a fault put in on purpose ({fault}), which no script "
            "repeats: export it as TorchScript or ONNX."
        )
    if how := CorpusSpec.from_dict(spec.get("data", {})).of_one_text:
        raise Unsupported(
            f"This model reads every text cleaned ({', '.join(how.rules)}), which no script "
            "repeats: export it as TorchScript or ONNX."
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
            "a script does not have: export it as TorchScript or ONNX."
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


def _list(name: str, values: Iterable[Any]) -> str:
    """A list as source, as many to a line as fit."""
    lines = ["   "]
    for value in map(_value, values):
        if len(lines[-1]) + len(value) + 2 > 100:
            lines.append("   ")
        lines[-1] += f" {value},"
    return "\n".join([f"{name} = [", *lines, "]\n"])


def _dict(values: dict[str, Any]) -> str:
    return _braced({k: _value(v) for k, v in values.items()})


def _braced(sources: dict[str, str]) -> str:
    return "{" + ", ".join(f'"{k}": {source}' for k, source in sources.items()) + "}"


def _value(value: Any) -> str:
    """As source, strings between double quotes where they hold none."""
    if isinstance(value, tuple):
        return f"({', '.join(map(_value, value))})"
    said = ascii(value)
    start, inside = said[: said.find("'")], said[said.find("'") + 1 : -1]
    swap = isinstance(value, str | bytes) and said.endswith("'") and '"' not in said
    return f'{start}"{inside}"' if swap else said
