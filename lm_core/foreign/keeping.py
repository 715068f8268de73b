"""Somebody else's model as a checkpoint of this lab, so that every screen and command takes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from lm_core.checkpoints import CARD, save_checkpoint
from lm_core.errors import BadCheckpoint, BadSettings
from lm_core.foreign.described import NO_MATCH
from lm_core.models.building import blueprint, build_model
from lm_core.models.contract import Model
from lm_core.models.weights import fits, sound
from lm_core.tokenizers import Tokenizer

FAMILY = "transformer"


@dataclass(frozen=True)
class Foreign:
    """A model of somebody else's, under our names.

    Args:
        title: what its text is called, with whose model it is.
        source, licence: where it comes from, and what may be done with it.
        settings: of our Transformer.
        tensors: its weights.
    """

    title: str
    source: str
    licence: str
    settings: dict[str, Any]
    tensors: dict[str, Tensor]
    tokenizer: Tokenizer


def keep(foreign: Foreign, folder: Path) -> Path:
    """Write it as a checkpoint, whole or not at all, in place of an older one.

    Raises:
        BadCheckpoint: its weights and its description do not fit each other, or are no numbers.
        StoreUnavailable: a full disk or a read-only folder.
    """
    tokenizer = foreign.tokenizer
    model = built(foreign.settings, foreign.tensors, tokenizer.sizes, title=foreign.title)
    said = {"title": foreign.title, "source": foreign.source, "licence": foreign.licence}
    codec = {"name": tokenizer.name}
    # Its text is not here: a run over it is refused as one over a text that was deleted.
    spec = {"data": {"name": "own"}, "codec": codec}
    spec["model"] = {"name": FAMILY, **model.settings.to_dict()}
    return save_checkpoint(
        folder, model, tokenizer, {"title": foreign.title, "corpus": said, "spec": spec}
    )


def built(
    settings: Mapping[str, Any], tensors: Mapping[str, Tensor], sizes: Mapping[str, int], title: str
) -> Model:
    """Our Transformer with these weights.

    Args:
        sizes: of the tokenizer.

    Raises:
        BadCheckpoint: they and the settings do not fit each other, or are no numbers.
    """
    shapes = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    try:
        planned = blueprint(FAMILY, settings, sizes)
        if planned.settings.tied:
            shapes.pop("head.weight", None)  # a second name of the embedding
        if not fits(planned, shapes):
            raise BadCheckpoint(NO_MATCH)
        model = build_model(FAMILY, settings, sizes)
    except BadSettings as error:
        raise BadCheckpoint(f"This lab cannot build {title}: {error}") from None
    model.load_state_dict({name: tensors[name] for name in shapes}, strict=False)
    if not all(map(sound, model.state_dict().values())):
        raise BadCheckpoint(f"The weights of {title} are not all numbers: get them again.")
    return model.eval()


def is_kept(folder: Path) -> bool:
    """Whether a checkpoint is there."""
    return (folder / CARD).exists()
