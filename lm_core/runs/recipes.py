"""What trains well: settings for each family on lists of items and on running text, for each length
of budget.

Found by trials (docs/recipes.md); a family that is not listed takes its own defaults and FALLBACK.
ITEMS and TEXT are for a minute of two cores, CHANGES says what another budget alters. Names are
those of the settings classes.
"""

from dataclasses import dataclass, field
from typing import Any

from lm_core.errors import UnknownName, nearest
from lm_core.training import Budget

ITEM_CONTEXT = 24  # tokens; the longest names have 15 letters


@dataclass(frozen=True)
class Recipe:
    """Changes to the defaults of a family's settings and of TrainSettings."""

    model: dict[str, Any] = field(default_factory=dict)
    train: dict[str, Any] = field(default_factory=dict)


# The choices of 2017 need a warm-up and small rates; these do not.
MODERN = {"norm_place": "before", "norm": "rms", "bias": False}
MUON = {"optimizer": "muon", "lr": 0.02, "weight_decay": 0.1}
ITEMS: dict[str, Recipe] = {
    "neural-bigram": Recipe({}, {"lr": 5e-3}),
    "mlp": Recipe({"n_hidden": 512, "dropout": 0.1}, {"lr": 5e-3}),
    "wavenet": Recipe({"n_layer": 3, "n_hidden": 192, "dropout": 0.1}, {"lr": 5e-3}),
    "rnn": Recipe({"n_hidden": 256}, {"lr": 2.8e-3}),
    "gru": Recipe({"n_hidden": 256}, {"lr": 5.6e-3}),
    "lstm": Recipe({"n_hidden": 256}, {"lr": 5.6e-3}),
    "transformer": Recipe({"n_layer": 3, "n_embd": 64}, MUON),
    "encoder": Recipe(
        {"n_layer": 3, "n_embd": 64, "position": "rotary", "masked": 0.3}, {"lr": 3e-3}
    ),
    "encoder-decoder": Recipe({"n_layer": 2, "n_embd": 64, "position": "rotary"}, {"lr": 4e-3}),
}
TEXT: dict[str, Recipe] = {
    "neural-bigram": Recipe({}, {"lr": 0.02}),
    "mlp": Recipe({"context": 16}, {"lr": 8e-3}),
    "wavenet": Recipe({}, {"lr": 8e-3}),
    "rnn": Recipe({}, {"lr": 6e-3}),
    "gru": Recipe({}, {"lr": 6e-3}),
    "lstm": Recipe({}, {"lr": 0.024}),
    "transformer": Recipe({"block_size": 128}, {**MUON, "lr": 0.03}),
    "encoder": Recipe(
        {"n_layer": 2, "n_embd": 64, "position": "rotary", "masked": 0.4},
        {"lr": 3e-3, "batch_size": 32},
    ),
    "encoder-decoder": Recipe({"n_layer": 2, "n_embd": 64, "position": "rotary"}, {"lr": 2e-3}),
}
# Of pairs. Texts with a label take the models of texts, and FALLBACK.
TRANSLATION: dict[str, Recipe] = {
    "encoder-decoder": Recipe(
        {"n_layer": 2, "n_embd": 128, "block_size": 96, "position": "rotary", **MODERN},
        {"lr": 1e-3},
    ),
    "rnn-translator": Recipe({}, {"lr": 3e-3}),
}
PARAGRAPH = 128  # tokens of a text with a label, where it is not as short as an item
# Ten million weights on a GPU, which read the text many times: measured by tools/compare/gpu_race.
GPU = Recipe(
    {"n_layer": 6, "n_head": 6, "n_embd": 384, "block_size": 256, "dropout": 0.2},
    {**MUON, "batch_size": 64},
)
# Ten seconds are a few hundred steps: what learns fastest at first, whatever it comes to later.
SHORT_ITEMS: dict[str, Recipe] = {
    "mlp": Recipe({}, {"lr": 0.01}),
    "wavenet": Recipe({"dropout": 0.0}),
    "rnn": Recipe({}, {"lr": 5.6e-3}),
    "gru": Recipe({}, {"lr": 0.0112}),
    "lstm": Recipe({}, {"lr": 0.0112}),
    "transformer": Recipe({}, {"batch_size": 32}),
}
SHORT_TEXT: dict[str, Recipe] = {
    "gru": Recipe({}, {"lr": 0.012}),
    "transformer": Recipe({"block_size": 64}),
}
# By budget, what differs from a minute, on (lists, running text).
CHANGES: dict[str, tuple[dict[str, Recipe], dict[str, Recipe]]] = {
    "10 s": (SHORT_ITEMS, SHORT_TEXT),
    "1 min": ({}, {}),
    "5 min": ({}, {}),  # tried on running text: the minute's held
    "GPU": ({}, {"transformer": GPU}),
}
# A list of so few items is learned by heart before its kind is: less of a model, and no longer than
# it gets better (docs/lists.md).
SHORT_LIST = 1000  # items to learn from
PATIENCE = 6  # evaluations
SHORT_LISTS: dict[str, Recipe] = {
    "mlp": Recipe({"n_hidden": 64, "dropout": 0.3}),
    "wavenet": Recipe({"n_layer": 2, "n_hidden": 48, "dropout": 0.3}),
    "rnn": Recipe({"n_hidden": 64, "dropout": 0.2}),
    "gru": Recipe({"n_hidden": 48, "dropout": 0.2}),
    "lstm": Recipe({"n_hidden": 48, "dropout": 0.2}),
    "transformer": Recipe({"n_layer": 1, "n_embd": 32, "dropout": 0.2}),
}
# Of the names model, by family: gentler steps, so that what it knows of letters stays.
FINE_TUNING: dict[str, Recipe] = {
    "lstm": Recipe({"dropout": 0.3}, {"lr": 1.5e-3, "batch_size": 16}),
    "transformer": Recipe({"dropout": 0.3}, {"lr": 4e-3, "batch_size": 16}),
}
# Of any trained model, by method, with AdamW. An adapter's matrices begin at zero and bear about
# ten times the rate of full tuning ("LoRA without regret"), the vectors of a prompt more still.
TUNING: dict[str, dict[str, Any]] = {
    "full": {"optimizer": "adamw", "lr": 5e-4},
    "layers": {"optimizer": "adamw", "lr": 1e-3},
    "lora": {"optimizer": "adamw", "lr": 5e-3},
    "soft-prompt": {"optimizer": "adamw", "lr": 3e-2},
}
SHORT_SECONDS, SHORT_TOKENS = 20.0, 300_000  # up to these, ten seconds
LONG_SECONDS, LONG_TOKENS = 150.0, 5_000_000  # from these, five minutes
FALLBACK = Recipe({}, {"lr": 3e-3})
TRAIN_ITEMS = {"batch_size": 64, "eval_tokens": 20_000}
TRAIN_TEXT = {"batch_size": 16, "eval_tokens": 8_000}  # large vocabularies take their time


