"""What trains well: settings for each family on lists of items and on running text, for a short
budget and a longer one.

Found by trials (docs/sweeps); a family that is not listed takes its own defaults and FALLBACK.
Names are those of the settings classes.
"""

from dataclasses import dataclass, field
from typing import Any

from lm_core.training import Budget

ITEM_CONTEXT = 24  # tokens; the longest names have 15 letters


@dataclass(frozen=True)
class Recipe:
    """Changes to the defaults of a family's settings and of TrainSettings."""

    model: dict[str, Any] = field(default_factory=dict)
    train: dict[str, Any] = field(default_factory=dict)


MUON = {"optimizer": "muon", "lr": 0.02, "weight_decay": 0.1}
ITEMS: dict[str, Recipe] = {
    "neural-bigram": Recipe({}, {"lr": 5e-3}),
    "mlp": Recipe({"n_hidden": 512, "dropout": 0.1}, {"lr": 5e-3}),
    "wavenet": Recipe({"n_layer": 3, "n_hidden": 192, "dropout": 0.1}, {"lr": 5e-3}),
    "rnn": Recipe({"n_hidden": 256}, {"lr": 2.8e-3}),
    "gru": Recipe({"n_hidden": 256}, {"lr": 2.8e-3}),
    "lstm": Recipe({"n_hidden": 256}, {"lr": 2.8e-3}),
    "transformer": Recipe({"n_layer": 3, "n_embd": 64}, MUON),
    "encoder": Recipe(
        {"n_layer": 3, "n_embd": 64, "position": "rotary", "masked": 0.3}, {"lr": 3e-3}
    ),
    "encoder-decoder": Recipe({"n_layer": 2, "n_embd": 64, "position": "rotary"}, {"lr": 4e-3}),
}
TEXT: dict[str, Recipe] = {
    "neural-bigram": Recipe({}, {"lr": 5e-3}),
    "mlp": Recipe({"context": 16}, {"lr": 4e-3}),
    "wavenet": Recipe({}, {"lr": 4e-3}),
    "transformer": Recipe({"block_size": 128}, MUON),
    "encoder": Recipe(
        {"n_layer": 2, "n_embd": 64, "position": "rotary", "masked": 0.4},
        {"lr": 3e-3, "batch_size": 32},
    ),
    "encoder-decoder": Recipe({"n_layer": 2, "n_embd": 64, "position": "rotary"}, {"lr": 2e-3}),
}
GPU = Recipe({"dropout": 0.2}, {**MUON, "batch_size": 64})  # for millions of weights, on a GPU
# Ten seconds are a few hundred steps: what learns fastest at first, whatever it comes to later.
SHORT_ITEMS: dict[str, Recipe] = {
    "mlp": Recipe({}, {"lr": 0.01}),
    "wavenet": Recipe({"dropout": 0.0}),
    "rnn": Recipe({}, {"lr": 5.6e-3}),
    "gru": Recipe({}, {"lr": 5.6e-3}),
    "lstm": Recipe({}, {"lr": 5.6e-3}),
    "transformer": Recipe({}, {"batch_size": 32}),
}
SHORT_TEXT: dict[str, Recipe] = {
    "mlp": Recipe({}, {"lr": 8e-3}),
    "wavenet": Recipe({}, {"lr": 8e-3}),
    "gru": Recipe({}, {"lr": 6e-3}),
    "lstm": Recipe({}, {"lr": 6e-3}),
    "transformer": Recipe({"block_size": 64}, {"lr": 0.03}),
}
SHORT_SECONDS, SHORT_TOKENS = 20.0, 300_000
FALLBACK = Recipe({}, {"lr": 3e-3})
TRAIN_ITEMS = {"batch_size": 64, "eval_tokens": 20_000}
TRAIN_TEXT = {"batch_size": 16, "eval_tokens": 8_000}  # large vocabularies take their time


def recipe(family: str, *, items: bool, short: bool = False) -> Recipe:
    """The recipe of a family for a list of items or for running text; `short` as of `is_short`."""
    own = (ITEMS if items else TEXT).get(family, FALLBACK)
    shared = TRAIN_ITEMS if items else TRAIN_TEXT
    found = Recipe(own.model, {**shared, **own.train})
    if not short:
        return found
    hasty = (SHORT_ITEMS if items else SHORT_TEXT).get(family, Recipe())
    return Recipe({**found.model, **hasty.model}, {**found.train, **hasty.train})


def is_short(budget: Budget) -> bool:
    """Whether a budget is nearer to ten seconds of two cores than to a minute. One in steps is
    taken for long: how much a step reads is itself a setting."""
    return (budget.seconds or SHORT_SECONDS + 1) <= SHORT_SECONDS or (
        budget.tokens or SHORT_TOKENS + 1
    ) <= SHORT_TOKENS
