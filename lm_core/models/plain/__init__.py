"""The lessons: each family once more, in one file that needs torch alone and does not hurry.

    python lstm.py                     # copied anywhere: it learns how its own source goes on

    model = LSTM(vocab_size)           # or with sizes: LSTM(vocab_size, n_layer=2)
    logits, state = model(idx, state)              # idx (B, T) -> (B, T, V)
    loss, state = model.loss(idx, targets, state)  # mean nats of the targets; -1 is no target

A translator is asked with two texts instead, and -1 is no token in either:

    logits, looks = model(source, target)          # idx (B, S), (B, T) -> (B, T, V), (B, T, S)
    loss = model.loss(source, target, wanted)

A file has the name of the fast one in `lm_core/models/`, its class the same name, sizes and
weights. The fast one is what the lab runs; a test holds it equal to the plain one. `mixture` has no
lesson of its own: it is any two of these.
"""

import importlib
import importlib.util
import re
from types import ModuleType
from typing import Any

# Where a plain file calls a weight otherwise, because it has no fused module or no stack.
NAMES = {
    r"^encoder\.(\w+)_l(\d+)$": r"encoder.\2.0.\1",  # from left to right
    r"^encoder\.(\w+)_l(\d+)_reverse$": r"encoder.\2.1.\1",
    r"^decoder\.(\w+)_l(\d+)$": r"decoder.\2.\1",
    r"^((?:en|de)coder\..*)\.weight_ih$": r"\1.W",
    r"^((?:en|de)coder\..*)\.weight_hh$": r"\1.U",
    r"^((?:en|de)coder\..*)\.bias_ih$": r"\1.b",
    r"^((?:en|de)coder\..*)\.bias_hh$": r"\1.d",
    r"^(?:rnn|gru|lstm)\.weight_ih_l(\d+)$": r"cells.\1.W",
    r"^(?:rnn|gru|lstm)\.weight_hh_l(\d+)$": r"cells.\1.U",
    r"^(?:rnn|gru|lstm)\.bias_ih_l(\d+)$": r"cells.\1.b",
    r"^(?:rnn|gru|lstm)\.bias_hh_l(\d+)$": r"cells.\1.d",
    r"\.mlp\.(up|down)\.": r".\1.",
    r"^stack\.blocks\.": "blocks.",
    r"^(encoder|decoder)\.blocks\.": r"\1.",
}


def lesson(fast: type) -> ModuleType | None:
    """The plain file of a fast class; None where it has none."""
    path = f"{__name__}.{fast.__module__.rpartition('.')[2]}"
    return importlib.import_module(path) if importlib.util.find_spec(path) else None


def plain_names(weights: dict[str, Any]) -> dict[str, Any]:
    """What belongs to the weights of a fast model, under the names of its plain file."""
    renamed = {}
    for name, value in weights.items():
        for fast, plain in NAMES.items():
            name = re.sub(fast, plain, name)
        renamed[name] = value
    return renamed
