"""A model made ready for a method of fine-tuning: what learns, what stays, what is added."""

import re
from collections.abc import Mapping

from torch import nn

from lm_core.adapt import lora, soft_prompt
from lm_core.adapt.settings import FULL, LAYERS, LORA, SOFT, AdapterSettings
from lm_core.errors import BadSettings
from lm_core.models.building import Make
from lm_core.models.contract import Model
from lm_core.registry import Entry
from lm_core.settings import Settings


def adapting(make: Make, settings: AdapterSettings) -> Make:
    """As `make`, and then with what a method adds. Weights that are new are drawn from the
    generator of now, so a model is made anew with the same shapes from its card alone."""

    def adapted(entry: Entry, model: Settings, sizes: Mapping[str, int]) -> Model:
        return adapt(make(entry, model, sizes), settings)

    return make if settings.method == FULL else adapted


def adapt(model: Model, settings: AdapterSettings) -> Model:
    """The model, in which only what the method says learns.

    Raises:
        BadSettings: the method, or its sizes, do not suit this model.
    """
    if model.learns_by != "gradient" and settings.method != FULL:
        raise BadSettings(
            "This model counts, at least in part, and nothing of it can stay or be added to: "
            "choose full.",
            "method",
        )
    match settings.method:
        case "lora":
            lora.add(model, settings)
        case "soft-prompt":
            soft_prompt.add(model, settings)
        case "layers":
            _let_learn(model, settings.layers)
    return model


def parts(model: nn.Module) -> dict[str, list[str]]:
    """The parts that can be chosen, by what they are called, in the order of the network: each the
    names of its weights."""
    found: dict[str, list[str]] = {}
    for name, _ in model.named_parameters():
        found.setdefault(_part(name), []).append(name)
    return found


def _part(name: str) -> str:
    block = re.search(r"(?:blocks|levels)\.(\d+)\.", name) or re.search(r"_l(\d+)$", name)
    if block:
        return block[1]
    first = name.removeprefix("encoder.").partition(".")[0]
    if first in ("embedding", "positions"):
        return "embedding"
    return "head" if first in ("head", "norm", "answer") else "rest"


def _let_learn(model: Model, chosen: str) -> None:
    known, asked = parts(model), [one.strip() for one in chosen.split(",") if one.strip()]
    strange = [one for one in asked if one not in known]
    if strange or not asked:
        wrong = f"{strange[0][:40]!r} is no part of it" if strange else "No part is chosen"
        raise BadSettings(f"{wrong}: choose among {', '.join(known)}.", "layers")
    model.requires_grad_(False)
    weights = dict(model.named_parameters())
    for one in asked:
        for name in known[one]:
            weights[name].requires_grad_(True)


def n_trainable(model: nn.Module) -> int:
    """Numbers that learn."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def merged(model: Model) -> Model:
    """A copy of the family's own shapes that says the same.

    Raises:
        BadSettings: a soft prompt is no weight of the model, so it cannot be merged.
    """
    if getattr(model, "prompt", None) is not None:
        raise BadSettings(
            "A soft prompt stands before the text and cannot be merged into the weights: take a "
            "model without one."
        )
    return lora.merged(model)


__all__ = ["FULL", "LAYERS", "LORA", "SOFT", "adapt", "adapting", "merged", "n_trainable", "parts"]