def recipe(family: str, *, items: bool, budget: str = "1 min", task: str = "") -> Recipe:
    """The recipe of a family for a list of items or for running text.

    Args:
        budget: "10 s", "1 min", "5 min" or "GPU" (see `budget_name`).
        task: what is learned from other data than one text, by name; "" of one text.
    Raises:
        UnknownName: there is no such budget.
    """
    if budget not in CHANGES:
        raise UnknownName(f"No recipe for {budget!r}{nearest(budget, list(CHANGES))}")
    own = (ITEMS if items else TEXT).get(family, FALLBACK)
    if task == "translation":
        own = TRANSLATION.get(family, FALLBACK)
        return Recipe(own.model, {**TRAIN_ITEMS, **own.train})
    if task:
        return Recipe(own.model, {**TRAIN_ITEMS, **FALLBACK.train})
    shared = TRAIN_ITEMS if items else TRAIN_TEXT
    lists, texts = CHANGES[budget]
    changed = (lists if items else texts).get(family, Recipe())
    return Recipe({**own.model, **changed.model}, {**shared, **own.train, **changed.train})


def budget_name(budget: Budget) -> str:
    """Which recipe suits a budget: "10 s", "1 min" or "5 min" of two cores. It looks at nothing but
    the budget, so the same one gives the same settings on every machine: "GPU" is for the caller to
    say. One in steps takes the minute's: how much a step reads is itself a setting."""
    if is_short(budget):
        return "10 s"
    seconds, tokens = budget.seconds or 0.0, budget.tokens or 0
    return "5 min" if seconds >= LONG_SECONDS or tokens >= LONG_TOKENS else "1 min"


def is_short(budget: Budget) -> bool:
    """Whether a budget is nearer to ten seconds of two cores than to a minute."""
    return (budget.seconds or SHORT_SECONDS + 1) <= SHORT_SECONDS or (
        budget.tokens or SHORT_TOKENS + 1
    ) <= SHORT_TOKENS
